// What an object under test is supposed to do: its first state, and what each operation does to a state.
import { stringifyJson } from '../../history/json.ts';

/** One operation as a model sees it: it happened (`ok`), or it may have (`info`, outcome unknown). */
export type ModelOp = {
  readonly f: string;
  readonly type: 'ok' | 'info';
  /** What the completion carried; the invocation's value when the outcome is unknown. */
  readonly value: unknown;
  /** What the invocation carried. */
  readonly input: unknown;
};

/** An operation seen as an access to one register: what it must find there, and what it leaves there; or undefined. */
export type RegisterAccess = {
  readonly reads: unknown;
  readonly writes: unknown;
};

/** A collection that values are put into one by one, and taken from in a certain order; empty at first. */
export type Container = {
  /** The operations: `put` carries the value; `take` completes with it, or with null when there was nothing. */
  readonly put: string;
  readonly take: string;
  /** Which value is taken next: the oldest, the newest, the least, or any. */
  readonly order: 'oldest' | 'newest' | 'least' | 'any';
  /** For `least`: as `Array.prototype.sort` wants it. */
  readonly compare?: (a: unknown, b: unknown) => number;
};

/**
 * A sequential specification. States are values: `step` never changes the one it is given.
 * An operation with unknown outcome (`info`) steps as if it had been allowed to take effect.
 */
export type Model<State = unknown> = {
  readonly name: string;
  /** The operations it knows; any other makes the verdict `unknown`. */
  readonly fs: readonly string[];
  readonly init: State;
  /** The state after the operation, or undefined when it could not have gone that way. */
  readonly step: (state: State, op: ModelOp) => State | undefined;
  /** Equal states have equal keys. Default: the value itself, or its JSON text. */
  readonly key?: (state: State) => string | number;
  /** Used instead of `key` when given; slower, because states are then compared one by one. */
  readonly equal?: (a: State, b: State) => boolean;
  /** True for operations that leave every state where they are legal as it is, whatever the state. Default: none. */
  readonly isPure?: (op: ModelOp) => boolean;
  /** Operations with equal texts step alike in every state. Default: f, outcome, value and input together. */
  readonly kind?: (op: ModelOp) => string;
  /** Which independent part the operation touches. Default: the operation's `key`. */
  readonly partition?: (op: ModelOp) => string | number | undefined;
  /** Words in the infinitive, e.g. `write 5`. Default: `f` and the value. */
  readonly describe?: (op: ModelOp) => string;
  /** The state in words. Default: its JSON text. */
  readonly describeState?: (state: State) => string;
  /** For registers only: lets the near-linear engine and the storyteller understand the operation. */
  readonly register?: (op: ModelOp) => RegisterAccess;
  /** For queues, stacks and bags only: lets the near-linear engines understand it. */
  readonly container?: Container;
  /** For sets only: true when it knows `add`, `remove`, `contains` and `read` as `models.set` does, and starts empty. */
  readonly isSet?: boolean;
};

/** Text for any JSON value: numbers and null as they are, text in quotes. */
export const show = (value: unknown): string =>
  value === undefined ? 'nothing' : stringifyJson(value);

/** Equal values have equal texts, whatever the order of an object's keys. */
export const canonical = (value: unknown): string | number => {
  if (typeof value === 'number') return value;
  if (value === undefined) return 'undefined';
  return stringifyJson(hasNames(value) ? sorted(value) : value);
};

const hasNames = (value: unknown): boolean =>
  Array.isArray(value) ? value.some(hasNames) : typeof value === 'object' && value !== null;

const sorted = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, part]) => [name, sorted(part)]));
};

/** The operation in words. */
export const describeOp = <S>(model: Model<S>, op: ModelOp): string =>
  model.describe?.(op) ?? (op.value === null ? op.f : `${op.f} ${show(op.value)}`);
