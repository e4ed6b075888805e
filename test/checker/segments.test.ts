// Moments of rest: where a register's history may be cut.
import { expect, test } from 'vitest';
import { checkLinearizable } from '../../src/checker/linear/linearizable.ts';
import { models } from '../../src/checker/linear/models.ts';
import { callsIn } from '../../src/checker/linear/parts.ts';
import { segmentsOf } from '../../src/checker/linear/segments.ts';
import { Part } from '../../src/checker/linear/strand.ts';
import { History } from '../../src/history/history.ts';
import { verify } from './judges.ts';
import { timeline } from './timeline.ts';

const model = models.register(0);
const segmentsIn = (text: ReturnType<typeof timeline>) => {
  const history = History.from(text);
  return segmentsOf(model, new Part(history, undefined, callsIn(history, model.fs)).calls);
};

test('after an operation that ran alone, and not while another is open', () => {
  const segments = segmentsIn(timeline`
    0 write 1  |--|
    1 write 2        |----|
    0 read  2          |--|
    1 read  1                |--|
    0 write 1                     |--|`);
  expect(segments.map(({ calls }) => calls.length)).toEqual([1, 3, 1]);
  expect(segments.map((segment) => segment.model.init)).toEqual([0, 1, 1]);
});

test('a history that fails behind a cut tells its first failure, and a small history', () => {
  const history = timeline`
    0 write 1  |--|
    1 write 2        |--|
    1 write 1             |--|
    0 read  2                  |--|
    0 read  1                       |--|`;
  const verdict = checkLinearizable(history, { model });
  expect(verdict).toMatchObject({ valid: false, operation: { f: 'read', value: 2 } });
  expect(verdict.minimal?.length).toBeLessThanOrEqual(8);
  expect(verdict.weaker).toMatchObject({ sequential: 'not applicable' });
});

test('a certificate of zones puts reads of nothing where their time allows', () => {
  const history = timeline`
    0 read  null  |-----------------|
    1 read  null    |--|
    2 write 1               |--|
    1 read  1                          |--|`;
  const { valid, engine, certificates } = checkLinearizable(history, { model, certificate: true });
  expect({ valid, engine }).toEqual({ valid: true, engine: 'zones' });
  expect(verify(history, certificates?.[0]?.order ?? [], model)).toBeUndefined();
});

test('an element that was removed for certain is not found again', () => {
  const done = (index: number, f: string, value: unknown) =>
    (['invoke', 'ok'] as const).map((type, at) => {
      const position = index + at;
      return { index: position, time: position, process: 0, type, f, value };
    });
  const history = [
    ...done(0, 'add', 1),
    ...done(2, 'remove', 1),
    ...done(4, 'contains', [1, false]),
    ...done(6, 'contains', [1, true]),
  ];
  const verdict = checkLinearizable(history, { model: models.set() });
  expect(verdict).toMatchObject({ valid: false, engine: 'elements', operation: { index: 7 } });
});
