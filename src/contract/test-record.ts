// `test.json`: everything that decides a run, so that it can be read, compared and repeated. Never a secret.
import type { Band } from './nemesis.ts';
import type { OptionValues } from './options.ts';
import type { RunTiming } from './timing.ts';

export type TestRecord = {
  readonly version: 1;
  /** Names the folder: `results/<name>/<UTC time>-<seed>/`. */
  readonly name: string;
  readonly seed: number;
  /** ISO time. */
  readonly startedAt: string;
  /** The command that repeats the run, as typed in a shell. */
  readonly repeat: string;
  readonly workload: string;
  readonly nemeses: readonly string[];
  readonly system: { readonly name: string; readonly version: string };
  readonly cluster: { readonly kind: string; readonly name: string };
  readonly nodes: readonly { readonly name: string; readonly address: string }[];
  /** Client threads; thread i talks to node i mod nodes, process p runs on thread p mod concurrency. */
  readonly concurrency: number;
  readonly timeLimitSeconds: number;
  /** Every option that decides the run, defaults filled in. */
  readonly options: OptionValues;
  /** What to draw of the faults. */
  readonly bands: readonly Band[];
  /** How far the history's times can be trusted; absent before the operations are over. */
  readonly timing?: RunTiming;
  readonly environment: {
    readonly ordeal: string;
    readonly commit?: string;
    readonly node: string;
    readonly kernel: string;
    readonly cpus: number;
    readonly memoryMiB: number;
  };
};
