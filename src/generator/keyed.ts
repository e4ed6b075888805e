// A generator whose operations touch one key.
import type { Op } from '../history/op.ts';
import type { Context, Emitted, Gen, GenLike, Step } from './generator.ts';
import { lift } from './lift.ts';

export type Key = string | number;

const withKey = ({ kind, f, value, process, time }: Emitted, key: Key): Emitted => ({
  kind,
  f,
  value,
  key,
  process,
  time,
});

class Keyed implements Gen {
  readonly key: Key;
  readonly gen: Gen;
  constructor(key: Key, gen: Gen) {
    this.key = key;
    this.gen = gen;
  }
  op(context: Context): Step {
    const step = this.gen.op(context);
    if (step.kind === 'done') return step;
    const next = this.#with(step.next);
    if (step.kind === 'pending' || step.op.kind !== 'invoke') return { ...step, next };
    return { kind: 'op', op: withKey(step.op, this.key), next };
  }
  /** Late completions of another key's operations are none of its business. */
  update(context: Context, event: Op): Gen {
    return event.key === this.key ? this.#with(this.gen.update(context, event)) : this;
  }
  #with(gen: Gen): Gen {
    return gen === this.gen ? this : new Keyed(this.key, gen);
  }
}

/** Sets `key` on every operation, and tells the generator only of that key's events. */
export const keyed = (key: Key, gen: GenLike): Gen => new Keyed(key, lift(gen));
