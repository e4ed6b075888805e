// Pairing and the linter: every rule of a process, broken once each.
import { expect, test } from 'vitest';
import { History } from '../../src/history/history.ts';
import { lint } from '../../src/history/lint.ts';
import { pair } from '../../src/history/pairing.ts';
import { type Line, opsOf } from './timeline.ts';

const codes = (...lines: Line[]): string[] => lint(opsOf(...lines)).map((problem) => problem.code);

test('each invocation finds its completion, and the other way round', () => {
  const ops = opsOf(
    [0, 'invoke', 'write', 1],
    [1, 'invoke', 'read'],
    [0, 'ok', 'write', 1],
    [2, 'invoke', 'read'],
    [1, 'fail', 'read'],
    [0, 'invoke', 'read'],
    [0, 'info', 'read'],
  );
  expect([...pair(ops)]).toEqual([2, 4, 0, -1, 1, 6, 5]);
  expect(lint(ops)).toEqual([]);
});

test('a nemesis pairs by f, with invoke and info, also when operations overlap', () => {
  const ops = opsOf(
    ['nemesis', 'invoke', 'cut'],
    ['nemesis', 'invoke', 'kill'],
    ['nemesis', 'invoke', 'cut'],
    ['nemesis', 'info', 'kill'],
    ['nemesis', 'info', 'cut'],
    ['nemesis', 'info', 'note'],
    ['nemesis', 'info', 'cut'],
  );
  expect([...pair(ops)]).toEqual([4, 3, 6, 1, 0, -1, 2]);
});

test("a nemesis pairs Jepsen's way, with info and info", () => {
  const ops = opsOf(
    ['nemesis', 'info', 'start'],
    [0, 'invoke', 'read'],
    ['nemesis', 'info', 'start', 'cut'],
    ['nemesis', 'info', 'stop'],
    ['nemesis', 'info', 'stop', 'healed'],
    ['nemesis', 'info', 'start'],
  );
  expect([...pair(ops)]).toEqual([2, -1, 0, 4, 3, -1]);
});

test('a process that ended in info is not used again', () => {
  const ops: Line[] = [
    [0, 'invoke', 'write', 1],
    [0, 'info', 'write', 1],
    [0, 'invoke', 'read'],
  ];
  expect(codes(...ops)).toEqual(['process-after-info']);
  expect(() => pair(opsOf(...ops))).toThrow(
    /position 2: invoke of read on process 0 \(index 2\): this process ended in an info before/,
  );
});

test('a process has one operation open at a time', () => {
  expect(codes([0, 'invoke', 'write'], [0, 'invoke', 'write'], [0, 'ok', 'write'])).toEqual([
    'two-open-invocations',
  ]);
});

test('a completion needs an open invocation, and only one completes it', () => {
  expect(codes([0, 'ok', 'read'])).toEqual(['completion-without-invocation']);
  expect(codes([0, 'invoke', 'read'], [0, 'ok', 'read'], [0, 'ok', 'read'])).toEqual([
    'completion-without-invocation',
  ]);
  // Late: the operation had been given up as info before its answer came.
  expect(codes([0, 'invoke', 'read'], [0, 'info', 'read'], [0, 'ok', 'read'])).toEqual([
    'completion-without-invocation',
  ]);
});

test('a completion is of the same f and key as its invocation', () => {
  expect(codes([0, 'invoke', 'read'], [0, 'ok', 'write'])).toEqual(['f-differs']);
  expect(codes([0, 'invoke', 'read', null, 1], [0, 'ok', 'read', 3, 2])).toEqual(['key-differs']);
  expect(codes([0, 'invoke', 'read', null, 1], [0, 'ok', 'read', 3])).toEqual([]);
});

test('indices are dense and times do not go backwards', () => {
  const ops = opsOf(
    [0, 'invoke', 'read'],
    [0, 'ok', 'read'],
    [1, 'invoke', 'read'],
    [1, 'ok', 'read'],
  );
  const broken = [
    ops[0]!,
    { ...ops[1]!, index: 0, time: -5 },
    { ...ops[2]!, index: 5 },
    { ...ops[3]!, index: 6 },
  ];
  expect(lint(broken).map(({ code, position, message }) => [code, position, message])).toEqual([
    ['duplicate-index', 1, 'index 0 again or out of order, where 1 was due'],
    ['time-backwards', 1, 'time -5 ns after 0 ns'],
    ['index-gap', 2, 'index 5 where 1 was due'],
  ]);
});

test('the linter lists at most a hundred problems, the first ones', () => {
  const problems = lint(opsOf(...Array.from({ length: 1000 }, (): Line => [0, 'ok', 'read'])));
  expect(problems).toHaveLength(100);
  expect(problems.at(-1)?.position).toBe(99);
});

test('a history looks up the other half, and views by key and process without copying', () => {
  const ops = opsOf(
    [0, 'invoke', 'write', 1, 'a'],
    ['nemesis', 'invoke', 'cut'],
    [1, 'invoke', 'read', null, 'b'],
    [0, 'ok', 'write', 1], // without a key of its own: it goes with its invocation
    ['nemesis', 'info', 'cut'],
    [1, 'ok', 'read', 2, 'b'],
    [0, 'invoke', 'read', null, 'b'],
  );
  const history = History.from(ops);
  expect(history.ops).toBe(ops);
  expect([history.completionOf(0), history.invocationOf(3), history.completionOf(6)]).toEqual([
    3, 0, -1,
  ]);
  expect([history.invocationOf(0), history.completionOf(3)]).toEqual([-1, -1]);
  expect([...history.byKey()].map(([key, view]) => [key, [...view]])).toEqual([
    ['a', [0, 3]],
    [undefined, [1, 4]],
    ['b', [2, 5, 6]],
  ]);
  expect([...history.byProcess()].map(([process, view]) => [process, [...view]])).toEqual([
    [0, [0, 3, 6]],
    ['nemesis', [1, 4]],
    [1, [2, 5]],
  ]);
  const reads = history.filter((op) => op.f === 'read', history.clients());
  expect([...reads]).toEqual([2, 5, 6]);
  expect(history.select(reads)[0]).toBe(ops[2]);
  expect([0, 3, 6].map((position) => history.begins(position))).toEqual([true, false, true]);
  expect(() => history.op(7)).toThrow('position 7 of 7 operations');
});
