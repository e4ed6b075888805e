// Asks the JVM's Elle: the history goes out as EDN in a file, the answer comes back as EDN.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readEdn } from '../edn/reader.ts';
import { ednOf, Keyword } from '../edn/writer.ts';
import type { TxnOp } from '../op.ts';
import type { CheckOptions } from '../options.ts';
import type { Anomaly, CheckResult } from '../result.ts';
import { unjudged } from '../verdict.ts';
import { elleScript } from './script.ts';

export type JvmOptions = {
  /** Path of an elle-cli jar, or of any jar that holds Clojure and Elle. */
  readonly jar: string;
  /** The java program; found on the path by default. */
  readonly java?: string;
  /** Arguments of the JVM itself, such as -Xmx8g. */
  readonly javaArguments?: readonly string[];
  /** Milliseconds after which the JVM is stopped; ten minutes by default. */
  readonly timeout?: number;
};

const defaultTimeout = 600_000;
const keywords = (names: readonly string[]): Keyword[] => names.map((name) => new Keyword(name));

/** Our options under Elle's names. */
const optionsText = (options: CheckOptions): string => {
  const { consistencyModels, anomalies, additionalGraphs } = options;
  const elle: Record<string, unknown> = {};
  if (consistencyModels !== undefined)
    elle['consistency-models'] = consistencyModels === null ? null : keywords(consistencyModels);
  if (anomalies) elle['anomalies'] = keywords(anomalies);
  if (additionalGraphs) elle['additional-graphs'] = keywords(additionalGraphs);
  if (options.linearizableKeys) elle['linearizable-keys?'] = true;
  if (options.sequentialKeys) elle['sequential-keys?'] = true;
  if (options.wfrKeys) elle['wfr-keys?'] = true;
  const order = Object.entries(options.transactionOrder ?? {});
  const orderText = order.map(([index, place]) => `:${index} ${place}`).join(' ');
  const transactionOrder = order.length > 0 ? `, :transaction-order {${orderText}}` : '';
  const text = ednOf(elle).slice(0, -1);
  return `{:workload :${options.workload}, :options ${text}${transactionOrder}}}`;
};

/** What is wrong with a run of the JVM, in one line. */
const failure = (code: string, message: string): CheckResult =>
  unjudged({ code, message: message.trim().split('\n').slice(0, 3).join(' ') });

const texts = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

/** Elle's answer as ours: names as text, evidence as it came. */
export const resultOf = (answer: Readonly<Record<string, unknown>>): CheckResult => {
  const valid = answer['valid?'];
  const anomalies = Object.entries((answer['anomalies'] ?? {}) as Record<string, unknown>);
  return {
    valid: valid === true || valid === false ? valid : 'unknown',
    anomalyTypes: texts(answer['anomaly-types']),
    not: texts(answer['not']).sort(),
    alsoNot: texts(answer['also-not']).sort(),
    anomalies: Object.fromEntries(
      anomalies.map(([type, list]) => [type, (Array.isArray(list) ? list : [{}]) as Anomaly[]]),
    ),
  };
};

/** Runs Elle on a history. What goes wrong with the JVM is an error in the result, 'unknown', never a throw. */
export const checkOnJvm = async (
  history: readonly TxnOp[],
  options: CheckOptions,
  jvm: JvmOptions,
): Promise<CheckResult> => {
  const folder = await mkdtemp(join(tmpdir(), 'elle-js-bridge-'));
  try {
    const [script, ops, settings] = ['check.clj', 'history.edn', 'options.edn'].map((name) =>
      join(folder, name),
    ) as [string, string, string];
    await writeFile(script, elleScript);
    await writeFile(settings, optionsText(options));
    await writeFile(ops, history.map((op, i) => `${ednOf({ index: i, ...op })}\n`).join(''));
    const { execa } = await import('execa');
    const { java = 'java', javaArguments = [], timeout = defaultTimeout } = jvm;
    const argv = [...javaArguments, '-cp', jvm.jar, 'clojure.main', script, ops, settings];
    const run = await execa(java, argv, { timeout, reject: false, maxBuffer: 1e9 });
    if (run.timedOut) return failure('jvm-timeout', `Elle did not answer within ${timeout} ms`);
    if (run.failed) return failure('jvm-failed', run.stderr || run.shortMessage || 'java failed');
    const answer = readEdn(run.stdout).at(-1);
    if (answer === null || typeof answer !== 'object')
      return failure('jvm-answer', `Elle's answer is not a map: ${run.stdout.slice(0, 200)}`);
    return resultOf(answer as Record<string, unknown>);
  } catch (cause) {
    return failure('jvm-failed', cause instanceof Error ? cause.message : String(cause));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
