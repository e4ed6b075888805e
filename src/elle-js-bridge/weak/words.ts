// Anomalies as people read them: operations by index, keys and values by name, a sentence for each step.
import { type CommitEdges, reasons } from './edges.ts';
import type { ReadAnomaly, Transactions } from './transactions.ts';

/** The index of an operation in the history, or 'init' for the initial state. */
export type OpIndex = number | 'init';

/** One step of a cycle: `from` comes before `to`, and why. */
export type Step = {
  readonly from: OpIndex;
  readonly to: OpIndex;
  readonly relation: 'process' | 'realtime' | 'wr' | 'ww' | 'rw' | 'commit';
  /** Why the commit order is forced, for `commit`. */
  readonly because?: 'non-monotonic' | 'fractured' | 'causal';
  readonly key?: unknown;
  readonly value?: unknown;
  /** The transaction whose read forces a `commit` step. */
  readonly reader?: OpIndex;
  /** True where the step holds only in one of the two orders of a pair of writes. */
  readonly assumed?: true;
  readonly text: string;
};

/** A finding: a cycle with its steps, or a read that is wrong by itself. */
export type WeakAnomaly = {
  readonly type: string;
  readonly text: string;
  readonly steps?: readonly Step[];
  readonly op?: OpIndex;
  readonly key?: unknown;
  readonly value?: unknown;
  readonly expected?: unknown;
  readonly writer?: OpIndex;
};

/** A value as text, strings in quotes. */
export const show = (value: unknown): string =>
  typeof value === 'bigint' ? `${value}` : (JSON.stringify(value) ?? 'nil');

/** Names rows and transactions of a history by the indices of their operations. */
export class Names {
  readonly #txns: Transactions;

  constructor(txns: Transactions) {
    this.#txns = txns;
  }

  row(row: number): OpIndex {
    const at = this.#txns.raw.at[row] as number;
    return this.#txns.raw.ops[at]?.index ?? at;
  }

  txn(txn: number): OpIndex {
    return txn === 0 ? 'init' : this.row(this.#txns.row[txn] as number);
  }

  process(txn: number): unknown {
    return this.#txns.raw.ops[this.#txns.raw.at[this.#txns.row[txn] as number] as number]?.process;
  }

  key(key: number): unknown {
    return this.#txns.raw.keys.names[key];
  }

  /** The value of a write; the initial state is null. */
  value(write: number): unknown {
    return write < 0 ? null : this.#txns.raw.values[write];
  }
}

/** How a transaction is called in a sentence. */
export const title = (index: OpIndex): string =>
  index === 'init' ? 'the initial state' : `T${index}`;

const readTexts: Record<
  ReadAnomaly['type'],
  (a: { t: string; v: string; k: string; w: string; e: string }) => string
> = {
  G1a: ({ t, v, k, w }) => `${t} read ${v} of ${k}, which ${w} wrote and did not commit`,
  G1b: ({ t, v, k, w }) =>
    `${t} read ${v} of ${k}, which ${w} overwrote itself before it committed`,
  'garbage-read': ({ t, v, k }) => `${t} read ${v} of ${k}, which nobody wrote`,
  'future-read': ({ t, v, k }) => `${t} read ${v} of ${k} before it wrote it itself`,
  internal: ({ t, v, k, e }) => `${t} read ${v} of ${k} after writing ${e} to it itself`,
  'duplicate-elements': ({ t, v, k }) => `${t} read ${v} more than once in the list ${k}`,
  'missing-append': ({ t, v, k, w, e }) =>
    `${t} read ${v} in the list ${k} without ${e} before it, though ${w} appended ${e} first`,
  'incompatible-order': ({ t, v, k, e }) =>
    `${t} read ${k} as ${v}, which is no prefix of ${e}, read elsewhere`,
};

/** Words for a read that is wrong by itself. */
export const explainRead = (names: Names, found: ReadAnomaly): WeakAnomaly => {
  const op = names.row(found.row);
  const writer = found.writer === undefined ? undefined : names.row(found.writer);
  const text = readTexts[found.type]({
    t: title(op),
    v: show(found.value),
    k: show(names.key(found.key)),
    w: writer === undefined ? 'nobody' : title(writer),
    e: show(found.expected),
  });
  return {
    type: found.type,
    text,
    op,
    key: names.key(found.key),
    value: found.value,
    ...(found.expected === undefined ? {} : { expected: found.expected }),
    ...(writer === undefined ? {} : { writer }),
  };
};

/** A step along a session or from a writer to its reader. */
export const plainStep = (
  names: Names,
  step: {
    from: number;
    to: number;
    relation: 'process' | 'realtime' | 'wr';
    key?: number;
    write?: number;
  },
): Step => {
  const [from, to] = [names.txn(step.from), names.txn(step.to)];
  if (step.relation === 'wr') {
    const [key, value] = [names.key(step.key as number), names.value(step.write as number)];
    const text =
      from === 'init'
        ? `${title(to)} read the initial state of ${show(key)}`
        : `${title(from)} wrote ${show(value)} to ${show(key)}, which ${title(to)} read`;
    return { from, to, relation: 'wr', key, value, text };
  }
  if (from === 'init')
    return { from, to, relation: step.relation, text: `the initial state precedes ${title(to)}` };
  const text =
    step.relation === 'realtime'
      ? `${title(from)} completed before ${title(to)} was invoked`
      : `process ${names.process(step.to)} executed ${title(from)} before ${title(to)}`;
  return { from, to, relation: step.relation, text };
};

/** A step of the commit order that a read forces, or that a list shows. */
export const commitStep = (
  names: Names,
  txns: Transactions,
  edge: { edges: CommitEdges; at: number },
): Step => {
  const { edges, at } = edge;
  const [from, to] = [names.txn(edges.from.at(at)), names.txn(edges.to.at(at))];
  const key = names.key(edges.key.at(at));
  const via = edges.via.at(at);
  if (edges.reason.at(at) === reasons.ww) {
    const value = names.value(edges.reader.at(at));
    const before = `${title(from)} appended ${show(names.value(via))} to ${show(key)}`;
    const text = `${before} before ${title(to)} appended ${show(value)}`;
    return { from, to, relation: 'ww', key, value, text };
  }
  const reader = names.txn(edges.reader.at(at));
  const read = `yet ${title(reader)} read ${show(key)} from ${title(to)}`;
  const writes = `and ${title(from)} writes ${show(key)} too`;
  const later = `${read}, ${writes}: so ${title(from)} committed before ${title(to)}`;
  const base = { from, to, relation: 'commit', key, reader } as const;
  const saw = via < 0 ? '' : show(names.key(txns.readKey[via] as number));
  switch (edges.reason.at(at)) {
    case reasons.nonMonotonic:
      return {
        ...base,
        because: 'non-monotonic',
        text: `${title(reader)} read ${saw} from ${title(from)} first, ${later}`,
      };
    case reasons.fracturedRead:
      return {
        ...base,
        because: 'fractured',
        text: `${title(reader)} read ${saw} from ${title(from)}, ${later}`,
      };
    case reasons.fracturedSession:
      return {
        ...base,
        because: 'fractured',
        text: `process ${names.process(edges.reader.at(at))} executed ${title(from)} before ${title(reader)}, ${later}`,
      };
    default:
      return {
        ...base,
        because: 'causal',
        text: `${title(from)} happened before ${title(reader)}, ${later}`,
      };
  }
};
