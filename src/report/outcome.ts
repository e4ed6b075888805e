// The answer in one word and one sentence: how a run ended, why, and the witness if there is one.
import { exitCodes } from '../base/errors.ts';
import type { Verdict } from '../checker/verdict.ts';
import type { Witness } from '../checker/witness.ts';
import type { RunResult } from '../contract/events.ts';
import { visible } from './format.ts';

export type Outcome = {
  readonly word:
    | 'VALID'
    | 'INVALID'
    | 'UNKNOWN'
    | 'NOT HEALED'
    | 'ABORTED'
    | 'INFRASTRUCTURE'
    | 'INTERRUPTED'
    | 'CRASHED'
    | 'NO VERDICT';
  /** `good` passes, `bad` is a finding, `unsure` proves nothing. */
  readonly tone: 'good' | 'bad' | 'unsure';
  /** One character that says the same without colour. */
  readonly icon: string;
  /** One sentence. */
  readonly why: string;
};

const endings: { readonly [exitCode: number]: Pick<Outcome, 'word' | 'tone' | 'icon'> } = {
  [exitCodes.valid]: { word: 'VALID', tone: 'good', icon: '✓' },
  [exitCodes.invalid]: { word: 'INVALID', tone: 'bad', icon: '✗' },
  [exitCodes.unknown]: { word: 'UNKNOWN', tone: 'unsure', icon: '?' },
  [exitCodes.aborted]: { word: 'ABORTED', tone: 'unsure', icon: '■' },
  [exitCodes.infrastructure]: { word: 'INFRASTRUCTURE', tone: 'unsure', icon: '!' },
  [exitCodes.notHealed]: { word: 'NOT HEALED', tone: 'bad', icon: '!' },
  [exitCodes.interrupted]: { word: 'INTERRUPTED', tone: 'unsure', icon: '■' },
  [exitCodes.crash]: { word: 'CRASHED', tone: 'unsure', icon: '!' },
};
const crashed = { word: 'CRASHED', tone: 'unsure', icon: '!' } as const;

const isRecord = (value: unknown): value is { readonly [key: string]: unknown } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isWitness = (value: unknown): value is Witness =>
  isRecord(value) &&
  typeof value['title'] === 'string' &&
  Array.isArray(value['words']) &&
  Array.isArray(value['ops']);

// Evidence can be large: what is not near the top of a verdict is not looked for.
const lookedAtMost = 2_000;

/**
 * How blatant a violation is: nanoseconds between the last of what everybody could have known and the operation that
 * contradicts it. A read that is stale by seconds explains more than one that is stale by a hair.
 */
const gapOf = ({ ops }: Witness): number => {
  const culprit = ops.find((op) => op.culprit);
  const known = ops.filter((op) => !op.culprit && op.end !== undefined).map((op) => op.end ?? 0);
  return culprit === undefined || known.length === 0 ? 0 : culprit.start - Math.max(...known);
};

/** All witnesses in a verdict, wherever they stand; breadth first. */
const witnessesIn = (verdict: Verdict): Witness[] => {
  const found: Witness[] = [];
  const queue: unknown[] = [verdict];
  for (let i = 0; i < queue.length && i < lookedAtMost; i++) {
    const value = queue[i];
    if (isWitness(value)) found.push(value);
    else if (isRecord(value)) queue.push(...Object.values(value).slice(0, lookedAtMost));
    else if (Array.isArray(value)) queue.push(...value.slice(0, lookedAtMost));
  }
  return found;
};

/** The witness of a verdict that explains most: the most blatant one, of equals the first. */
export const witnessIn = (verdict: Verdict): Witness | undefined =>
  witnessesIn(verdict).reduce<Witness | undefined>(
    (best, witness) => (best === undefined || gapOf(witness) > gapOf(best) ? witness : best),
    undefined,
  );

/** The witness of a run: of an invalid checker rather than of another. */
export const witnessOf = (result: RunResult | undefined): Witness | undefined => {
  const verdicts = Object.values(result?.checkers ?? {});
  const worstFirst = [...verdicts.filter((v) => v.valid === false), ...verdicts];
  for (const verdict of worstFirst) {
    const witness = witnessIn(verdict);
    if (witness !== undefined) return witness;
  }
  return undefined;
};

/** What a verdict says of itself in one sentence, if it says anything. */
export const sentenceOf = (verdict: Verdict): string | undefined => {
  const title = verdict.valid === false ? witnessIn(verdict)?.title : undefined;
  const told = [title, verdict['reason'], verdict['why'], verdict['message'], verdict['error']];
  const said = told.find((value): value is string => typeof value === 'string' && value !== '');
  return said === undefined ? undefined : visible(said, 300);
};

const list = (names: readonly string[]): string =>
  names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;

/** Why the checkers' worst verdict is what it is. */
const whyOfCheckers = (result: RunResult): string => {
  const names = Object.keys(result.checkers);
  if (names.length === 0) return 'No checker gave a verdict.';
  const guilty = names.filter((name) => result.checkers[name]?.valid === result.valid);
  if (result.valid === true) return `No violation found by ${list(names)}.`;
  const first = guilty.map((name) => result.checkers[name]!).find((v) => sentenceOf(v));
  const said = first === undefined ? undefined : sentenceOf(first);
  if (said !== undefined) return said;
  const found = result.valid === false ? 'found a violation' : 'could not decide';
  return `${list(guilty)} ${found}.`;
};

/** With a full stop, and with a capital unless it begins with a name such as `n3`. */
const ended = (sentence: string): string => {
  const begun = sentence.replace(/^[a-z](?=[a-z]*[ ,.])/, (letter) => letter.toUpperCase());
  return /[.!?…)]$/.test(begun) ? begun : `${begun}.`;
};

const whyOf = (result: RunResult): string => {
  if (result.reason === undefined) return ended(visible(whyOfCheckers(result)));
  // What the word of the verdict stands for comes first.
  if (result.exitCode === exitCodes.invalid)
    return visible(`${ended(whyOfCheckers(result))} Besides: ${ended(result.reason)}`, 600);
  const alsoInvalid = result.valid === false ? ` Also invalid: ${whyOfCheckers(result)}` : '';
  return ended(visible(ended(result.reason) + alsoInvalid, 600));
};

/** How a run ended. Without a result it ended before it was judged. */
export const outcomeOf = (result: RunResult | undefined): Outcome => {
  if (result === undefined) {
    const why = 'The run ended before it was judged; its history can still be checked.';
    return { word: 'NO VERDICT', tone: 'unsure', icon: '?', why };
  }
  return { ...(endings[result.exitCode] ?? crashed), why: whyOf(result) };
};

/** Whether a checker's verdict is one that passes, fails or proves nothing. */
export const toneOf = (verdict: Verdict): Outcome['tone'] =>
  verdict.valid === true ? 'good' : verdict.valid === false ? 'bad' : 'unsure';

/** `valid`, `invalid` or `unknown`. */
export const wordOf = (verdict: Verdict): string =>
  verdict.valid === true ? 'valid' : verdict.valid === false ? 'invalid' : 'unknown';

export const iconOf = (tone: Outcome['tone']): string =>
  ({ good: '✓', bad: '✗', unsure: '?' })[tone];
