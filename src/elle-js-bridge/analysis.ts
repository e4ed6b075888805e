// What a workload hands to the judge.
import type { Explain } from './evidence/cycle.ts';
import type { Dependencies } from './graph/dependencies.ts';
import type { Finding } from './result.ts';

export type Analysis = {
  /** Anomalies that are no cycles; those without findings may be there, empty. */
  readonly findings: Readonly<Record<string, readonly Finding[]>>;
  readonly graph: Dependencies;
  readonly explain: Explain;
  /** Data relations (bits) by which an edge counts in typed cycles, foremost first. */
  readonly priority: readonly number[];
  /** What was seen and does not count. */
  readonly warnings: readonly string[];
};
