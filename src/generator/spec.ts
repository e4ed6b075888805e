// A generator that emits one operation, once.
import { emit } from './emit.ts';
import { finished } from './finished.ts';
import type { Context, Emitted, Gen, OpSpec, Step } from './generator.ts';

export class Spec implements Gen {
  readonly spec: OpSpec;
  readonly kind: Emitted['kind'];
  constructor(spec: OpSpec, kind: Emitted['kind'] = 'invoke') {
    this.spec = spec;
    this.kind = kind;
  }
  op(context: Context): Step {
    return emit({ kind: this.kind, spec: this.spec, self: this, next: finished }, context);
  }
  update(): Gen {
    return this;
  }
}
