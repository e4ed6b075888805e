// The console while a run goes on: one block on a terminal, plain lines elsewhere.
import { expect, test } from 'vitest';
import type { RunEvent } from '../../src/contract/events.ts';
import { consoleReporter } from '../../src/report/console.ts';
import { wantsColour } from '../../src/report/paint.ts';
import { sampleHistory, sampleLedger, sampleResult } from './sample-run.ts';

/** The events of a run of 20 seconds, each at its time in milliseconds. */
const events = (): { readonly at: number; readonly event: RunEvent }[] => {
  const setup = 3_000;
  const ops = sampleHistory(400, 20).map((op) => ({
    at: setup + op.time / 1e6,
    event: { type: 'op', op } as const,
  }));
  const faults = sampleLedger(16).map((entry) => ({
    at: setup + (entry.type === 'run' ? 0 : entry.time / 1e6),
    event: { type: 'fault', entry } as const,
  }));
  const opening: { at: number; event: RunEvent }[] = [
    {
      at: 0,
      event: {
        type: 'begin',
        name: 'register',
        folder: 'results/register/1',
        seed: 42,
        repeat: 'ordeal test register --seed 42',
        plannedSeconds: 20,
      },
    },
    { at: 1, event: { type: 'phase', phase: 'provision' } },
    { at: 900, event: { type: 'progress', node: 'n1', message: 'sshd answers' } },
    { at: 950, event: { type: 'progress', node: 'n2', message: 'starting \u001b[2Jsshd' } },
    { at: 1_500, event: { type: 'phase', phase: 'install' } },
    { at: 2_000, event: { type: 'warning', node: 'n3', message: 'slow disk' } },
    { at: setup, event: { type: 'phase', phase: 'run' } },
  ];
  const ending: { at: number; event: RunEvent }[] = [
    { at: 25_000, event: { type: 'phase', phase: 'check' } },
    { at: 26_000, event: { type: 'end', result: sampleResult(), isReported: true } },
  ];
  return [...opening, ...[...ops, ...faults].sort((a, b) => a.at - b.at), ...ending];
};

const play = (
  isTerminal: boolean,
  columns = 100,
): { readonly writes: string[]; readonly text: string } => {
  const writes: string[] = [];
  let now = 0;
  const reporter = consoleReporter({
    stream: { write: (text) => writes.push(text), columns },
    isTerminal,
    colour: false,
    now: () => now,
  });
  for (const { at, event } of events()) {
    for (; now + 250 < at; now += 250) reporter.tick();
    now = at;
    reporter.onEvent(event);
  }
  return { writes, text: writes.join('') };
};

test('in a log: plain lines with the time, a line for each fault, progress every few seconds', () => {
  expect(play(false).text).toMatchInlineSnapshot(`
    "ordeal register  seed 42  results/register/1
        0.0 s  building the cluster
        0.9 s  n1  sshd answers
        0.9 s  n2  starting \\u001b[2Jsshd
        1.5 s  installing the system
        2.0 s  warning  n3  slow disk
        3.0 s  running
        7.1 s  fault  partition n1 n2 | n3 n4 n5, in 108 ms
        7.6 s  effect proven  12 of 12 links cut: no probe came through
        8.0 s  88 operations, 16 a second, 93.2 % ok
       13.0 s  healed by runner, proven  partition n1 n2 | n3 n4 n5
       13.0 s  166 operations, 15 a second, 85.5 % ok
       18.3 s  257 operations, 17 a second, 87.2 % ok
       23.5 s  329 operations, 15 a second, 87.2 % ok
       25.0 s  checking the history

    ✗ INVALID  Stale read of key 3: process 4 read 17 after process 1 had overwritten it with 42.
      Process 0 wrote 17 (6.102 s to 6.109 s).
      Process 1 compared 17 and set 42, and was told that it succeeded (7.310 s to 7.318 s).
      Process 7 wrote 8, and never learned whether it happened.
      Process 4 then read 17 (7.902 s to 7.904 s), although 42 had replaced it 584 ms before.
    linearizable  ✗ invalid
    stats         ✓ valid
    operations    330: 287 ok, 38 fail, 5 info (87.0 % ok)
    faults        1 injected, 1 proven in effect, 1 proven healed
    report        results/register/1/report.html
    repeat        ordeal test register --seed 42
    "
  `);
});

