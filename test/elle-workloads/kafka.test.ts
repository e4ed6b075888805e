// Kafka-style logs: every planted bug under its name, and a correct log never accused.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Op } from '../../src/elle-js-bridge/op.ts';
import { checkKafka } from '../../src/elle-js-bridge/workloads/kafka/check.ts';
import { dice } from '../elle-weak/histories.ts';
import { type Line, sequence, together } from './ops.ts';

type Pair = readonly [offset: number | null, value: unknown];
const send = (process: number, key: string, ...pairs: Pair[]): Line => [
  process,
  'send',
  pairs.map((pair) => ['send', key, pair]),
];
const poll = (process: number, key: string, ...pairs: Pair[]): Line => [
  process,
  'poll',
  [['poll', { [key]: pairs }]],
];
const types = (ops: Op[], options = {}) => checkKafka(ops, options).badErrorTypes;

const abc = send(0, 'x', [0, 'a'], [1, 'b'], [2, 'c']);

describe('kafka', () => {
  test('sent and polled in order', () => {
    const verdict = checkKafka(
      sequence(abc, poll(1, 'x', [0, 'a'], [1, 'b']), poll(1, 'x', [2, 'c'])),
    );
    expect(verdict).toMatchObject({ valid: true, errorTypes: [], sendCount: 3, pollCount: 3 });
    expect(checkKafka(sequence(abc)).badErrorTypes).toEqual(['unseen']);
    expect(checkKafka([]).valid).toBe('unknown');
  });

  test('lost writes', () => {
    const ops = sequence(send(0, 'x', [0, 'a']), send(2, 'x', [1, 'b']), poll(1, 'x', [1, 'b']));
    expect(types(ops)).toEqual(['lost-write', 'unseen']);
    expect(checkKafka(ops).errors['lost-write']?.errors[0]).toMatchObject({
      key: 'x',
      value: 'a',
      ops: [1, 5],
    });
  });

  test('a send of unknown outcome is lost only if another of its messages was seen', () => {
    const value = [
      ['send', 'x', [0, 'a']],
      ['send', 'x', [1, 'b']],
    ];
    const info: Line = [0, 'send', value, 'info'];
    expect(types(sequence(info, send(2, 'x', [2, 'c']), poll(1, 'x', [2, 'c'])))).toEqual([]);
    expect(types(sequence(info, send(2, 'x', [2, 'c']), poll(1, 'x', [1, 'b'], [2, 'c'])))).toEqual(
      ['lost-write'],
    );
  });

  test('what comes after the furthest message polled is unseen, and not lost', () => {
    expect(types(sequence(abc, poll(1, 'x', [0, 'a'], [1, 'b'])))).toEqual(['unseen']);
  });

  test('only what certainly happened is believed: sends, and who moved on', () => {
    const unknown: Line = [0, 'send', [['send', 'x', [0, 'a']]], 'info'];
    const crashed: Line = [3, 'poll', [['poll', { x: [[0, 'a']] }]], 'info'];
    const [b, c] = [send(2, 'x', [1, 'b']), send(2, 'x', [0, 'c'])];
    expect(types(sequence(unknown, crashed, b, poll(1, 'x', [1, 'b'])))).toEqual([]);
    expect(types(sequence(unknown, c, poll(1, 'x', [0, 'c'])))).toEqual([]);
    const failed: Line = [1, 'poll', [['poll', { x: [[1, 'b']] }]], 'fail'];
    const first = poll(1, 'x', [0, 'a']);
    const rest = poll(1, 'x', [1, 'b'], [2, 'c']);
    expect(types(sequence(abc, first, failed, rest))).toEqual([]);
  });

  test('two messages at one offset, one message at two', () => {
    expect(
      types(
        sequence(
          send(0, 'x', [0, 'a']),
          send(2, 'x', [0, 'b']),
          poll(1, 'x', [0, 'a']),
          poll(3, 'x', [0, 'b']),
        ),
      ),
    ).toEqual(['inconsistent-offsets']);
    expect(
      types(sequence(send(0, 'x', [0, 'a']), poll(1, 'x', [0, 'a']), poll(2, 'x', [5, 'a']))),
    ).toEqual(['duplicate']);
  });

  test('aborted, garbage and precommitted reads', () => {
    const failed: Line = [0, 'send', [['send', 'x', 'a']], 'fail'];
    expect(types(sequence(failed, poll(1, 'x', [0, 'a'])))).toEqual(['G1a']);
    expect(types(sequence(poll(1, 'x', [0, 'a'])))).toEqual(['garbage-read']);
    const own: Line = [
      0,
      'txn',
      [
        ['send', 'x', [0, 'a']],
        ['poll', { x: [[0, 'a']] }],
      ],
    ];
    expect(types(sequence(own))).toEqual(['precommitted-read']);
  });

  test('steps within one operation', () => {
    const [a, b, c] = [
      [0, 'a'],
      [1, 'b'],
      [2, 'c'],
    ] as const;
    const seen = poll(3, 'x', a, b, c);
    expect(types(sequence(abc, seen, poll(1, 'x', a, c)))).toEqual(['int-poll-skip']);
    expect(types(sequence(abc, seen, poll(1, 'x', b, a)))).toEqual(['int-nonmonotonic-poll']);
    expect(types(sequence(send(0, 'x', b, a), poll(3, 'x', a, b)))).toEqual([
      'int-nonmonotonic-send',
    ]);
    const verdict = checkKafka(sequence(send(0, 'x', a, c), send(2, 'x', b), seen));
    expect([verdict.valid, verdict.errorTypes]).toEqual([true, ['int-send-skip']]);
  });

  test('keys that were rebalanced meanwhile owe nothing', () => {
    const [process, f, value] = poll(1, 'x', [0, 'a'], [2, 'c']);
    const moved: Line = [process, f, value, 'ok', { rebalanceLog: [{ keys: ['x'] }] }];
    expect(types(sequence(abc, poll(3, 'x', [0, 'a'], [1, 'b'], [2, 'c']), moved))).toEqual([]);
  });

  test('steps between operations of a process, and what excuses them', () => {
    const [a, b, c] = [
      [0, 'a'],
      [1, 'b'],
      [2, 'c'],
    ] as const;
    const seen = poll(3, 'x', a, b, c);
    const skip = [abc, seen, poll(1, 'x', a), poll(1, 'x', c)];
    const back = [abc, seen, poll(1, 'x', b), poll(1, 'x', b)];
    expect(types(sequence(...skip))).toEqual(['poll-skip']);
    expect(types(sequence(...back))).toEqual(['nonmonotonic-poll']);
    expect(types(sequence(...back), { subscribes: true })).toEqual([]);
    const elsewhere: Line = [1, 'assign', ['y']];
    expect(
      types(sequence(abc, seen, poll(1, 'x', b), elsewhere, [1, 'assign', ['x']], poll(1, 'x', a))),
    ).toEqual([]);
    const error = checkKafka(sequence(...skip)).errors['poll-skip']?.errors[0];
    expect(error).toMatchObject({
      key: 'x',
      values: ['a', 'c'],
      skipped: ['b'],
      delta: 2,
      ops: [5, 7],
    });
  });

  test('sends of a process that go backwards', () => {
    const ops = sequence(
      send(0, 'x', [1, 'b']),
      send(0, 'x', [0, 'a']),
      poll(1, 'x', [0, 'a'], [1, 'b']),
    );
    expect(types(ops)).toEqual(['nonmonotonic-send']);
  });

  test('transactions that poll each other are G1c; polling the future is G1c in real time', () => {
    const t = (key: string, own: Pair, other: string, seen: Pair, process: number): Line => [
      process,
      'txn',
      [
        ['send', key, own],
        ['poll', { [other]: [seen] }],
      ],
    ];
    expect(
      types(together(t('x', [0, 'a'], 'y', [0, 'b'], 0), t('y', [0, 'b'], 'x', [0, 'a'], 1))),
    ).toEqual(['G1c']);
    expect(types(sequence(poll(0, 'x', [0, 'a']), send(1, 'x', [0, 'a'])))).toEqual([
      'G1c-realtime',
    ]);
  });

  test('writes that interleave are G0 if asked for, and allowed', () => {
    const txn = (process: number, x: Pair, y: Pair): Line => [
      process,
      'txn',
      [
        ['send', 'x', x],
        ['send', 'y', y],
      ],
    ];
    const ops = together(
      txn(0, [0, 1], [1, 1]),
      txn(1, [1, 2], [0, 2]),
      poll(2, 'x', [0, 1], [1, 2]),
      poll(3, 'y', [0, 2], [1, 1]),
    );
    expect(checkKafka(ops).errorTypes).toEqual([]);
    const verdict = checkKafka(ops, { wwDeps: true });
    expect([verdict.valid, verdict.errorTypes]).toEqual([true, ['G0']]);
  });

  test('a correct log is never accused', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 31 }), (seed) => {
        const roll = dice(seed);
        const logs = new Map<string, [number, number][]>([
          ['p', []],
          ['q', []],
        ]);
        const positions = new Map<string, number>();
        let [value, gap] = [0, 0];
        const pollAll = (process: number): Line => {
          const seen = [...logs].map(([key, log]) => {
            const from = positions.get(`${process}${key}`) ?? 0;
            const to = Math.min(log.length, from + 1 + roll(4));
            positions.set(`${process}${key}`, to);
            return [key, log.slice(from, to)] as const;
          });
          return [
            process,
            'poll',
            [['poll', Object.fromEntries(seen.filter(([, own]) => own.length > 0))]],
          ];
        };
        const sendSome = (process: number): Line => {
          const outcome = (['ok', 'ok', 'ok', 'info', 'fail'] as const)[roll(5)];
          const mops = Array.from({ length: 1 + roll(3) }, () => {
            const key = roll(2) === 0 ? 'p' : 'q';
            gap += roll(2);
            const offset = (logs.get(key)?.length ?? 0) + gap;
            if (outcome !== 'fail') logs.get(key)?.push([offset, ++value]);
            return [
              'send',
              key,
              outcome === 'ok' ? [offset, value] : outcome === 'fail' ? ++value : value,
            ];
          });
          return [process, 'send', mops, outcome ?? 'ok'];
        };
        const lines = Array.from(
          { length: 60 },
          (): Line => (roll(2) === 0 ? sendSome(roll(3)) : pollAll(3 + roll(2))),
        );
        const final = Array.from({ length: 200 }, () => pollAll(3));
        const verdict = checkKafka(sequence(...lines, ...final));
        expect(verdict.badErrorTypes, JSON.stringify(verdict.errors)).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});
