// Operations changed on their way out.
import type { Op } from '../history/op.ts';
import type { Context, Emitted, Gen, GenLike, Step } from './generator.ts';
import { callNamed } from './generator-error.ts';
import { lift } from './lift.ts';

/** What a mapping may change of an operation; what it leaves out stays. */
export type OpChange = {
  readonly f?: string;
  readonly value?: unknown;
  readonly key?: string | number;
};
type Change = (op: Emitted) => OpChange;

const changed = (op: Emitted, change: OpChange): Emitted => {
  const { kind, process, time } = op;
  const { f, value, key } = { f: op.f, value: op.value, key: op.key, ...change };
  return key === undefined
    ? { kind, f, value, process, time }
    : { kind, f, value, key, process, time };
};

class Mapped implements Gen {
  readonly change: Change;
  readonly gen: Gen;
  constructor(change: Change, gen: Gen) {
    this.change = change;
    this.gen = gen;
  }
  op(context: Context): Step {
    const step = this.gen.op(context);
    if (step.kind === 'done') return step;
    const next = this.#with(step.next);
    if (step.kind === 'pending' || step.op.kind !== 'invoke') return { ...step, next };
    const change = callNamed('the mapping', context, () => this.change(step.op));
    return { kind: 'op', op: changed(step.op, change), next };
  }
  update(context: Context, event: Op): Gen {
    return this.#with(this.gen.update(context, event));
  }
  #with(gen: Gen): Gen {
    return gen === this.gen ? this : new Mapped(this.change, gen);
  }
}

/** Replaces f, value or key of every operation by what the (pure) function returns for it. */
export const map = (change: Change, gen: GenLike): Gen => new Mapped(change, lift(gen));
