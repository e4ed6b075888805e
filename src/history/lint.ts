// The history linter: says precisely what is malformed, before a checker judges it. Problems make a verdict `unknown`.
import { type Columns, columnsOf, nemesisNumber } from './columns.ts';
import { History } from './history.ts';
import { stringifyJson } from './json.ts';
import type { Op } from './op.ts';
import {
  indexAt,
  type OnProblem,
  type Problem,
  type ProblemCode,
  sayOp,
  scanColumns,
} from './pairing.ts';
import { Texts } from './texts.ts';

/** No more problems are listed than this: the first ones explain the rest. */
const problemsMax = 100;

/** What a checker needs of one `f`, for a verdict that means something. */
export type Needs = {
  /** No value is invoked twice (with the same key): reads could not be traced back to their write. */
  readonly unique?: boolean;
  /** What is wrong with a value, e.g. `expected [from, to], got 3`; undefined when nothing is. Asked for client operations. */
  readonly shape?: (op: Op) => string | undefined;
};
/** Every `f` that clients may use. */
export type Vocabulary = { readonly [f: string]: Needs };

export type LintOptions = {
  /** What the checkers know and need. Without it nothing is asked of names and values. */
  readonly vocabulary?: Vocabulary;
  /** Codes to pass over, e.g. `index-gap` for a part of a history. */
  readonly ignore?: readonly ProblemCode[];
};

/** Indices are dense from 0; after a gap the count goes on from there, so that one hole is one problem. */
const checkIndices = (columns: Columns, tell: OnProblem): void => {
  let next = 0;
  for (let i = 0; i < columns.length; i++) {
    const index = indexAt(columns, i);
    if (index === next) next++;
    else if (index > next) {
      tell('index-gap', i, `index ${index} where ${next} was due`);
      next = index + 1;
    } else {
      tell('duplicate-index', i, `index ${index} again or out of order, where ${next} was due`);
    }
  }
};

const checkTimes = (columns: Columns, tell: OnProblem): void => {
  let last = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < columns.length; i++) {
    const time = columns.times[i] as number;
    if (time < last) tell('time-backwards', i, `time ${time} ns after ${last} ns`);
    else last = time;
  }
};

const invoke = 0;

const checkVocabulary = (columns: Columns, vocabulary: Vocabulary, tell: OnProblem): void => {
  const needs = columns.fNames.map((f) =>
    Object.hasOwn(vocabulary, f) ? vocabulary[f] : undefined,
  );
  const seen: Seen = { texts: new Texts(), positions: [], tell };
  for (let i = 0; i < columns.length; i++) {
    if (columns.processes[i] === nemesisNumber) continue;
    const kind = columns.kinds[i] as number;
    const need = needs[kind >>> 2];
    if (need === undefined) {
      if ((kind & 3) === invoke) tell('unknown-f', i, sayUnknown(columns, i, vocabulary));
      continue;
    }
    if (need.unique === true && (kind & 3) === invoke) checkUnique(columns, i, seen);
    const wrong = need.shape?.(columns.opAt(i));
    if (wrong !== undefined) tell('shape', i, `${sayOp(columns, i)}: ${wrong}`);
  }
};

const sayUnknown = (columns: Columns, position: number, vocabulary: Vocabulary): string =>
  `${sayOp(columns, position)}: the checker knows ${Object.keys(vocabulary).join(', ')}`;

/** Values met before, outside the heap, and where. */
type Seen = { readonly texts: Texts; readonly positions: number[]; readonly tell: OnProblem };

const checkUnique = (columns: Columns, position: number, seen: Seen): void => {
  const key = columns.keys?.[position] ?? -1;
  const f = (columns.kinds[position] as number) >>> 2;
  const value = stringifyJson(columns.valueAt(position));
  const id = seen.texts.addText(`${f} ${key} ${value}`);
  const first = seen.positions[id];
  if (first === undefined) {
    seen.positions.push(position);
    return;
  }
  const short = value.length > 60 ? `${value.slice(0, 57)}…` : value;
  const [again, before] = [sayOp(columns, position), sayOp(columns, first)];
  seen.tell('not-unique', position, `${again}: ${short} was the value of the ${before}`);
};

type Linted = History | Columns | readonly Op[];

/** Gathers problems, at most a hundred, in order of position. */
class Gatherer {
  readonly #problems: Problem[] = [];
  readonly #counts = new Map<ProblemCode, number>();
  readonly #columns: Columns;
  constructor(columns: Columns) {
    this.#columns = columns;
  }

  /** Counted by code: a thousand gaps must not hide that a process was used again. */
  readonly tell: OnProblem = (code, position, says) => {
    const count = (this.#counts.get(code) ?? 0) + 1;
    this.#counts.set(code, count);
    if (count > problemsMax) return;
    this.#problems.push({ code, position, index: indexAt(this.#columns, position), message: says });
  };

  found(ignore: readonly ProblemCode[] = []): readonly Problem[] {
    return this.#problems
      .filter(({ code }) => !ignore.includes(code))
      .sort((a, b) => a.position - b.position)
      .slice(0, problemsMax);
  }
}

/** Everything that is malformed (at most 100 problems), in order of position; empty for a sound history. */
export const lint = (history: Linted, options: LintOptions = {}): readonly Problem[] => {
  const columns = columnsIn(history);
  const gatherer = new Gatherer(columns);
  checkIndices(columns, gatherer.tell);
  checkTimes(columns, gatherer.tell);
  scanColumns(columns, gatherer.tell);
  if (options.vocabulary !== undefined) checkVocabulary(columns, options.vocabulary, gatherer.tell);
  return gatherer.found(options.ignore);
};

/** Only what a checker needs of names and values; the form is `lint`'s. */
export const lintNeeds = (history: Linted, vocabulary: Vocabulary): readonly Problem[] => {
  const columns = columnsIn(history);
  const gatherer = new Gatherer(columns);
  checkVocabulary(columns, vocabulary, gatherer.tell);
  return gatherer.found();
};

const columnsIn = (history: History | Columns | readonly Op[]): Columns => {
  if (history instanceof History) return history.columns;
  return Array.isArray(history) ? columnsOf(history as readonly Op[]) : (history as Columns);
};
