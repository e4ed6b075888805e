// The clients of list-append and rw-register: each operation is a read of its keys and one transaction guarded by it.
import { AssertionError, assert } from '../../base/assert.ts';
import type { Client } from '../../contract/client.ts';
import type { Completion, Op } from '../../history/op.ts';
import { completionOf } from './errors.ts';
import { closeGateway, type Gateway, gatewayOf } from './gateway.ts';
import { type Held, putGuarded, rangeAll } from './txn.ts';

/** A transactional vocabulary: what it calls a write, and what a write makes of a key's value. */
export type Vocabulary = {
  readonly name: string;
  readonly write: string;
  /** Whether a write builds on what the key holds. */
  readonly buildsOn: boolean;
  /** The text that a key holds afterwards; `before` is undefined when there is none. */
  readonly after: (before: string | undefined, value: number) => string;
  /** A key's text as the value of a read. */
  readonly parse: (text: string) => unknown;
};

/** What nobody wrote is kept as it is, for the checker to complain of. */
const numberOf = (text: string): number | string =>
  /^-?\d+$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : text;

/** A list is text, its elements separated by commas. */
export const listAppend: Vocabulary = {
  name: 'list-append',
  write: 'append',
  buildsOn: true,
  after: (before, value) => (before === undefined ? String(value) : `${before},${value}`),
  parse: (text) => text.split(',').map(numberOf),
};

export const rwRegister: Vocabulary = {
  name: 'rw-register',
  write: 'w',
  buildsOn: false,
  after: (_, value) => String(value),
  parse: numberOf,
};

export type TransactionClientOptions = {
  readonly port: number;
  /** Milliseconds after which each of the two requests of an operation is given up. */
  readonly timeoutMs: number;
  /** Reads what the node has, without asking its leader: what is only read may be stale. */
  readonly serializable: boolean;
  readonly vocabulary: Vocabulary;
};

/** A prototype: `open` makes a client of a node; it connects with its first operation. Values are whole numbers. */
export const transactionClient = (options: TransactionClientOptions): Client => ({
  open: async (node) => openClient(gatewayOf(node.address, options.port), options),
  invoke: () => Promise.reject(new Error('a client prototype is opened before it is used')),
});

const openClient = (gateway: Gateway, options: TransactionClientOptions): Client => ({
  open: async (node) => openClient(gatewayOf(node.address, options.port), options),
  invoke: async (op, signal) => {
    const steps = stepsOf(op, options.vocabulary);
    let writing = false;
    try {
      const before = await readPhase({ gateway, steps, options, signal });
      const { results, written } = play(steps, before, options.vocabulary);
      if (written.size === 0) return { type: 'ok', value: results };
      writing = true;
      const change = changeOf(before, written);
      const done = await putGuarded(gateway, change, { timeoutMs: options.timeoutMs, signal });
      // Nothing is tried again: whether the first attempt took effect must stay answerable.
      return done ? { type: 'ok', value: results } : conflict;
    } catch (thrown) {
      if (thrown instanceof AssertionError) throw thrown;
      return completionOf(thrown, writing);
    }
  },
  close: async () => closeGateway(gateway),
});

const conflict: Completion = { type: 'fail', error: ['conflict', 'a key changed meanwhile'] };

type Step = { readonly key: number } & (
  | { readonly reads: true }
  | { readonly reads: false; readonly value: number }
);

const stepsOf = (op: Op, { name, write }: Vocabulary): readonly Step[] => {
  assert(op.f === 'txn', `${name} has no operation ${op.f}: txn exists`);
  assert(Array.isArray(op.value), 'a txn has a list of steps as value');
  return op.value.map((step: unknown): Step => {
    assert(Array.isArray(step) && step.length === 3, 'a step is [f, key, value]');
    const [f, key, value]: readonly unknown[] = step;
    assert(Number.isSafeInteger(key), `keys are whole numbers, not ${JSON.stringify(key)}`);
    if (f === 'r') return { key: Number(key), reads: true };
    assert(f === write, `${name} has no step ${String(f)}: r and ${write} exist`);
    assert(Number.isSafeInteger(value), `values are whole numbers: ${JSON.stringify(value)}`);
    return { key: Number(key), reads: false, value: Number(value) };
  });
};

/** The keys whose state the transaction depends on: read before it wrote them, or built upon. */
const keysToRead = (steps: readonly Step[], { buildsOn }: Vocabulary): readonly number[] => {
  const needed = new Set<number>();
  const overwritten = new Set<number>();
  for (const step of steps)
    if ((step.reads || buildsOn) && !overwritten.has(step.key)) needed.add(step.key);
    else overwritten.add(step.key);
  return [...needed];
};

type State = ReadonlyMap<number, Held>;

const readPhase = async (phase: {
  readonly gateway: Gateway;
  readonly steps: readonly Step[];
  readonly options: TransactionClientOptions;
  readonly signal: AbortSignal;
}): Promise<State> => {
  const { gateway, steps, signal } = phase;
  const { vocabulary, serializable, timeoutMs } = phase.options;
  const keys = keysToRead(steps, vocabulary);
  if (keys.length === 0) return new Map();
  const names = keys.map((key) => nameOf(key, vocabulary));
  const held = await rangeAll(gateway, names, { timeoutMs, signal, serializable });
  return new Map(keys.map((key, i) => [key, held[i] as Held]));
};

const nameOf = (key: number, { name }: Vocabulary): string => `ordeal/${name}/${key}`;

/** Carries the steps out on the state that was read. */
const play = (steps: readonly Step[], before: State, vocabulary: Vocabulary) => {
  const { after, parse, write } = vocabulary;
  const written = new Map<number, string>();
  const results = steps.map((step) => {
    const text = written.get(step.key) ?? before.get(step.key)?.value;
    if (step.reads) return ['r', step.key, text === undefined ? null : parse(text)];
    written.set(step.key, after(text, step.value));
    return [write, step.key, step.value];
  });
  const named = [...written].map(([key, value]) => [nameOf(key, vocabulary), value] as const);
  return { results, written: new Map(named) };
};

const changeOf = (before: State, written: ReadonlyMap<string, string>) => ({
  guards: [...before.values()],
  puts: [...written].map(([key, value]) => ({ key, value })),
});
