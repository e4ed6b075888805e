// Runs for this room's tests: a plausible five-node register test under partitions, drawn from a seed.
import { Random, rngOf } from '../../src/base/random.ts';
import type { Verdict } from '../../src/checker/verdict.ts';
import type { Witness } from '../../src/checker/witness.ts';
import type { RunResult } from '../../src/contract/events.ts';
import type { Grudge, LedgerEntry } from '../../src/contract/faults.ts';
import type { TestRecord } from '../../src/contract/test-record.ts';
import type { Op } from '../../src/history/op.ts';
import type { RunData } from '../../src/report/run-data.ts';

export const nodes = ['n1', 'n2', 'n3', 'n4', 'n5'];
const second = 1e9;

export const sampleTest = (changes: Partial<TestRecord> = {}): TestRecord => ({
  version: 1,
  name: 'register',
  seed: 42,
  startedAt: '2026-03-14T09:26:53.589Z',
  repeat:
    'ordeal test register --system etcd --nemesis partition --time-limit 60 --serializable-reads --seed 42',
  workload: 'register',
  nemeses: ['partition'],
  system: { name: 'etcd', version: '3.4.23' },
  cluster: { kind: 'netns', name: 'ordeal-3f2a' },
  nodes: nodes.map((name, i) => ({ name, address: `10.89.0.${i + 2}` })),
  concurrency: 10,
  timeLimitSeconds: 60,
  options: { 'serializable-reads': true, keys: 8, 'ops-per-key': 200, rate: 200 },
  bands: [{ name: 'partition', start: ['start-partition'], stop: ['stop-partition'] }],
  environment: {
    ordeal: '0.1.0',
    commit: '9443244',
    node: 'v24.21.0',
    kernel: 'Linux 6.18.5 x86_64',
    cpus: 2,
    memoryMiB: 7950,
  },
  ...changes,
});

const grudges: readonly Grudge[] = [
  {
    n1: ['n3', 'n4', 'n5'],
    n2: ['n3', 'n4', 'n5'],
    n3: ['n1', 'n2'],
    n4: ['n1', 'n2'],
    n5: ['n1', 'n2'],
  },
  { n3: ['n1', 'n2', 'n4', 'n5'], n1: ['n3'], n2: ['n3'], n4: ['n3'], n5: ['n3'] },
  { n1: ['n3', 'n4'], n2: ['n4', 'n5'], n3: ['n5', 'n1'], n4: ['n1', 'n2'], n5: ['n2', 'n3'] },
  { n4: ['n1', 'n2', 'n3', 'n5'] },
];

const commands = { inject: [{ argv: ['iptables', '-w'] }], heal: [{ argv: ['iptables', '-w'] }] };

/** A fault every twelve seconds, lasting six; the last one is healed by its lease. */
export const sampleLedger = (seconds: number): LedgerEntry[] => {
  const entries: LedgerEntry[] = [
    { type: 'run', version: 1, run: 'r', cluster: { kind: 'netns', name: 'c' }, nodes },
  ];
  for (let i = 0; 4 + i * 12 < seconds; i++) {
    const at = (4 + i * 12) * second;
    const id = `fault-${i}`;
    const grudge = grudges[i % grudges.length]!;
    const plan = {
      fault: { kind: 'partition', grudge },
      nodes: Object.fromEntries(Object.keys(grudge).map((node) => [node, commands])),
    };
    const cut = Object.values(grudge).flat().length;
    const by = i === 3 ? 'lease' : 'runner';
    const proven = i === 2 ? undefined : true;
    entries.push(
      { type: 'planned', id, time: at, plan },
      { type: 'injected', id, time: at + 0.11 * second, tookMs: 108 },
      {
        type: 'verified',
        id,
        time: at + 0.6 * second,
        proof: {
          holds: proven,
          says: proven
            ? `${cut} of ${cut} links cut: no probe came through`
            : 'the probe on n5 did not end in time',
        },
      },
      {
        type: 'healed',
        id,
        time: at + 6 * second,
        by,
        proof: { holds: true, says: 'all 20 links open: every probe was answered' },
      },
    );
  }
  return entries;
};

type Made = { readonly invoke: Omit<Op, 'index'>; readonly completion?: Omit<Op, 'index'> };

const isHurt = (time: number, node: number): boolean => {
  const phase = (time / second - 4) % 12;
  if (time < 4 * second || phase < 0 || phase > 6) return false;
  const fault = Math.floor((time / second - 4) / 12) % 4;
  return [node < 2, node === 2, node % 2 === 0, node === 3][fault] ?? false;
};

