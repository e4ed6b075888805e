// What the commands do with their arguments: read files, judge, print, and choose the exit code.
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { check, compare } from '../bridge.ts';
import { drawCycle } from '../evidence/picture.ts';
import { explainAnomalies, isCycle } from '../evidence/words.ts';
import { type HistoryFormat, readHistoryFile } from '../files.ts';
import { modelSentence } from '../models/lattice.ts';
import type { CheckOptions } from '../options.ts';
import type { CheckResult } from '../result.ts';
import { exitCodes } from './exit-codes.ts';

/** Arguments as yargs hands them over. */
export type Arguments = {
  readonly files: readonly string[];
  readonly model: CheckOptions['workload'];
  readonly consistencyModels?: readonly string[] | undefined;
  readonly anomalies?: readonly string[] | undefined;
  readonly format?: HistoryFormat | undefined;
  readonly linearizableKeys?: boolean | undefined;
  readonly sequentialKeys?: boolean | undefined;
  readonly wfrKeys?: boolean | undefined;
  readonly beyondElle?: boolean | undefined;
  readonly directory?: string | undefined;
  readonly json?: boolean | undefined;
  readonly verbose?: boolean | undefined;
  readonly jar?: string | undefined;
  readonly java?: string | undefined;
  readonly backend?: 'js' | 'jvm' | undefined;
};

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/** Integers beyond 2^53 as text: JSON has no other way to keep them exact. */
const printJson = (value: unknown): void =>
  print(JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? String(part) : part)));

const optionsOf = (args: Arguments): CheckOptions => {
  const { consistencyModels, anomalies, linearizableKeys, sequentialKeys, wfrKeys, beyondElle } =
    args;
  const asked = {
    consistencyModels,
    anomalies,
    linearizableKeys,
    sequentialKeys,
    wfrKeys,
    beyondElle,
  };
  const given = Object.entries(asked).filter(([, value]) => value !== undefined);
  return { workload: args.model, ...Object.fromEntries(given) };
};

const jvmOf = (args: Arguments) => {
  if (args.jar === undefined) throw new Error('--backend jvm needs --jar');
  return { jar: args.jar, java: args.java ?? 'java' };
};

/** A reason a human can act on, below the line with the verdict. */
const remarks = (result: CheckResult): string[] => [
  ...(result.error ? [`  ${result.error.code}: ${result.error.message}`] : []),
  ...(result.anomalyTypes.length > 0 ? [`  anomalies: ${result.anomalyTypes.join(', ')}`] : []),
  ...result.not.map((model) => `  not ${model}: ${modelSentence(model)}`),
  ...(result.warnings ?? []).map((warning) => `  warning: ${warning}`),
];

/** Words for each type, a picture for each cycle, as Elle lays them out. */
const writeEvidence = async (folder: string, result: CheckResult): Promise<void> => {
  await mkdir(folder, { recursive: true });
  for (const [type, anomalies] of Object.entries(result.anomalies)) {
    await writeFile(join(folder, `${type}.txt`), `${explainAnomalies(type, anomalies)}\n`);
    for (const [i, cycle] of anomalies.filter(isCycle).entries()) {
      const picture = drawCycle(cycle);
      if (picture === undefined) continue;
      await mkdir(join(folder, type), { recursive: true });
      await writeFile(join(folder, type, `${i}.svg`), picture);
    }
  }
};

const codeOf = (results: readonly CheckResult[]): number => {
  if (results.some(({ valid }) => valid === false)) return exitCodes.invalid;
  if (results.some(({ valid }) => valid === 'unknown')) return exitCodes.unknown;
  return exitCodes.valid;
};

const judge = async (file: string, args: Arguments): Promise<CheckResult> => {
  const history = await readHistoryFile(file, args.format);
  const options = optionsOf(args);
  return args.backend === 'jvm'
    ? check(history, { ...options, ...jvmOf(args), backend: 'jvm' })
    : check(history, options);
};

/** Judges every file; 1 when any is invalid, else 2 when any is unknown. */
export const runCheck = async (args: Arguments): Promise<number> => {
  const results: CheckResult[] = [];
  for (const file of args.files) {
    const result = await judge(file, args);
    results.push(result);
    if (args.json || args.verbose) printJson({ file, ...result });
    else for (const line of [`${file}\t${result.valid}`, ...remarks(result)]) print(line);
    if (args.directory === undefined) continue;
    const several = args.files.length > 1 ? join(args.directory, basename(file)) : args.directory;
    await writeEvidence(several, result);
  }
  return codeOf(results);
};

/** Judges every file twice; 1 when any difference has no known reason. */
export const runCompare = async (args: Arguments): Promise<number> => {
  let unexplained = 0;
  for (const file of args.files) {
    const history = await readHistoryFile(file, args.format);
    const { ours, theirs, differences } = await compare(history, optionsOf(args), jvmOf(args));
    unexplained += differences.filter((difference) => difference.explanation === undefined).length;
    if (args.json || args.verbose) {
      printJson({ file, ours, theirs, differences });
      continue;
    }
    print(`${file}\t${differences.length === 0 ? 'equal' : `${differences.length} differences`}`);
    for (const { field, ours: here, theirs: there, explanation } of differences)
      print(
        `  ${field}: ${JSON.stringify(here)} here, ${JSON.stringify(there)} there: ${explanation ?? 'no known reason'}`,
      );
  }
  return unexplained > 0 ? exitCodes.invalid : exitCodes.valid;
};
