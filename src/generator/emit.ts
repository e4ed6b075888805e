// From what a workload writes down to an operation ready to dispatch.
import { done } from './finished.ts';
import type { Context, Emitted, Gen, OpSpec, RunProcess, Step } from './generator.ts';

/** What to emit, and the generators before and after it. */
export type Emission = {
  readonly kind: Emitted['kind'];
  readonly spec: OpSpec;
  readonly self: Gen;
  readonly next: Gen;
};

const build = (emission: Emission, process: RunProcess, time: number): Emitted => {
  const { kind, spec } = emission;
  const value = spec.value === undefined ? null : spec.value;
  return spec.key === undefined
    ? { kind, f: spec.f, value, process, time }
    : { kind, f: spec.f, value, key: spec.key, process, time };
};

/** Pending while no process may take it; done when it names a process that was retired: nobody can ever take it. */
export const emit = (emission: Emission, context: Context): Step => {
  const { threads, time } = context;
  const { spec, self, next } = emission;
  const at = spec.time !== undefined && spec.time > time ? spec.time : time;
  if (spec.process === undefined) {
    const process = threads.someFree();
    if (process === undefined) return { kind: 'pending', next: self };
    return { kind: 'op', op: build(emission, process, at), next };
  }
  const thread = threads.threadOf(spec.process);
  if (thread === undefined || !threads.has(thread)) return done;
  if (!threads.isFree(thread)) return { kind: 'pending', next: self };
  return { kind: 'op', op: build(emission, spec.process, at), next };
};

/** The same operation at another time. */
export const withTime = (op: Emitted, time: number): Emitted => {
  const { kind, f, value, process } = op;
  return op.key === undefined
    ? { kind, f, value, process, time }
    : { kind, f, value, key: op.key, process, time };
};
