// Evidence: words, pictures, and smaller histories with the same anomaly.
import {
  check,
  drawCycle,
  explainAnomalies,
  isCycle,
  reduceHistory,
  type TxnOp,
} from 'elle-js-bridge';
import { describe, expect, test } from 'vitest';
import { runDatabase } from './database.ts';

const pair = (process: number, at: number, value: TxnOp['value']): TxnOp[] => [
  { index: at, time: at * 1e9, process, type: 'invoke', f: 'txn', value },
  { index: at + 1, time: (at + 1) * 1e9, process, type: 'ok', f: 'txn', value },
];
const stale = [...pair(0, 0, [['append', 'x', 1]]), ...pair(1, 2, [['r', 'x', null]])];

describe('words', () => {
  test('a stale read in Elle’s manner', () => {
    const { anomalies } = check(stale, { workload: 'list-append' });
    expect(explainAnomalies('G-single-item-realtime', anomalies['G-single-item-realtime']!)).toBe(
      [
        'G-single-item-realtime #0',
        'Let:',
        '  T1 = {:index 3, :time 3000000000, :process 1, :type :ok, :f :txn, :value [[:r "x" nil]]}',
        '  T2 = {:index 1, :time 1000000000, :process 0, :type :ok, :f :txn, :value [[:append "x" 1]]}',
        '',
        'Then:',
        '  - T1 < T2, because T1 observed the initial (nil) state of "x", which T2 created by appending 1.',
        '  - However, T2 < T1, because T2 completed at index 1, 1.000 seconds before the invocation of T1, at index 2: a contradiction!',
      ].join('\n'),
    );
  });

  test('registers: who wrote, who read, what came later', () => {
    const history = [
      ...pair(0, 0, [
        ['w', 'x', 1],
        ['w', 'y', 1],
      ]),
      ...pair(1, 2, [
        ['r', 'x', 1],
        ['r', 'y', null],
      ]),
    ];
    const { anomalies } = check(history, {
      workload: 'rw-register',
      consistencyModels: ['serializable'],
    });
    const text = explainAnomalies('G-single-item', anomalies['G-single-item']!);
    expect(text).toContain(
      'T1 read key "y" = nil, and T2 set it to 1, which came later in the version order',
    );
    expect(text).toContain('T2 wrote "x" = 1, which was read by T1: a contradiction!');
  });

  test('anomalies without a cycle are told by their parts', () => {
    const history = [...pair(0, 0, [['r', 'x', [9]]])];
    const { anomalies } = check(history, { workload: 'list-append' });
    expect(explainAnomalies('garbage-read', anomalies['garbage-read']!)).toContain('element: 9');
  });
});

describe('steps', () => {
  test('key, values, micro-operations and times as data', () => {
    const cycle = check(stale, { workload: 'list-append' }).anomalies[
      'G-single-item-realtime'
    ]![0]!;
    if (!isCycle(cycle)) throw new Error('no cycle');
    expect(cycle.shortest).toBe(true);
    expect(cycle.cycle.map((op) => op.index)).toEqual([3, 1, 3]);
    expect(cycle.steps).toEqual([
      { type: 'rw', key: 'x', value: null, nextValue: 1, mopIndex: 0, nextMopIndex: 0 },
      { type: 'realtime', completed: stale[1], invoked: stale[2], elapsed: 1e9 },
    ]);
  });

  test('every step of every cycle of wrong databases is explained', () => {
    for (let seed = 0; seed < 60; seed++) {
      const lists = seed % 2 === 0;
      const history = runDatabase({
        seed,
        level: 'snapshot',
        bug: seed % 3 === 0 ? 'dirty-read' : 'lost-update',
        lists,
      });
      const { anomalies } = check(history, {
        workload: lists ? 'list-append' : 'rw-register',
        wfrKeys: true,
      });
      for (const cycle of Object.values(anomalies).flat().filter(isCycle))
        for (const step of cycle.steps)
          expect(
            step.type === 'realtime' || step.type === 'process' || step.mopIndex !== undefined,
          ).toBe(true);
    }
  });
});

describe('pictures', () => {
  test('one box a transaction, one arrow a step, hostile names escaped', () => {
    const history = [...pair(0, 0, [['append', '<x&"', 1]]), ...pair(1, 2, [['r', '<x&"', null]])];
    const cycle = check(history, { workload: 'list-append' }).anomalies[
      'G-single-item-realtime'
    ]![0]!;
    const svg = isCycle(cycle) ? drawCycle(cycle)! : '';
    expect(svg.match(/<rect [^>]*rx="6"/g)).toHaveLength(2);
    expect(svg.match(/marker-end/g)).toHaveLength(2);
    expect(svg).toContain('&lt;x&amp;');
    expect(svg).not.toContain('<x&');
    expect(svg).toContain('T1 ok, index 3');
  });

  test('a cycle of too many transactions is not drawn', () => {
    const steps = Array.from({ length: 30 }, () => ({ type: 'ww' as const }));
    expect(drawCycle({ type: 'G0', cycle: [], steps, shortest: true })).toBeUndefined();
  });
});

describe('reduction', () => {
  test('keeps the anomaly and little else', () => {
    const history = runDatabase({ seed: 3, level: 'snapshot', bug: 'aborted-read', lists: true });
    const options = { workload: 'list-append' } as const;
    const reduced = reduceHistory(history, { check: options, anomaly: 'G1a' });
    expect(check(reduced, options).anomalyTypes).toContain('G1a');
    expect(reduced.length).toBeLessThanOrEqual(6);
    expect(history).toEqual(expect.arrayContaining(reduced));
  });

  test('a history without the anomaly stays whole', () => {
    const options = { workload: 'list-append' } as const;
    expect(reduceHistory(stale, { check: options, anomaly: 'G0' })).toEqual(stale);
  });
});
