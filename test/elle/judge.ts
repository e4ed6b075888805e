// A judge that tries every order: slow, simple, and right by construction, for histories of a few transactions.
import type { Mop, TxnOp } from 'elle-js-bridge';

export type Model =
  | 'serializable'
  | 'strong-session-serializable'
  | 'strict-serializable'
  | 'snapshot-isolation'
  | 'strong-session-snapshot-isolation'
  | 'strong-snapshot-isolation';

type Transaction = {
  readonly mops: readonly Mop[];
  readonly type: 'ok' | 'info';
  readonly process: number;
  readonly invoked: number;
  readonly completed: number;
};
type State = ReadonlyMap<string, readonly unknown[]>;

const transactionsOf = (history: readonly TxnOp[]): Transaction[] => {
  const open = new Map<number, number>();
  const found: Transaction[] = [];
  for (const [at, op] of history.entries()) {
    const process = op.process as number;
    if (op.type === 'invoke') open.set(process, at);
    else if (op.type !== 'fail')
      found.push({
        mops: op.value,
        type: op.type,
        process,
        invoked: open.get(process)!,
        completed: at,
      });
  }
  return found;
};

/** Transactions that must come before one, by sessions or by the clock. */
const predecessors = (all: readonly Transaction[], model: Model): number[][] =>
  all.map((later) =>
    [...all.keys()].filter((i) => {
      const earlier = all[i]!;
      if (earlier.type !== 'ok' || earlier.completed > later.invoked) return false;
      if (model === 'strict-serializable' || model === 'strong-snapshot-isolation') return true;
      // Sessions order committed transactions only.
      return (
        model.startsWith('strong-session') &&
        later.type === 'ok' &&
        earlier.process === later.process
      );
    }),
  );

const readOf = (mop: Mop): unknown =>
  Array.isArray(mop[2]) && mop[2].length === 0 ? null : mop[2];

const present = (mop: Mop, list: readonly unknown[], isList: boolean): boolean => {
  const value = readOf(mop);
  if (isList) return JSON.stringify(value ?? []) === JSON.stringify(list);
  return value === (list.at(-1) ?? null);
};

/** Runs a transaction on a state; undefined when a read (of a committed one) does not fit. */
const run = (state: State, { mops, type }: Transaction, isList: boolean): State | undefined => {
  const next = new Map(state);
  for (const mop of mops) {
    const key = String(mop[1]);
    const list = next.get(key) ?? [];
    if (mop[0] !== 'r') next.set(key, [...list, mop[2]]);
    else if (type === 'ok' && !present(mop, list, isList)) return undefined;
  }
  return next;
};

const writes = ({ mops }: Transaction): Set<string> =>
  new Set(mops.filter((mop) => mop[0] !== 'r').map((mop) => String(mop[1])));

type Search = {
  readonly all: readonly Transaction[];
  readonly before: readonly (readonly number[])[];
  readonly isList: boolean;
  readonly isSnapshot: boolean;
};

/** Whether a transaction can commit next, after these states; the state it leaves. */
const place = (
  search: Search,
  at: number,
  order: readonly number[],
  states: readonly State[],
): State | undefined => {
  const { all, before, isList, isSnapshot } = search;
  const txn = all[at]!;
  const last = states.at(-1)!;
  if (!isSnapshot) return run(last, txn, isList);
  const own = writes(txn);
  const lowest = Math.max(0, ...before[at]!.map((i) => order.indexOf(i) + 1));
  for (let snapshot = order.length; snapshot >= lowest; snapshot--) {
    if (run(states[snapshot]!, txn, isList)) {
      const next = new Map(last);
      for (const mop of txn.mops)
        if (mop[0] !== 'r') next.set(String(mop[1]), [...(next.get(String(mop[1])) ?? []), mop[2]]);
      return next;
    }
    // What committed after the snapshot may not write what we write.
    if (snapshot > 0 && !own.isDisjointFrom(writes(all[order[snapshot - 1]!]!))) return undefined;
  }
  return undefined;
};

const explore = (search: Search, order: number[], states: State[]): boolean => {
  const { all, before } = search;
  if (all.every((txn, i) => txn.type === 'info' || order.includes(i))) return true;
  for (const at of all.keys()) {
    if (order.includes(at) || !before[at]!.every((i) => order.includes(i))) continue;
    const next = place(search, at, order, states);
    if (next && explore(search, [...order, at], [...states, next])) return true;
  }
  return false;
};

/** Whether some order of commits (and snapshots) explains the history under a model. */
export const satisfies = (history: readonly TxnOp[], model: Model, isList: boolean): boolean => {
  const all = transactionsOf(history);
  const search: Search = {
    all,
    before: predecessors(all, model),
    isList,
    isSnapshot: model.includes('snapshot'),
  };
  return explore(search, [], [new Map()]);
};
