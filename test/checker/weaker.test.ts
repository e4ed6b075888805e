// Weaker conditions of registers: agreement with their definitions, and what a red verdict says about them.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkLinearizable } from '../../src/checker/linear/linearizable.ts';
import { models } from '../../src/checker/linear/models.ts';
import { callsIn } from '../../src/checker/linear/parts.ts';
import { Part } from '../../src/checker/linear/strand.ts';
import { weakerOf } from '../../src/checker/weaker/weaker.ts';
import { History } from '../../src/history/history.ts';
import type { Op } from '../../src/history/op.ts';
import { weakerByDefinition } from './weaker-judges.ts';
import { histories, worlds } from './worlds.ts';

const partOf = (ops: readonly Op[]): Part => {
  const history = History.from(ops);
  return new Part(history, undefined, callsIn(history, ['read', 'write', 'cas']));
};

describe.each([
  ['cas-register, unique values', null],
  ['cas-register from 0, unique values', 0],
])('%s', (name, init) => {
  test('agrees with the definitions', () => {
    const world = worlds[name];
    if (world === undefined) throw new Error(`no world ${name}`);
    fc.assert(
      fc.property(histories(world, 8), (history) => {
        expect(weakerOf(world.model, partOf(history))).toEqual(weakerByDefinition(history, init));
      }),
      { numRuns: 400 },
    );
  });
});

const row = (index: number, process: number, fields: Pick<Op, 'type' | 'f' | 'value'>): Op => ({
  index,
  time: index * 100_000_000,
  process,
  ...fields,
});

/** One client's operations one after the other; two values of time apart. */
const done = (process: number, f: string, value: unknown): Omit<Op, 'index' | 'time'>[] => [
  { process, type: 'invoke', f, value: f === 'read' ? null : value },
  { process, type: 'ok', f, value },
];
const rows = (parts: readonly Omit<Op, 'index' | 'time'>[][]): Op[] =>
  parts.flat().map((fields, index) => row(index, fields.process as number, fields));

const kept = (history: readonly Op[]) =>
  checkLinearizable(history, { model: models.casRegister(null) }).weaker;

test('a stale read of another client is stale by versions and milliseconds, and sequentially consistent', () => {
  const history = rows([
    done(0, 'write', 1),
    done(0, 'write', 2),
    done(0, 'write', 3),
    done(1, 'read', 1),
  ]);
  const { valid, weaker, witness } = checkLinearizable(history, { model: models.register() });
  expect(valid).toBe(false);
  expect(weaker).toMatchObject({ sequential: true, regular: false, safe: false });
  expect(weaker?.staleness).toEqual({ versions: 2, milliseconds: 300 });
  expect(witness?.words.at(-1)).toMatch(/^Stale by at most 2 versions and 300 ms; /);
  expect(witness?.words.at(-1)).toContain('each client still read its own writes');
});

test('a client that misses its own write', () => {
  const history = rows([done(0, 'write', 1), done(0, 'write', 2), done(0, 'read', 1)]);
  expect(kept(history)).toMatchObject({
    readYourWrites: false,
    monotonicReads: true,
    sequential: false,
  });
});

test('a client that reads backwards in time', () => {
  const history = rows([
    done(0, 'write', 1),
    done(0, 'write', 2),
    done(1, 'read', 2),
    done(1, 'read', 1),
  ]);
  expect(kept(history)).toMatchObject({
    readYourWrites: true,
    monotonicReads: false,
    monotonicWrites: false,
    writesFollowReads: true,
  });
});

test('a client that sees what somebody wrote, and then what that one had read', () => {
  const history = rows([
    done(0, 'write', 1),
    done(1, 'read', 1),
    done(1, 'write', 2),
    done(2, 'read', 2),
    done(2, 'read', 1),
  ]);
  expect(kept(history)).toMatchObject({ writesFollowReads: false, monotonicWrites: true });
});

test('a client that loses an update', () => {
  const history = rows([
    done(0, 'write', 1),
    done(1, 'cas', [1, 2]),
    done(2, 'cas', [1, 3]),
    done(2, 'read', 3),
  ]);
  expect(kept(history)).toMatchObject({ sequential: false });
});

test('repeated values: nothing is said; other models have no such conditions', () => {
  const history = rows([
    done(0, 'write', 1),
    done(0, 'write', 2),
    done(0, 'write', 2),
    done(1, 'read', 1),
  ]);
  expect(kept(history)).toMatchObject({ sequential: 'not applicable', safe: 'not applicable' });
  const queue = rows([done(0, 'dequeue', 1)]);
  expect(checkLinearizable(queue, { model: models.fifoQueue() })).not.toHaveProperty('weaker');
});

test('keys are weighed together: the stalest, and what all of them kept', () => {
  const stale = rows([done(0, 'write', 1), done(0, 'write', 2), done(1, 'read', 1)]);
  const own = rows([
    done(2, 'write', 1),
    done(2, 'write', 2),
    done(2, 'write', 3),
    done(2, 'read', 1),
  ]);
  const history = [
    ...stale.map((op) => ({ ...op, key: 'x' })),
    ...own.map((op) => ({ ...op, key: 'y' })),
  ].map((op, index) => ({ ...op, index, time: index * 1e8 }));
  expect(kept(history)).toMatchObject({
    readYourWrites: false,
    monotonicReads: true,
    staleness: { versions: 2 },
  });
});
