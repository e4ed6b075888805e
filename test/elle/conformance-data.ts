// The histories with known answers that lie beside the project, when they are there.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { CheckOptions, TxnOp } from 'elle-js-bridge';

const folder = join(import.meta.dirname, '../../../shared/conformance');

/** Whether the data is there; without it a test says so and counts as skipped. */
export const hasConformanceData = existsSync(join(folder, 'elle/cases.jsonl'));
export const noConformanceData = 'no conformance data';

export type Expected = {
  readonly valid: boolean | 'unknown';
  readonly anomalyTypes?: readonly string[];
  readonly not?: readonly string[];
  readonly alsoNot?: readonly string[];
  readonly throws?: boolean;
};

export type ConformanceCase = {
  readonly id: string;
  readonly checker: 'list-append' | 'rw-register' | 'closed-predicate';
  readonly opts?: Readonly<Record<string, unknown>>;
  readonly history: readonly TxnOp[];
  readonly expected: Expected;
  readonly longestTie?: boolean;
  readonly elleTimedOut?: boolean;
};

const linesOf = <T>(file: string): T[] => {
  const bytes = readFileSync(join(folder, file));
  const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);
};

export const casesOf = (name: 'cases.jsonl' | 'fuzz.jsonl.gz' | 'large-cases.jsonl.gz') =>
  linesOf<ConformanceCase>(`elle/${name}`);

export const unitCases = <T>() => linesOf<T>('elle/unit-cases.jsonl');

/** Models, names and closures as the running Elle has them. */
export const consistencyData = () =>
  JSON.parse(readFileSync(join(folder, 'elle-consistency.json'), 'utf8')) as {
    readonly boundary: Readonly<Record<string, { not: string[]; 'also-not': string[] }>>;
    readonly prohibitedBy: Readonly<Record<string, string[]>>;
    readonly allModels: readonly string[];
    readonly cycleSearchOrder: readonly { readonly anomaly: string }[];
    readonly cycleExistsOrder: readonly { readonly model: string }[];
  };

const camel = (name: string): string =>
  name.replace('?', '').replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase());

/** Elle's keyword names as ours. */
export const optionsOf = (one: ConformanceCase): CheckOptions => ({
  workload: one.checker as CheckOptions['workload'],
  ...Object.fromEntries(
    Object.entries(one.opts ?? {}).map(([name, value]) => [camel(name), value]),
  ),
});
