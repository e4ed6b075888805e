// Drawn histories: what a drawing means, and that a history drawn and read again is the same.
import { expect, test } from 'vitest';
import { clients, limit, mix, repeat } from '../../src/generator/index.ts';
import { pair } from '../../src/history/pairing.ts';
import { drawTimeline, imperfect, perfectInfo, runVirtually, timeline } from '../../src/testing.ts';

test('a line is an operation, a bar its time', () => {
  const history = timeline`
    0 write 1           |--|
    1 read@x 1           |---x
    nemesis cut "n1"     |------?
    2 pop null→[1,2]      |>
    3 cas [0,5]           |----?`;
  expect(history.map(({ process, type, f, value, key }) => [process, type, f, value, key])).toEqual(
    [
      [0, 'invoke', 'write', 1, undefined],
      [1, 'invoke', 'read', null, 'x'],
      ['nemesis', 'invoke', 'cut', 'n1', undefined],
      [2, 'invoke', 'pop', null, undefined],
      [3, 'invoke', 'cas', [0, 5], undefined],
      [0, 'ok', 'write', 1, undefined],
      [1, 'fail', 'read', null, 'x'],
      [3, 'info', 'cas', [0, 5], undefined],
      ['nemesis', 'info', 'cut', 'n1', undefined],
    ],
  );
  expect(history.map((op) => op.index)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  expect((history[3]?.time ?? 0) - (history[0]?.time ?? 0)).toBe(2e6);
});

test('what starts where another ends is concurrent with it', () => {
  const [, second] = timeline`
    0 write 1 |--|
    1 write 2    |--|`;
  expect(second).toMatchObject({ process: 1, type: 'invoke' });
});

test('a line that is no operation is named', () => {
  expect(
    () => timeline`
    0 write 1`,
  ).toThrow('not an operation: "    0 write 1"');
  expect(() => timeline`0 write x |--|`).toThrow('JSON');
});

test('drawn and read again, a history is the same', () => {
  const generator = clients(
    limit(
      60,
      mix([
        repeat({ f: 'read' }),
        repeat({ f: 'w', value: [1, 'a b'], key: 'k' }),
        ({ random }) => ({ f: 'cas', value: { to: random.int(9) } }),
      ]),
    ),
    limit(5, repeat({ f: 'cut', value: null })),
  );
  for (const model of [imperfect, perfectInfo]) {
    const history = runVirtually({ generator, concurrency: 4, seed: 5, model });
    const again = timeline([drawTimeline(history)] as unknown as TemplateStringsArray);
    const first = again[0]?.time ?? 0;
    expect(again.map((op) => ({ ...op, time: op.time - first }))).toEqual(
      history.map((op, index) => ({ ...op, time: index * 1e6 })),
    );
    expect(pair(again)).toEqual(pair(history));
  }
  expect(drawTimeline([])).toBe('');
});

test('a drawing can be read', () => {
  const history = timeline`
    0 write 1 |--|
    1 read  1    |--|
    2 read  2      |-x`;
  expect(drawTimeline(history)).toBe(
    ['0 write 1        |-|', '1 read 1          |--|', '2 read null→null    |-x'].join('\n'),
  );
});
