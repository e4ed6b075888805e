// The linter's questions about names and values: what a checker knows and needs.
import { expect, test } from 'vitest';
import { compose } from '../../src/checker/compose.ts';
import { ColumnWriter } from '../../src/history/column-writer.ts';
import { lint, lintNeeds, type Vocabulary } from '../../src/history/lint.ts';
import { type Line, opsOf } from './timeline.ts';

const vocabulary: Vocabulary = {
  read: {},
  write: { unique: true },
  cas: {
    shape: ({ value }) =>
      Array.isArray(value) && value.length === 2 ? undefined : `expected [from, to], got ${value}`,
  },
};
const said = (...lines: Line[]): string[] =>
  lint(opsOf(...lines), { vocabulary }).map(
    ({ code, position, message }) => `${position} ${code}: ${message}`,
  );

test('an operation that no checker knows', () => {
  expect(
    said(
      [0, 'invoke', 'read'],
      [1, 'invoke', 'reed'],
      ['nemesis', 'invoke', 'cut'],
      [1, 'ok', 'reed'],
    ),
  ).toEqual([
    '1 unknown-f: invoke of reed on process 1 (index 1): the checker knows read, write, cas',
  ]);
  expect(said([0, 'invoke', 'toString'])).toHaveLength(1); // not what every object has
});

test('a value written twice, where reads have to be traced back to one write', () => {
  expect(
    said(
      [0, 'invoke', 'write', 1, 'a'],
      [0, 'ok', 'write', 1, 'a'],
      [1, 'invoke', 'write', 1, 'b'],
      [2, 'invoke', 'write', '1', 'a'],
      [3, 'invoke', 'write', 1, 'a'],
      [4, 'invoke', 'read', 1, 'a'],
      [5, 'invoke', 'write', 1, 'a'],
    ),
  ).toEqual([
    '4 not-unique: invoke of write on process 3 (index 4): 1 was the value of the invoke of write on process 0 (index 0)',
    '6 not-unique: invoke of write on process 5 (index 6): 1 was the value of the invoke of write on process 0 (index 0)',
  ]);
  expect(
    said([0, 'invoke', 'write', 1], [1, 'invoke', 'write', 1], [2, 'invoke', 'write', [1]]),
  ).toHaveLength(1);
});

test('a value of another shape, also in completions', () => {
  expect(
    said([0, 'invoke', 'cas', [1, 2]], [0, 'ok', 'cas', 5], ['nemesis', 'invoke', 'cas', 7]),
  ).toEqual(['1 shape: ok of cas on process 0 (index 1): expected [from, to], got 5']);
});

test('codes may be passed over, and many problems of one kind hide no other', () => {
  const gaps = opsOf(...Array.from({ length: 1000 }, (_, i): Line => [i, 'invoke', 'read'])).map(
    (op) => ({
      ...op,
      index: op.index * 2,
    }),
  );
  const ops = [...gaps, { ...gaps[0]!, index: 5000, time: 1e9, process: 7 }];
  expect(lint(ops)).toHaveLength(100);
  expect(
    lint(ops, { ignore: ['index-gap'] }).map(({ code, position }) => [code, position]),
  ).toEqual([['two-open-invocations', 1000]]);
  expect(lintNeeds(ops, vocabulary)).toEqual([]);
});

test('columns made from text are asked the same', () => {
  const ops = opsOf(
    [0, 'invoke', 'write', [1], 'a'],
    [1, 'invoke', 'write', [1], 'a'],
    [2, 'invoke', 'x'],
    [3, 'ok', 'cas', 1],
  );
  const writer = new ColumnWriter();
  for (const op of ops) writer.push(op);
  const problems = lint(ops, { vocabulary });
  expect(problems.map(({ code }) => code)).toEqual([
    'not-unique',
    'unknown-f',
    'completion-without-invocation',
    'shape',
  ]);
  expect(lint(writer.finish(), { vocabulary })).toEqual(problems);
});

test('a checker that needs more than the history holds says unknown and is not asked', async () => {
  let asked = 0;
  const checker = Object.assign(
    () => {
      asked++;
      return { valid: true as const };
    },
    { needs: vocabulary },
  );
  const judge = compose({ checker });
  expect(await judge(opsOf([0, 'invoke', 'write', 1], [1, 'invoke', 'write', 1]))).toMatchObject({
    checker: {
      valid: 'unknown',
      reason: expect.stringMatching(
        /^not a history for this checker: invoke of write .* \(1 problems\)$/,
      ),
      problems: [{ code: 'not-unique', position: 1 }],
    },
  });
  expect(asked).toBe(0);
  expect(await judge(opsOf([0, 'invoke', 'write', 1]))).toEqual({ checker: { valid: true } });
  expect(asked).toBe(1);
});
