// The shape of a whole test: fault packages overlap, and what they do shifts nothing in the load.
import { expect, test } from 'vitest';
import type { GenLike } from '../../src/generator/generator.ts';
import { cycle, mix, once, repeat, sleep } from '../../src/generator/index.ts';
import type { Op } from '../../src/history/op.ts';
import { pair } from '../../src/history/pairing.ts';
import { nemesisThreadsFor, scheduleOf } from '../../src/runner/schedule.ts';
import { type CompletionModel, runVirtually } from '../../src/sim/virtual-time.ts';

type Fault = { readonly generator: GenLike; readonly final: GenLike };

/** Faults that take 30 s each, clients that take 1 ms. */
const slowFaults: CompletionModel = (op) => ({
  completion: { type: 'ok' },
  afterNs: op.process === 'nemesis' ? 30e9 : 1e6,
});

const run = (faults: readonly Fault[], model = slowFaults): readonly Op[] =>
  runVirtually({
    generator: scheduleOf({
      timeLimitSeconds: 60,
      rate: 20,
      recoverySeconds: 5,
      load: mix([repeat({ f: 'r' }), ({ random }) => ({ f: 'w', value: random.int(1e9) })]),
      final: { f: 'final' },
      faults,
    }),
    concurrency: 4,
    nemesisThreads: nemesisThreadsFor(faults.length),
    seed: 1,
    model,
  });

const faultOf = (name: string): Fault => ({
  generator: cycle([
    sleep(1),
    once(repeat({ f: `start-${name}` })),
    sleep(1),
    { f: `stop-${name}` },
  ]),
  final: { f: `stop-${name}` },
});
const ofNemesis = (history: readonly Op[]): readonly Op[] =>
  history.filter((op) => op.process === 'nemesis');

test('the operations of several packages overlap; each package does one thing at a time', () => {
  const history = run([faultOf('cut'), faultOf('clock'), faultOf('kill')]);
  const ops = ofNemesis(history);
  expect(ops.slice(0, 6).map((op) => [op.type, op.f, op.time / 1e9])).toEqual([
    ['invoke', 'start-cut', 1],
    ['invoke', 'start-clock', 1],
    ['invoke', 'start-kill', 1],
    ['info', 'start-cut', 31],
    ['info', 'start-clock', 31],
    ['info', 'start-kill', 31],
  ]);
  const pairs = pair(history);
  for (const { index, f } of ops) expect(history[pairs[index] as number]?.f).toBe(f);
});

test('every package is healed, and the final operations come after all of them', () => {
  const history = run([faultOf('cut'), faultOf('clock')]);
  const stops = ofNemesis(history).filter((op) => op.f.startsWith('stop') && op.type === 'info');
  const final = history.find((op) => op.f === 'final');
  for (const name of ['stop-cut', 'stop-clock'])
    expect(stops.findLast((op) => op.f === name)?.time).toBeLessThanOrEqual(final?.time ?? 0);
});

test('the load draws the same whatever the faults', () => {
  const load = (faults: readonly Fault[]): unknown[] =>
    run(faults, () => ({ completion: { type: 'ok' }, afterNs: 1e6 }))
      .filter((op) => op.process !== 'nemesis' && op.type === 'invoke' && op.f !== 'final')
      .map(({ time, process, f, value }) => [time, process, f, value]);
  const calm = load([]);
  expect(calm.length).toBeGreaterThan(1000);
  expect(load([faultOf('cut')])).toEqual(calm);
  expect(load([faultOf('cut'), faultOf('clock')])).toEqual(calm);
});
