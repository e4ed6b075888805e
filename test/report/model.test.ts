// The figures behind the report, on small histories that can be counted by hand.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LedgerEntry } from '../../src/contract/faults.ts';
import type { Op } from '../../src/history/op.ts';
import { countsOf, sumOf, total, touches } from '../../src/report/counts.ts';
import { describeGrudge } from '../../src/report/grudge.ts';
import { meansLittle, modelOf } from '../../src/report/model.ts';
import { type Operation, operationsOf } from '../../src/report/operations.ts';
import { coverageOf, nodeOfProcess, recoveryOf } from '../../src/report/recovery.ts';
import { quantile, quantilesOf, ratesOf } from '../../src/report/series.ts';
import { ledgerWindows, mergeWindows, windowsOf } from '../../src/report/windows.ts';
import { sampleLedger, sampleRun, sampleTest } from './sample-run.ts';

const second = 1e9;
const all = ['n1', 'n2', 'n3', 'n4', 'n5'];

type Step = readonly [
  at: number,
  process: Op['process'],
  type: Op['type'],
  f: string,
  value?: unknown,
];
/** A history; times in seconds. */
const historyOf = (...steps: readonly Step[]): Op[] =>
  steps.map(([at, process, type, f, value = null], index) => ({
    index,
    time: at * second,
    process,
    type,
    f,
    value,
  }));

const plan = (fault: { kind: string; [parameter: string]: unknown }) => ({
  fault,
  nodes: { n1: { inject: [], heal: [] } },
});
const fine = { holds: true, says: 'so it is' };

/** One partition from 2 s to 4 s. */
const ledger: LedgerEntry[] = [
  {
    type: 'planned',
    id: 'a',
    time: 2 * second,
    plan: plan({ kind: 'partition', grudge: { n1: ['n2'] } }),
  },
  { type: 'injected', id: 'a', time: 2.1 * second, tookMs: 100 },
  { type: 'verified', id: 'a', time: 2.2 * second, proof: fine },
  { type: 'healed', id: 'a', time: 4 * second, by: 'runner', proof: fine },
];

describe('operations', () => {
  test('join invocation and completion; what never completed stays open; the nemesis is left out', () => {
    const operations = operationsOf(
      historyOf(
        [0, 0, 'invoke', 'read'],
        [1, 'nemesis', 'invoke', 'start'],
        [2, 1, 'invoke', 'write', 3],
        [3, 0, 'ok', 'read', 7],
        [4, 'nemesis', 'info', 'start'],
      ),
    );
    expect(operations).toEqual([
      {
        index: 0,
        process: 0,
        f: 'read',
        value: null,
        type: 'ok',
        start: 0,
        end: 3 * second,
        result: 7,
      },
      { index: 2, process: 1, f: 'write', value: 3, type: 'invoke', start: 2 * second },
    ]);
  });
  test('a malformed history still has operations', () => {
    const history = historyOf(
      [0, 0, 'ok', 'read', 1],
      [1, 0, 'invoke', 'read'],
      [2, 0, 'invoke', 'read'],
    );
    expect(operationsOf(history)).toHaveLength(2);
  });
});

describe('who no longer hears whom', () => {
  test.each([
    [
      { n1: ['n2', 'n3', 'n4', 'n5'], n2: ['n1'], n3: ['n1'], n4: ['n1'], n5: ['n1'] },
      'n1 | n2 n3 n4 n5',
    ],
    [{ n4: ['n1', 'n2'] }, 'n4 hears no n1 n2 (one way)'],
    [{ n4: ['n1'], n5: ['n1'], n1: ['n4', 'n5'] }, 'n1 | n4 n5, n2 n3 hear all'],
    [
      { n1: ['n3'], n3: ['n1', 'n4'], n4: ['n3', 'n5'], n5: ['n4'] },
      'n1 hears no n3; n3 hears no n1 n4; n4 hears no n3 n5; n5 hears no n4',
    ],
    [{ n1: [] }, 'nobody is cut off'],
  ])('%j', (grudge, said) => expect(describeGrudge(grudge, all)).toBe(said));
  test('nodes with names of object members are nodes like others', () => {
    expect(describeGrudge({ a: ['b'] }, ['a', 'b', 'constructor'])).toBe('a hears no b (one way)');
  });
});

