// From anomalies found to the verdict: what counts for what was asked, and what is ruled out.
import { cycleSpecs } from './cycles/specs.ts';
import {
  anomaliesForbiddenBy,
  anomaliesImplying,
  boundaryOf,
  canonicalModel,
  modelsRuledOutBy,
} from './models/lattice.ts';
import type { CheckOptions } from './options.ts';
import type { Anomaly, CheckError, CheckResult } from './result.ts';

/** Anomalies by name. */
export type Anomalies = Map<string, Anomaly[]>;

/** What leaves the verdict open rather than making it false. */
const inconclusive = ['empty-transaction-graph', 'open-write-observed'];
/** Wrong under every model, even when none was asked for. */
const alwaysForbidden = ['garbage-read'];

const workloads: readonly string[] = ['list-append', 'rw-register'];

/** A workload or models that nobody knows; the caller is told rather than judged by the rest. */
export const unknownNames = (options: CheckOptions): CheckError | undefined => {
  if (!workloads.includes(options.workload))
    return { code: 'unknown-workload', message: `no workload is called ${options.workload}` };
  const wrong = (options.consistencyModels ?? []).filter((name) => !canonicalModel(name));
  if (wrong.length === 0) return undefined;
  return { code: 'unknown-model', message: `no consistency model is called ${wrong.join(', ')}` };
};

/** Every anomaly that makes the verdict false. */
export const forbiddenAnomalies = (options: CheckOptions): Set<string> => {
  const models =
    options.consistencyModels === undefined ? ['strict-serializable'] : options.consistencyModels;
  return anomaliesForbiddenBy(models ?? [])
    .union(anomaliesImplying(options.anomalies ?? []))
    .union(new Set(alwaysForbidden));
};

/** Which order among transactions the anomalies in question need: the strictest, and it alone. */
export const orderNeeded = (forbidden: ReadonlySet<string>): 'realtime' | 'process' | undefined =>
  (['realtime', 'process'] as const).find((variant) =>
    cycleSpecs.some((spec) => spec.variant === variant && forbidden.has(spec.anomaly)),
  );

/** A result without a verdict. */
export const unjudged = (error: CheckError): CheckResult => ({
  valid: 'unknown',
  anomalyTypes: [],
  not: [],
  alsoNot: [],
  anomalies: {},
  error,
});

const existsSuffix = '-cycle-exists';

/** Drops "a cycle exists" where better evidence rules the same model out. */
const withoutNeedless = (types: readonly string[]): string[] => {
  const ruledOut = modelsRuledOutBy(types.filter((type) => !type.endsWith(existsSuffix)));
  const isNeedless = (type: string): boolean =>
    type.endsWith(existsSuffix) && ruledOut.has(type.slice(0, -existsSuffix.length));
  return types.filter((type) => !isNeedless(type));
};

/** The verdict on everything found. Anomalies that do not matter still show in `not`, when anything matters at all. */
export const verdictOn = (found: Anomalies, forbidden: ReadonlySet<string>): CheckResult => {
  const names = [...found.keys()];
  const reportable = names.filter((name) => forbidden.has(name) || inconclusive.includes(name));
  const types = withoutNeedless(reportable).sort();
  if (types.length === 0)
    return { valid: true, anomalyTypes: [], not: [], alsoNot: [], anomalies: {} };
  return {
    valid: types.some((name) => forbidden.has(name)) ? false : 'unknown',
    anomalyTypes: types,
    ...boundaryOf(names.filter((name) => !inconclusive.includes(name))),
    anomalies: Object.fromEntries(types.map((name) => [name, found.get(name)!])),
  };
};
