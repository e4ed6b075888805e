// `test.json` and `verdict.json`: written whole or not at all, read with their version and shape checked.
import { readFile } from 'node:fs/promises';
import { messageOf, type OrdealError, usageError } from '../base/errors.ts';
import type { RunResult } from '../contract/events.ts';
import type { TestRecord } from '../contract/test-record.ts';
import { parseJson, prettyJson, stringifyJson } from '../history/json.ts';
import { writeAtomically } from './atomic.ts';
import { errnoOf } from './disk-error.ts';
import type { Run } from './run-folder.ts';
import { checkShape, testSchema, verdictSchema } from './schemas.ts';
import { formatVersion, type Steps, testSteps, upgrade, verdictSteps } from './versions.ts';

/** Writes `test.json`: the fields of its type and nothing else. */
export const writeTest = async (run: Run, record: TestRecord): Promise<void> => {
  const checked = checkShape(testSchema, record, run.testFile);
  await writeAtomically(run.testFile, `${prettyJson(checked)}\n`);
};

type Checkers = RunResult['checkers'];

/** A checker's evidence that cannot be written costs only itself, never the verdict. */
const writable = (checkers: Checkers): Checkers =>
  Object.fromEntries(
    Object.entries(checkers).map(([name, verdict]) => {
      try {
        stringifyJson(verdict);
        return [name, verdict];
      } catch (cause) {
        const lost = `the evidence could not be written: ${messageOf(cause)}`;
        return [name, { valid: verdict.valid, lost }];
      }
    }),
  );

/** Writes `verdict.json`. */
export const writeVerdict = async (run: Run, result: RunResult): Promise<void> => {
  const whole = { version: formatVersion, ...result, checkers: writable(result.checkers) };
  await writeAtomically(run.verdictFile, `${prettyJson(whole)}\n`);
};

const missing = (path: string): OrdealError =>
  usageError(`there is no ${path}`, 'See `ordeal list` for the runs and what they hold.');

const readRecord = async (path: string, steps: Steps): Promise<unknown> => {
  const text = await readFile(path, 'utf8').catch((cause) => {
    throw errnoOf(cause) === 'ENOENT'
      ? missing(path)
      : usageError(`cannot read ${path}: ${messageOf(cause)}`);
  });
  let raw: unknown;
  try {
    raw = parseJson(text);
  } catch (cause) {
    throw usageError(`${path}: not JSON: ${messageOf(cause)}`);
  }
  if (typeof raw !== 'object' || raw === null) throw usageError(`${path}: expected an object`);
  return upgrade(raw as { readonly [field: string]: unknown }, path, { steps });
};

/** Reads `test.json`; throws a usage error when it is missing or not one. */
export const readTest = async (run: Run): Promise<TestRecord> =>
  checkShape(testSchema, await readRecord(run.testFile, testSteps), run.testFile);

/** Reads `verdict.json`; throws a usage error when it is missing (the run did not end) or not one. */
export const readVerdict = async (run: Run): Promise<RunResult> =>
  checkShape(verdictSchema, await readRecord(run.verdictFile, verdictSteps), run.verdictFile);