describe('fault windows', () => {
  test('last from the decision to the heal, with what was proven', () => {
    expect(ledgerWindows(ledger, all)).toEqual([
      {
        id: 'a',
        kind: 'partition',
        says: 'n1 hears no n2 (one way)',
        start: 2 * second,
        end: 4 * second,
        injected: true,
        tookMs: 100,
        effect: fine,
        heal: { by: 'runner', proof: fine },
        nodes: ['n1'],
        grudge: { n1: ['n2'] },
        source: 'ledger',
      },
    ]);
  });
  test('are open while nothing says that they ended, and end at the first proven heal', () => {
    expect(ledgerWindows(ledger.slice(0, 2), all)[0]).not.toHaveProperty('end');
    const again: LedgerEntry = {
      type: 'healed',
      id: 'a',
      time: 9 * second,
      by: 'command',
      proof: fine,
    };
    expect(ledgerWindows([...ledger, again], all)[0]).toMatchObject({ end: 4 * second });
    const disproved: LedgerEntry = {
      type: 'healed',
      id: 'a',
      time: 3 * second,
      by: 'runner',
      proof: { holds: false, says: 'n1 still drops' },
    };
    expect(ledgerWindows([...ledger.slice(0, 3), disproved, again], all)[0]).toMatchObject({
      end: 9 * second,
      heal: { by: 'command' },
    });
  });
  test('come from nemesis operations where the ledger knows of no fault', () => {
    const history = historyOf(
      [1, 'nemesis', 'invoke', 'kill'],
      [1.5, 'nemesis', 'info', 'kill', ['n1']],
      [5, 'nemesis', 'invoke', 'restart'],
      [6, 'nemesis', 'info', 'restart'],
      [7, 'nemesis', 'invoke', 'kill'],
    );
    const bands = [{ name: 'kill', start: ['kill'], stop: ['restart'] }];
    const spans = windowsOf({ history, ledger: [], bands, nodes: all }).map(({ start, end }) => [
      start,
      end,
    ]);
    expect(spans).toEqual([
      [1 * second, 6 * second],
      [7 * second, undefined],
    ]);
    expect(windowsOf({ history, ledger, bands, nodes: all }).map(({ source }) => source)).toEqual([
      'ledger',
      'history',
    ]);
  });
  test('merge to disjoint spans', () => {
    const window = ledgerWindows(ledger, all)[0]!;
    const { end: _, ...open } = window;
    const spans = mergeWindows(
      [window, { ...window, start: 3 * second, end: 5 * second }, { ...open, start: 8 * second }],
      9 * second,
    );
    expect(spans).toEqual([
      { start: 2 * second, end: 5 * second },
      { start: 8 * second, end: 9 * second },
    ]);
  });
});

const anyOperation = fc
  .record({ start: fc.nat(24), length: fc.option(fc.nat(9), { nil: undefined }) })
  .map(({ start, length }): Operation => {
    const base = { index: 0, process: 0, f: 'read', value: null, start };
    return length === undefined
      ? { ...base, type: 'invoke' }
      : { ...base, type: 'ok', end: start + length };
  });
const anySpans = fc
  .uniqueArray(fc.nat(30), { maxLength: 12 })
  .map((cuts) => cuts.sort((a, b) => a - b))
  .map((cuts) =>
    Array.from({ length: cuts.length >> 1 }, (_, i) => ({
      start: cuts[2 * i]!,
      end: cuts[2 * i + 1]!,
    })),
  );

describe('counts', () => {
  test('touching a span is the same as asking every span', () => {
    fc.assert(
      fc.property(anyOperation, anySpans, (operation, spans) => {
        const end = operation.end ?? Number.POSITIVE_INFINITY;
        expect(touches(operation, spans)).toBe(
          spans.some((s) => s.start <= end && s.end >= operation.start),
        );
      }),
    );
  });
  test('every operation is counted once', () => {
    fc.assert(
      fc.property(fc.array(anyOperation), anySpans, (operations, spans) => {
        const { inside, outside } = sumOf(countsOf(operations, spans));
        expect(total(inside) + total(outside)).toBe(operations.length);
      }),
    );
  });
  test('any part inside is inside; what never completed is info', () => {
    const history = historyOf(
      [0, 0, 'invoke', 'write', 1],
      [1, 0, 'ok', 'write', 1],
      [1.5, 0, 'invoke', 'write', 2],
      [2.5, 0, 'fail', 'write', 2],
      [5, 0, 'invoke', 'read'],
    );
    const spans = mergeWindows(ledgerWindows(ledger, all), Number.POSITIVE_INFINITY);
    expect(countsOf(operationsOf(history), spans)).toEqual([
      { f: 'write', inside: { ok: 0, fail: 1, info: 0 }, outside: { ok: 1, fail: 0, info: 0 } },
      { f: 'read', inside: { ok: 0, fail: 0, info: 0 }, outside: { ok: 0, fail: 0, info: 1 } },
    ]);
  });
});

