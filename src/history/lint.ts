// The history linter: says precisely what is malformed, before a checker judges it. Problems make a verdict `unknown`.
import type { Op } from './op.ts';
import { type Problem, type ProblemCode, scanPairs } from './pairing.ts';

/** No more problems are listed than this: the first ones explain the rest. */
const problemsMax = 100;

type Tell = (code: ProblemCode, position: number, says: string) => void;

/** Indices are dense from 0; after a gap the count goes on from there, so that one hole is one problem. */
const checkIndices = (ops: readonly Op[], tell: Tell): void => {
  let next = 0;
  for (let i = 0; i < ops.length; i++) {
    const { index } = ops[i] as Op;
    if (index === next) next++;
    else if (index > next) {
      tell('index-gap', i, `index ${index} where ${next} was due`);
      next = index + 1;
    } else {
      tell('duplicate-index', i, `index ${index} again or out of order, where ${next} was due`);
    }
  }
};

const checkTimes = (ops: readonly Op[], tell: Tell): void => {
  let last = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < ops.length; i++) {
    const { time } = ops[i] as Op;
    if (time < last) tell('time-backwards', i, `time ${time} ns after ${last} ns`);
    else last = time;
  }
};

/** Everything that is malformed (at most 100 problems), in order of position; empty for a sound history. */
export const lint = (ops: readonly Op[]): readonly Problem[] => {
  const problems: Problem[] = [];
  const tell: Tell = (code, position, says) => {
    if (problems.length >= problemsMax * 3) return;
    problems.push({ code, position, index: (ops[position] as Op).index, message: says });
  };
  checkIndices(ops, tell);
  checkTimes(ops, tell);
  scanPairs(ops, tell);
  return problems.sort((a, b) => a.position - b.position).slice(0, problemsMax);
};
