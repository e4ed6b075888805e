// Format versions: older files are upgraded step by step on reading, newer ones are refused.
import { usageError } from '../base/errors.ts';

/** What this build writes. Files of a run that carry none of their own (`history.jsonl`) share that of `test.json`. */
export const formatVersion = 1;

type Raw = { readonly [field: string]: unknown };
/** Turns a file of version n into one of version n + 1. */
type Step = (raw: Raw) => Raw;
/** By file, the step from version n at key n. A format change adds a step here and a stored run to `test/golden`. */
export type Steps = { readonly [version: number]: Step };

export const testSteps: Steps = {};
export const verdictSteps: Steps = {};
export const ledgerSteps: Steps = {};
export const rowsSteps: Steps = {};

/** Brings a record up to `to` (the current version); throws a usage error, with the path, for one it cannot read. */
export const upgrade = (raw: Raw, path: string, options: { steps: Steps; to?: number }): Raw => {
  const { steps, to = formatVersion } = options;
  const version = raw.version;
  if (!Number.isSafeInteger(version) || Number(version) < 1) {
    throw usageError(
      `${path}: version is ${JSON.stringify(version)}, expected a whole number from 1`,
    );
  }
  if (Number(version) > to) {
    throw usageError(
      `${path} has format version ${version}, this ordeal reads up to ${to}`,
      'Use the version of ordeal that wrote it, or a newer one.',
    );
  }
  let current = raw;
  for (let at = Number(version); at < to; at++) {
    const step = steps[at];
    if (step === undefined)
      throw usageError(`${path}: no way from format version ${at} to ${at + 1}`);
    current = { ...step(current), version: at + 1 };
  }
  return current;
};
