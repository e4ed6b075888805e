// A workload: what the clients do, and how the history is judged.
import type { Checker } from '../checker/checker.ts';
import type { GenLike } from '../generator/generator.ts';
import type { OptionSpecs, OptionValues } from './options.ts';

export type WorkloadContext = {
  readonly nodes: readonly string[];
  /** Number of client threads. */
  readonly concurrency: number;
  readonly options: OptionValues;
};

export type Workload = {
  readonly about: string;
  /** The operations a client must understand, e.g. `register`: read, write, cas by key. */
  readonly vocabulary: string;
  readonly options?: OptionSpecs;
  /** The clients' part of the run; rate and time limit are put around it by the runner. */
  readonly generator: (context: WorkloadContext) => GenLike;
  /** After every fault is healed, e.g. final reads. */
  readonly finalGenerator?: (context: WorkloadContext) => GenLike;
  readonly checkers: (context: WorkloadContext) => { readonly [name: string]: Checker };
};