/** What one thread does until the time is up. */
const threadOps = (
  thread: number,
  random: Random,
  run: { until: number; meanGap: number },
): Made[] => {
  const made: Made[] = [];
  let process = thread;
  let time = random.fraction() * 1e7;
  while (time < run.until) {
    const f = random.pick(['read', 'read', 'write', 'cas']);
    const value =
      f === 'read' ? null : f === 'write' ? random.int(1000) : [random.int(1000), random.int(1000)];
    const hurt = isHurt(time, thread % nodes.length);
    const start = Math.round(time);
    const lost = hurt && random.fraction() < 0.5;
    const slow = hurt || random.fraction() < 0.01 ? 20 : 1;
    const latency = lost
      ? 1.5e9
      : Math.exp(random.fraction() * 2 + random.fraction() * 1.2) * 3e5 * slow;
    const end = Math.round(start + latency);
    const type = lost
      ? f === 'read'
        ? 'fail'
        : 'info'
      : f === 'cas' && random.fraction() < 0.4
        ? 'fail'
        : 'ok';
    const key = random.int(8);
    const result = f === 'read' && type === 'ok' ? random.int(1000) : value;
    const common = { process, f, key };
    made.push({
      invoke: { ...common, time: start, type: 'invoke', value },
      completion: {
        ...common,
        time: end,
        type,
        value: result,
        ...(type === 'ok' ? {} : { error: lost ? ['timeout'] : (['mismatch'] as [string]) }),
      },
    });
    if (type === 'info') process += 10;
    time = end + random.exponential(run.meanGap);
  }
  return made;
};

/** About `operations` operations within `seconds`, by ten threads. */
export const sampleHistory = (operations: number, seconds: number): Op[] => {
  const random = new Random(rngOf(7));
  const meanGap = Math.max(1e3, (seconds * second * 10) / operations - 2e6);
  const made = Array.from({ length: 10 }, (_, thread) =>
    threadOps(thread, random, { until: seconds * second, meanGap }),
  ).flat();
  return made
    .flatMap(({ invoke, completion }) =>
      completion === undefined ? [invoke] : [invoke, completion],
    )
    .sort((a, b) => a.time - b.time)
    .map((op, index) => ({ ...op, index }));
};

export const sampleWitness: Witness = {
  title: 'Stale read of key 3: process 4 read 17 after process 1 had overwritten it with 42.',
  key: 3,
  words: [
    'Process 0 wrote 17 (6.102 s to 6.109 s).',
    'Process 1 compared 17 and set 42, and was told that it succeeded (7.310 s to 7.318 s).',
    'Process 7 wrote 8, and never learned whether it happened.',
    'Process 4 then read 17 (7.902 s to 7.904 s), although 42 had replaced it 584 ms before.',
  ],
  ops: [
    { index: 2210, process: 0, f: 'write', value: 17, type: 'ok', start: 6.102e9, end: 6.109e9 },
    { index: 2514, process: 1, f: 'cas', value: [17, 42], type: 'ok', start: 7.31e9, end: 7.318e9 },
    { index: 2521, process: 7, f: 'write', value: 8, type: 'info', start: 7.315e9 },
    {
      index: 2630,
      process: 4,
      f: 'read',
      value: null,
      result: 17,
      type: 'ok',
      start: 7.902e9,
      end: 7.904e9,
      culprit: true,
    },
  ],
};

const invalid: Verdict = {
  valid: false,
  keys: 8,
  failures: [3],
  results: { 3: { valid: false, witness: sampleWitness, statesExplored: 1824 } },
};

export const sampleResult = (changes: Partial<RunResult> = {}): RunResult => ({
  valid: false,
  exitCode: 1,
  healed: true,
  checkers: {
    linearizable: invalid,
    stats: { valid: true, counts: { read: 5120, write: 2611, cas: 2540 } },
  },
  ...changes,
});

const tenThousand = sampleHistory(10_000, 60);

/** A whole run; what is not given is drawn for sixty seconds of about ten thousand operations. */
export const sampleRun = (changes: Partial<RunData> = {}): RunData => ({
  folder: 'results/register/20260314T092653589Z-42',
  test: sampleTest(),
  history: tenThousand,
  ledger: sampleLedger(56),
  result: sampleResult(),
  logs: nodes.map((node) => ({
    node,
    file: 'etcd.log',
    tail: `2026-03-14 09:26:5${node[1]} I | raft: ${node} became follower at term 4\n`.repeat(40),
    bytes: 91_204,
  })),
  unread: [],
  ...changes,
});
