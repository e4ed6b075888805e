// Small random histories of a database that sees now this, now that: many are wrong in one way or another.
import type { Mop, TxnOp } from 'elle-js-bridge';
import { chanceOf } from './random.ts';

type Open = {
  readonly process: number;
  readonly mops: Mop[];
  readonly seen: Map<string, unknown[]>;
};

/** Up to so many transactions on two or three keys. */
export const smallHistory = (seed: number, isList: boolean, txnsMax = 6): TxnOp[] => {
  const chance = chanceOf(seed);
  const keys = ['x', 'y', 'z'].slice(0, 2 + chance.below(2));
  const committed = new Map<string, unknown[][]>(keys.map((key) => [key, [[]]]));
  const chaos = chance.pick([0, 0.1, 0.3]);
  const history: TxnOp[] = [];
  const open: (Open | undefined)[] = Array.from({ length: 2 + chance.below(2) });
  const txns = 2 + chance.below(txnsMax - 1);
  const written: Record<string, number> = {};
  let [begun, done] = [0, 0];
  const push = (process: number, type: TxnOp['type'], value: readonly Mop[]): void => {
    const index = history.length;
    history.push({ index, time: index * 1000, process, type, f: 'txn', value });
  };
  const begin = (process: number): void => {
    const mops = Array.from({ length: 1 + chance.below(3) }, (): Mop => {
      const key = chance.pick(keys);
      if (chance.next() < 0.5) return ['r', key, null];
      written[key] = (written[key] ?? 0) + 1;
      return [isList ? 'append' : 'w', key, written[key]];
    });
    const seen = new Map(
      keys.map((key) => [key, [...chance.pick(committed.get(key)!.slice(chaos > 0 ? -3 : -1))]]),
    );
    open[process] = { process, mops, seen };
    push(process, 'invoke', mops);
    begun++;
  };
  const complete = ({ process, mops, seen }: Open): void => {
    done++;
    open[process] = undefined;
    const fate = chance.next();
    const [isLost, isInfo] = [fate < 0.08, fate < 0.16];
    const fresh = chance.next() < 0.6;
    const local = new Map(
      keys.map((key) => [
        key,
        fresh && chance.next() > chaos ? [...committed.get(key)!.at(-1)!] : seen.get(key)!,
      ]),
    );
    const value = mops.map((mop): Mop => {
      const list = local.get(mop[1] as string)!;
      if (mop[0] === 'r')
        return ['r', mop[1], (isList ? [...list] : (list.at(-1) ?? null)) as never];
      list.push(mop[2]);
      return mop;
    });
    const isApplied = !isLost || chance.next() < chaos;
    for (const [, key] of mops.filter((mop) => mop[0] !== 'r'))
      if (isApplied) committed.get(key as string)!.push([...local.get(key as string)!]);
    push(process, isLost ? 'fail' : isInfo ? 'info' : 'ok', isLost || isInfo ? mops : value);
  };
  while (done < txns) {
    const process = chance.below(open.length);
    const current = open[process];
    if (current) complete(current);
    else if (begun < txns) begin(process);
  }
  return history;
};
