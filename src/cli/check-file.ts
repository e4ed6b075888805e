// `ordeal check FILE… --model M`: judges histories from elsewhere, one result a file.
import { statSync } from 'node:fs';
import { exitCodes, messageOf, OrdealError, usageError } from '../base/errors.ts';
import type { LinearVerdict } from '../checker/linear/linear-verdict.ts';
import { type Valid, worst } from '../checker/verdict.ts';
import type { Columns } from '../history/columns.ts';
import { History } from '../history/history.ts';
import { showJson } from '../history/json.ts';
import { lint } from '../history/lint.ts';
import { readColumns } from '../store/reading.ts';
import { type ModelName, modelOf } from './model-name.ts';
import { checkInParallel } from './parallel-check.ts';

type FileResult = Pick<
  LinearVerdict,
  'valid' | 'engine' | 'operation' | 'previousOk' | 'minimal'
> & {
  readonly file: string;
  readonly ms: number;
  readonly words: readonly string[];
};

const problemsShown = 3;

/** Gaps are left where other tools took a part; clocks of theirs step back by a little. Order is the lines' order. */
const tolerated = ['index-gap', 'time-backwards'] as const;

/** What is malformed, in words; undefined for a sound history. */
const malformationOf = (history: Columns): readonly string[] | undefined => {
  const problems = lint(history, { ignore: tolerated });
  if (problems.length === 0) return undefined;
  const more =
    problems.length > problemsShown ? [`… and ${problems.length - problemsShown} more`] : [];
  const shown = problems.slice(0, problemsShown);
  return [
    'the history is malformed',
    ...shown.map(({ position, message }) => `operation ${position + 1}: ${message}`),
    ...more,
  ];
};

const checkOne = async (
  file: string,
  model: ModelName,
  isIndependent: boolean | undefined,
): Promise<FileResult> => {
  if (!statSync(file, { throwIfNoEntry: false })?.isFile())
    throw usageError(`${file}: no such file`);
  const columns = await readColumns(file, { isIndependent });
  const malformed = malformationOf(columns);
  if (malformed !== undefined)
    return { file, valid: 'unknown', engine: 'none', ms: 0, words: malformed };
  const history = History.of(columns);
  const began = performance.now();
  const verdict = await checkInParallel(history, { model });
  const { valid, engine, operation, previousOk, minimal, witness, reason } = verdict;
  const ms = Math.round((performance.now() - began) * 1000) / 1000;
  const words = witness ? [witness.title, ...witness.words] : reason === undefined ? [] : [reason];
  return {
    file,
    valid,
    engine,
    ...(operation === undefined ? {} : { operation }),
    ...(previousOk === undefined ? {} : { previousOk }),
    ...(minimal === undefined ? {} : { minimal }),
    ms,
    words,
  };
};

const lineOf = ({ file, valid, engine, ms, words }: FileResult): string => {
  const word = valid === true ? 'valid' : valid === false ? 'invalid' : 'unknown';
  return [
    `${word.padEnd(8)} ${file}  (${engine}, ${ms.toFixed(1)} ms)`,
    ...words.map((text) => `           ${text}`),
  ].join('\n');
};

/** Checks every file, prints each result as it is there, and returns the exit code of the worst. */
export const checkFiles = async (options: {
  readonly files: readonly string[];
  readonly model: string;
  readonly initial: string | undefined;
  readonly json: boolean;
  /** For EDN: values are `[key value]`; unless told, the values decide. */
  readonly isIndependent?: boolean | undefined;
}): Promise<number> => {
  const model = { name: options.model, initial: options.initial };
  modelOf(model); // refused before any file is read
  const valids: Valid[] = [];
  for (const file of options.files) {
    const { words, ...result } = await checkOne(file, model, options.isIndependent).catch(
      (thrown: unknown) => {
        throw thrown instanceof OrdealError ? thrown : usageError(`${file}: ${messageOf(thrown)}`);
      },
    );
    valids.push(result.valid);
    process.stdout.write(`${options.json ? showJson(result) : lineOf({ ...result, words })}\n`);
  }
  const valid = worst(valids);
  return valid === true ? exitCodes.valid : valid === false ? exitCodes.invalid : exitCodes.unknown;
};