// biome-ignore lint/suspicious/noControlCharactersInRegex: what the reporter writes to redraw
const redraw = /\u001b\[(\d+)A\u001b\[0J/g;

/** What a terminal shows in the end: understands just what the reporter uses. */
const screenAfter = (writes: readonly string[]): string[] => {
  const lines: string[] = [];
  const pieces = writes.join('').split(redraw);
  pieces.forEach((piece, i) => {
    if (i % 2 === 1) lines.splice(lines.length - Number(piece));
    else lines.push(...piece.split('\n').slice(0, -1));
  });
  return lines;
};

test('on a terminal: one block, redrawn in place', () => {
  const { writes } = play(true);
  const beforeEnd = writes.findIndex((text) => text.includes('checking the history'));
  expect(screenAfter(writes.slice(0, beforeEnd)).join('\n')).toMatchInlineSnapshot(`
    "ordeal register  seed 42  results/register/1
        2.0 s  warning  n3  slow disk
    running
      ━━━━━━━━━━━━━━━━━━━━━━━━ 21.7 s of 20 s
      330 operations, 11 a second, 87.0 % ok
      no active fault"
  `);
  const end = screenAfter(writes);
  expect(end[0]).toContain('seed 42');
  expect(end[1]).toContain('slow disk');
  expect(end[3]).toContain('✗ INVALID');
  expect(end.at(-1)).toMatch(/^repeat +ordeal test register --seed 42$/);
  expect(end.length).toBeLessThan(19);
});

test('no line is wider than the terminal, and nothing from outside controls it', () => {
  const { writes } = play(true, 30);
  const text = writes.slice(1, -1).join('').replace(redraw, '');
  expect(text).not.toContain('\u001b');
  const blocks = text.split('\n').filter((line) => !/^ +\d/.test(line));
  expect(Math.max(...blocks.map((line) => line.length))).toBeLessThanOrEqual(29);
});

test('a stored run is summed up from its folder, and nothing is drawn afterwards', () => {
  const writes: string[] = [];
  let now = 0;
  const stream = { write: (text: string) => writes.push(text), columns: 80 };
  const reporter = consoleReporter({ stream, isTerminal: true, colour: false, now: () => now });
  reporter.onEvent(events()[0]!.event);
  reporter.onEvent({ type: 'phase', phase: 'check' });
  expect(screenAfter(writes)).toEqual([
    'ordeal register  seed 42  results/register/1',
    'checking the history',
  ]);
  const faults = { injected: 3, verified: 3, healed: 3 };
  const operations = { ok: 5, fail: 0, info: 1 };
  reporter.summarise({
    result: sampleResult(),
    operations,
    faults,
    report: 'r.html',
    repeat: 'ordeal test',
  });
  now = 60_000;
  reporter.tick();
  expect(screenAfter(writes)[0]).toContain('seed 42');
  expect(screenAfter(writes).slice(-4)[0]).toBe(
    'operations    6: 5 ok, 0 fail, 1 info (83.3 % ok)',
  );
  expect(screenAfter(writes).at(-1)).toBe('repeat        ordeal test');
});

test('redraws are bounded however many operations arrive', () => {
  const { writes } = play(true);
  expect(writes.length).toBeLessThan(26 * 10 + 40);
});

test('colour only on a terminal; NO_COLOR and FORCE_COLOR are heard', () => {
  expect(wantsColour(true, {})).toBe(true);
  expect(wantsColour(false, {})).toBe(false);
  expect(wantsColour(true, { NO_COLOR: '1' })).toBe(false);
  expect(wantsColour(true, { NO_COLOR: '' })).toBe(true);
  expect(wantsColour(true, { TERM: 'dumb' })).toBe(false);
  expect(wantsColour(false, { FORCE_COLOR: '1' })).toBe(true);
  expect(wantsColour(true, { FORCE_COLOR: '0' })).toBe(false);
});
