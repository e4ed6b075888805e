// A random choice among branches, operation after operation: what mix, weighted and the key pools are made of.
import { advance, fork, fractionAt, type Rng } from '../base/random.ts';
import { finished } from './finished.ts';
import type { Context, Event, Gen, Step } from './generator.ts';
import { callNamed } from './generator-error.ts';
import type { LazyList } from './lazy-list.ts';
import { Soonest } from './soonest.ts';

export type Branch = {
  /** How many branches came before it: the name of its random stream. */
  readonly id: number;
  readonly gen: Gen;
  /** How often it is chosen, relative to the others. */
  readonly weight: number;
};

export type Branches = {
  readonly list: readonly Branch[];
  /** Where a branch comes from when another is exhausted; without any, the branch drops out. */
  readonly refill?: LazyList<Gen>;
  /** Branches made so far. */
  readonly made: number;
  /** All weights are 1: no need to add them up. */
  readonly isUniform: boolean;
};

/** So many exhausted branches in a row are taken for an endless loop. */
const emptyMax = 100_000;

const choose = ({ list, isUniform }: Branches, fraction: number): number => {
  if (isUniform) return Math.floor(fraction * list.length);
  let sum = 0;
  for (const { weight } of list) sum += weight;
  let at = fraction * sum;
  for (let i = 0; i < list.length - 1; i++) {
    at -= (list[i] as Branch).weight;
    if (at < 0) return i;
  }
  return list.length - 1;
};

export class Choice implements Gen {
  readonly branches: Branches;
  readonly rng: Rng | undefined;
  constructor(branches: Branches, rng: Rng | undefined) {
    this.branches = branches;
    this.rng = rng;
  }

  op(context: Context): Step {
    const rng = this.rng ?? fork(context.rng, -1);
    const fraction = fractionAt(rng);
    let { branches } = this;
    for (let skipped = 0; skipped < emptyMax; skipped++) {
      if (branches.list.length === 0) return { kind: 'done' };
      const choice = choose(branches, fraction);
      const { id, gen } = branches.list[choice] as Branch;
      const { time, threads } = context;
      const step = gen.op({ time, threads, rng: fork(context.rng, id) });
      if (step.kind === 'op')
        return { kind: 'op', op: step.op, next: after({ branches, choice, gen: step.next, rng }) };
      if (step.kind === 'pending') return this.#askOthers(context, { branches, choice, step, rng });
      branches = replace(context, branches, choice);
    }
    throw new Error(`${emptyMax} branches in a row had nothing to do`);
  }

  update(context: Context, event: Event): Gen {
    const { list } = this.branches;
    let changed: Branch[] | undefined;
    for (let i = 0; i < list.length; i++) {
      const branch = list[i] as Branch;
      const gen = branch.gen.update(context, event);
      if (gen === branch.gen) continue;
      changed ??= [...list];
      changed[i] = { ...branch, gen };
    }
    if (changed === undefined) return this;
    return new Choice({ ...this.branches, list: changed }, this.rng);
  }

  /** The chosen branch has to wait: the next one that has something takes its place. */
  #askOthers(
    context: Context,
    chosen: {
      readonly branches: Branches;
      readonly choice: number;
      readonly step: Step & { kind: 'pending' };
      readonly rng: Rng;
    },
  ): Step {
    const { branches, choice, rng } = chosen;
    const { list } = branches;
    const adopted = [...list];
    const soonest = new Soonest();
    for (let i = 0; i < list.length; i++) {
      const at = (choice + i) % list.length;
      const branch = list[at] as Branch;
      const step =
        i === 0 ? chosen.step : branch.gen.op({ ...context, rng: fork(context.rng, branch.id) });
      soonest.add(step, at);
      if (step.kind === 'op' && step.op.time <= context.time) break;
      if (step.kind !== 'op')
        adopted[at] = { ...branch, gen: step.kind === 'done' ? finished : step.next };
    }
    const { winner } = soonest;
    const waiting = { ...branches, list: adopted };
    if (winner === undefined) return soonest.pending(new Choice(waiting, this.rng));
    const { step, child } = winner;
    return { ...step, next: after({ branches: waiting, choice: child, gen: step.next, rng }) };
  }
}

type Chosen = {
  readonly branches: Branches;
  readonly choice: number;
  readonly gen: Gen;
  readonly rng: Rng;
};

const after = ({ branches, choice, gen, rng }: Chosen): Gen => {
  const branch = branches.list[choice] as Branch;
  if (gen === branch.gen) return new Choice(branches, advance(rng));
  const list = branches.list.slice();
  list[choice] = { ...branch, gen };
  return new Choice({ ...branches, list }, advance(rng));
};

/** The branches once one is exhausted: another in its place, or one fewer. */
const replace = (context: Context, branches: Branches, choice: number): Branches => {
  const { refill, made, list } = branches;
  const cell =
    refill === undefined
      ? undefined
      : callNamed('the keys of a pool', context, () => refill.cell());
  if (cell === undefined) return { ...branches, list: list.toSpliced(choice, 1) };
  const { weight } = list[choice] as Branch;
  const filled = list.with(choice, { id: made, gen: cell.value, weight });
  return { ...branches, list: filled, refill: cell.rest, made: made + 1 };
};
