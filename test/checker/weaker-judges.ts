// Weaker conditions of one register, straight from their definitions: every pair, every order. For small histories.
import type { Op } from '../../src/history/op.ts';
import { itemsOf } from './judges.ts';

type Access = {
  readonly process: unknown;
  readonly start: number;
  readonly end: number;
  readonly optional: boolean;
  readonly reads: unknown;
  readonly writes: unknown;
};
const forever = Number.POSITIVE_INFINITY;

const accessesOf = (history: readonly Op[], init: unknown): Access[] =>
  itemsOf(history).map(({ op, start, end, optional }) => {
    const base = { process: history[start]?.process, start, end, optional };
    if (op.f === 'write') return { ...base, reads: undefined, writes: op.value };
    if (op.f === 'cas') {
      const [reads, writes] = op.value as [unknown, unknown];
      return { ...base, reads, writes };
    }
    const isBlank = optional || (op.value === null && init !== null);
    return { ...base, reads: isBlank ? undefined : op.value, writes: undefined };
  });

/** Everything about one small history with unique values. */
export const weakerByDefinition = (history: readonly Op[], init: unknown) => {
  const all = accessesOf(history, init);
  const first: Access = {
    process: 'nobody',
    start: -1,
    end: -1,
    optional: false,
    reads: undefined,
    writes: init,
  };
  const writes = [first, ...all.filter((it) => it.writes !== undefined)];
  const writeOf = (value: unknown) => writes.find((it) => it.writes === value);
  const reads = all.filter((it) => !it.optional && it.reads !== undefined);
  const known = reads.filter((it) => writeOf(it.reads) !== undefined);
  const isOlder = (a: unknown, b: unknown): boolean => {
    const [x, y] = [writeOf(a) as Access, writeOf(b) as Access];
    return a !== b && y !== first && (x === first || x.end < y.start || y.reads === a);
  };
  const pairs = known.flatMap((later) =>
    known
      .filter((it) => it.process === later.process && it.start < later.start)
      .map((sooner) => [sooner.reads, later.reads] as const),
  );
  const behind = (read: Access): Access[] => {
    const { end } = writeOf(read.reads) as Access;
    return writes.filter((it) => it.start > end && it.end < read.start);
  };
  const isImpossible = (read: Access): boolean =>
    (writeOf(read.reads)?.start ?? forever) > read.end;
  const isWrong = (read: Access): boolean => isImpossible(read) || behind(read).length > 0;
  const isAlone = (read: Access): boolean =>
    !writes.some((it) => it !== read && it.start < read.end && it.end > read.start);
  const possible = reads.filter((read) => !isImpossible(read));
  const time = (at: number): number => history[at]?.time as number;
  return {
    sequential: hasAgreedOrder(all, init),
    readYourWrites: !known.some((read) =>
      all.some(
        (it) =>
          !it.optional &&
          it.writes !== undefined &&
          it.process === read.process &&
          it.start < read.start &&
          isOlder(read.reads, it.writes),
      ),
    ),
    monotonicReads: !pairs.some(([b, a]) => isOlder(a, b)),
    monotonicWrites: !pairs.some(([b, a]) => {
      const [x, y] = [writeOf(a) as Access, writeOf(b) as Access];
      return x !== y && x.process === y.process && x.start < y.start;
    }),
    writesFollowReads: !pairs.some(([b, a]) => {
      const y = writeOf(b) as Access;
      const before = reads.filter((it) => it.process === y.process && it.start < y.start);
      return y !== first && (y.reads === a || before.some((it) => it.reads === a));
    }),
    regular: !reads.some(isWrong),
    safe: !reads.some((read) => isWrong(read) && isAlone(read)),
    ...(possible.length === 0
      ? {}
      : {
          staleness: {
            versions: Math.max(...possible.map((read) => behind(read).length)),
            milliseconds: Math.max(
              ...possible.map((read) =>
                Math.max(0, ...behind(read).map((it) => (time(read.start) - time(it.end)) / 1e6)),
              ),
            ),
          },
        }),
  };
};

/** Tries every order that keeps each client's own. */
const hasAgreedOrder = (left: readonly Access[], state: unknown): boolean => {
  if (left.every((it) => it.optional)) return true;
  return left.some((it) => {
    if (left.some((other) => other.process === it.process && other.start < it.start)) return false;
    const others = left.filter((other) => other !== it);
    const isLegal = it.reads === undefined || it.reads === state;
    return (
      (isLegal && hasAgreedOrder(others, it.writes === undefined ? state : it.writes)) ||
      (it.optional && hasAgreedOrder(others, state))
    );
  });
};