describe('recovery', () => {
  test('is the time from the heal to the first success on each node', () => {
    const nodes = ['n1', 'n2', 'n3'];
    const history = historyOf(
      [3.5, 0, 'invoke', 'read'],
      [3.6, 7, 'invoke', 'read'],
      [4.25, 0, 'ok', 'read'],
      [4.5, 7, 'fail', 'read'],
      [5, 7, 'invoke', 'read'],
      [5.5, 7, 'ok', 'read'],
    );
    const [recovery] = recoveryOf({
      operations: operationsOf(history),
      windows: ledgerWindows(ledger, nodes),
      nodes,
      nodeOf: nodeOfProcess(nodes, 3), // process 7 runs on thread 1
    });
    expect(recovery).toEqual({
      id: 'a',
      kind: 'partition',
      at: 4 * second,
      nodes: { n1: 0.25 * second, n2: 1.5 * second, n3: undefined },
    });
  });
  test('a success at the very moment of the heal counts', () => {
    const history = historyOf([3, 0, 'invoke', 'read'], [4, 0, 'ok', 'read']);
    const [recovery] = recoveryOf({
      operations: operationsOf(history),
      windows: ledgerWindows(ledger, ['n1']),
      nodes: ['n1'],
      nodeOf: nodeOfProcess(['n1'], 1),
    });
    expect(recovery?.nodes).toEqual({ n1: 0 });
  });
  test('coverage counts proofs, time, nodes and directed links', () => {
    const windows = ledgerWindows(sampleLedger(40), all);
    expect(coverageOf(windows, all, 40 * second)).toMatchObject({
      injected: 3,
      verified: 2,
      healed: 3,
      timeUnderFault: 18 * second,
      nodesReached: all,
      pairs: 20,
    });
  });
});

describe('series', () => {
  const operations = operationsOf(sampleRun().history);
  const until = Math.max(...operations.map(({ end }) => end ?? 0));
  test('rates add up to every completion', () => {
    const rates = ratesOf(operations, until);
    const sum = [...rates.ok, ...rates.fail, ...rates.info].reduce((a, b) => a + b, 0);
    expect(Math.round((sum * rates.width) / second)).toBe(operations.length);
    expect(rates.ok.length).toBeLessThanOrEqual(401);
  });
  test('quantiles are nearest-rank and in order', () => {
    expect(quantile([1, 2, 3, 4], 0.5)).toBe(2);
    expect(quantile([1, 2, 3, 4], 0.99)).toBe(4);
    expect(quantile([], 0.5)).toBeNull();
    const { p50, p95, p99 } = quantilesOf(operations, until);
    const inOrder = p50.every(
      (p, i) => (p ?? 0) <= (p95[i] ?? 0) && (p95[i] ?? 0) <= (p99[i] ?? 0),
    );
    expect(inOrder).toBe(true);
  });
  test('nothing to count is no error', () => {
    expect(ratesOf([], 0).ok).toEqual([0]);
    expect(quantilesOf([], 0).p50).toEqual([null]);
  });
});

describe('the model', () => {
  test('finds the witness, its time, and what was broken then', () => {
    const model = modelOf(sampleRun());
    expect(model.witness?.key).toBe(3);
    expect(model.witnessSpan).toEqual({ start: 6.102e9, end: 7.904e9 });
    expect(model.brokenThen.map(({ id }) => id)).toEqual(['fault-0']);
    expect(meansLittle(model)).toBeUndefined();
  });
  test('says when a run means little', () => {
    const little = (changes: Parameters<typeof sampleRun>[0]) =>
      meansLittle(modelOf(sampleRun(changes)));
    expect(little({ history: [] })).toContain('No operation was tried');
    expect(
      little({ history: historyOf([0, 0, 'invoke', 'read'], [1, 0, 'fail', 'read']) }),
    ).toContain('succeeded');
    expect(little({ ledger: [] })).toContain('No fault was injected');
    expect(little({ ledger: [], test: sampleTest({ nemeses: [] }) })).toBeUndefined();
    const before = historyOf([0, 0, 'invoke', 'read'], [1, 0, 'ok', 'read']);
    expect(little({ history: before, ledger })).toContain('while a fault was active');
  });
});
