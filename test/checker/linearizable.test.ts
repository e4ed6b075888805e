// Linearizability: against judges that try everything, and on drawn histories with known answers.
import { describe, expect, test } from 'vitest';
import { checkLinearizable } from '../../src/checker/linear/linearizable.ts';
import type { Model } from '../../src/checker/linear/model.ts';
import { models } from '../../src/checker/linear/models.ts';
import type { Op } from '../../src/history/op.ts';
import { describeAgreement } from './agreement.ts';
import { timeline } from './timeline.ts';

// More than 5,000 histories in all; the long suite runs 100,000.
describeAgreement(220);

const register = models.register(0) as Model;
const valid = (history: readonly Op[], model: Model = register): unknown =>
  checkLinearizable(history, { model }).valid;

describe('drawn histories', () => {
  test('a read that begins after a newer write must not return the older value', () => {
    const history = timeline`
      0 write 1  |--|
      1 write 2        |--|
      0 read  1              |--|`;
    const verdict = checkLinearizable(history, { model: register });
    expect(verdict).toMatchObject({
      valid: false,
      engine: 'zones',
      keys: { checked: 1, valid: 0, invalid: 1, unknown: 0 },
      operation: { index: 5, type: 'ok', value: 1 },
      previousOk: { index: 3 },
      witness: {
        title: 'stale read: process 0 read 1 although process 1 had written 2 before it began',
      },
    });
    expect(verdict.minimal).toHaveLength(6);
    expect(verdict.witness?.words).toMatchSnapshot();
    expect(verdict.witness?.ops).toMatchSnapshot();
  });

  test('overlapping operations may take effect in either order', () => {
    expect(
      valid(timeline`
        0 write 1  |------|
        1 write 2    |------|
        2 read  1             |--|`),
    ).toBe(true);
  });

  test('once a new value was read, the old one must not come back', () => {
    expect(
      valid(timeline`
        0 write 1  |------------------|
        1 read  1     |--|
        2 read  0           |--|`),
    ).toBe(false);
  });

  test('what failed did not happen', () => {
    expect(
      valid(timeline`
        0 write 1  |--x
        1 read  1        |--|`),
    ).toBe(false);
  });

  test('what has an unknown outcome may happen late, or never', () => {
    expect(
      valid(timeline`
        0 write 1  |--?
        1 read  0        |--|
        1 read  1              |--|
        1 read  1                    |--|`),
    ).toBe(true);
    expect(
      valid(timeline`
        0 write 1  |-->
        1 read  1        |--|
        1 read  0              |--|`),
    ).toBe(false);
  });

  test('a lost write takes effect once, two equal ones twice', () => {
    const twice = timeline`
      0 write 1  |--?
      1 read  1        |--|
      1 write 2              |--|
      1 read  1                    |--|`;
    expect(valid(twice)).toBe(false);
    const both = timeline`
      0 write 1  |--?
      2 write 1  |--?
      1 read  1        |--|
      1 write 2              |--|
      1 read  1                    |--|`;
    expect(valid(both)).toBe(true);
  });

  test('a write of what is there already may be the one that a later read needs', () => {
    expect(
      valid(
        timeline`
          0 write 3    |----------------------|
          1 write 3    |--|
          1 write 4          |--|
          2 read  3                |--|`,
      ),
    ).toBe(true);
  });

  test('two compare-and-sets cannot both have found the same value', () => {
    const verdict = checkLinearizable(
      timeline`
        0 write 1      |--|
        1 cas   [1,2]        |----|
        2 cas   [1,3]          |----|`,
      { model: models.casRegister(null) },
    );
    expect(verdict.valid).toBe(false);
    expect(verdict.witness?.ops).toHaveLength(3);
  });

  test('what was written earlier again and again does not belong to a minimal history', () => {
    const verdict = checkLinearizable(
      timeline`
        0 write 1  |--|
        1 write 1       |--|
        2 read  1            |--|
        0 write 1                 |--|
        1 write 2                      |--|
        2 read  2                           |--|
        3 read  1                                |--|`,
      { model: register },
    );
    expect(verdict.witness?.ops.map(({ f, value, result }) => `${f} ${result ?? value}`)).toEqual([
      'write 1',
      'write 2',
      'read 2',
      'read 1',
    ]);
  });

  test('of three compare-and-sets in a row, the one that forks the chain is named', () => {
    const verdict = checkLinearizable(
      timeline`
        0 write 1     |--|
        0 cas   [1,3]      |--|
        1 cas   [3,5]         |---|
        2 cas   [3,6]             |--|
        3 read  5                    |---|`,
      { model: models.casRegister(null) },
    );
    expect(verdict).toMatchObject({ valid: false, operation: { value: [3, 6] } });
    expect(verdict.witness?.title).toBe(
      'lost update: process 2 changed 3 to 6 (compare-and-set) although process 1 changed 3 to 5 (compare-and-set)',
    );
  });

  test('keys are independent, and the first failure to happen is told first', () => {
    const verdict = checkLinearizable(
      timeline`
        0 write@a 1  |--|
        1 write@b 1  |--|
        2 read@c  0    |--|
        0 read@a  0              |--|
        1 read@b  0        |--|`,
      { model: register },
    );
    expect(verdict.keys).toEqual({ checked: 3, valid: 1, invalid: 2, unknown: 0 });
    expect(verdict.failures?.map(({ key }) => key)).toEqual(['b', 'a']);
    expect(verdict.witness).toMatchObject({
      key: 'b',
      title:
        'stale read of key b: process 1 read 0 although process 1 had written 1 before it began',
    });
  });

  test('a value that nobody wrote, and one that nobody had written yet', () => {
    const never = timeline`
      0 write 1  |--|
      1 read  9     |--|`;
    expect(checkLinearizable(never, { model: register }).witness?.title).toBe(
      'impossible read: process 1 read 9, but nobody had written 9',
    );
    const future = timeline`
      1 read  1  |--|
      0 write 1       |--|`;
    expect(checkLinearizable(future, { model: register }).witness?.title).toBe(
      'read from the future: process 1 read 1 before anybody had begun to write 1',
    );
  });
});

describe('what is not a judgement', () => {
  test('a malformed history and an unknown operation are unknown, with the reason', () => {
    const orphan: Op[] = [{ index: 0, time: 0, process: 0, type: 'ok', f: 'read', value: 1 }];
    expect(checkLinearizable(orphan, { model: register })).toMatchObject({ valid: 'unknown' });
    const foreign = timeline`
      0 enqueue 1  |--|`;
    expect(checkLinearizable(foreign, { model: register })).toMatchObject({
      valid: 'unknown',
      reason: 'operation 0 is a "enqueue": the model knows read, write',
    });
  });

  test('nemesis operations are no part of it; nothing at all is linearizable', () => {
    const nemesis: Op[] = [
      { index: 0, time: 0, process: 'nemesis', type: 'info', f: 'kill', value: null },
    ];
    expect(valid(nemesis)).toBe(true);
    expect(valid([])).toBe(true);
  });

  test('evidence survives JSON', () => {
    const history = timeline`
      0 write 1  |--|
      1 read  0        |--|`;
    const verdict = checkLinearizable(history, { model: register });
    expect(JSON.parse(JSON.stringify(verdict))).toEqual(verdict);
  });
});
