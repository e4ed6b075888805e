// Counts what clients did, and refuses to pass a run in which some kind of operation never once succeeded.
import type { Op } from '../history/op.ts';
import type { Checker } from './checker.ts';

/** Completions of one kind of operation; `open` never completed. */
export type Counts = {
  readonly invoked: number;
  readonly ok: number;
  readonly fail: number;
  readonly info: number;
  readonly open: number;
};

type Tally = { invoke: number; ok: number; fail: number; info: number };

const countsOf = ({ invoke, ok, fail, info }: Tally): Counts => ({
  invoked: invoke,
  ok,
  fail,
  info,
  open: Math.max(0, invoke - ok - fail - info),
});

const tallyByF = (history: readonly Op[]): Map<string, Tally> => {
  const tallies = new Map<string, Tally>();
  for (const { process, f, type } of history) {
    if (process === 'nemesis') continue;
    let tally = tallies.get(f);
    if (tally === undefined) {
      tally = { invoke: 0, ok: 0, fail: 0, info: 0 };
      tallies.set(f, tally);
    }
    tally[type]++;
  }
  return tallies;
};

const sumOf = (tallies: Iterable<Tally>): Tally => {
  const sum = { invoke: 0, ok: 0, fail: 0, info: 0 };
  for (const tally of tallies)
    for (const type of ['invoke', 'ok', 'fail', 'info'] as const) sum[type] += tally[type];
  return sum;
};

/**
 * Counts operations by `f` and by how they ended; the nemesis is left out. `unknown` when a kind of operation never
 * succeeded (named in `neverOk`), or when nothing did: such a run proves nothing.
 */
export const stats = (): Checker => (history) => {
  const tallies = tallyByF(history);
  const total = sumOf(tallies.values());
  const neverOk = [...tallies].filter(([, { ok }]) => ok === 0).map(([f]) => f);
  const evidence = {
    counts: countsOf(total),
    byF: Object.fromEntries([...tallies].map(([f, tally]) => [f, countsOf(tally)])),
  };
  if (total.ok === 0)
    return { valid: 'unknown', reason: 'no operation succeeded', neverOk, ...evidence };
  if (neverOk.length > 0)
    return {
      valid: 'unknown',
      reason: `never succeeded: ${neverOk.join(', ')}`,
      neverOk,
      ...evidence,
    };
  return { valid: true, ...evidence };
};
