// The kinds of cycles that are looked for, in order, and the weaker question whether any cycle rules a model out.
import { bits, maskOf } from '../graph/relations.ts';
import type { Relation } from '../result.ts';

/** How many rw steps a cycle takes: none, exactly one, several of which no two meet, or several. */
export type RwRule = 'none' | 'one' | 'apart' | 'many';
export type Variant = 'plain' | 'process' | 'realtime';

/** One kind of cycle. */
export type Spec = {
  readonly anomaly: string;
  readonly variant: Variant;
  /** Relations that may be used freely. */
  readonly free: number;
  readonly rw: RwRule;
  /** Relations that count as rw here. */
  readonly rwMask: number;
  /** Each of these masks is met by some step. */
  readonly required: readonly number[];
  /** An edge counts only as its foremost data relation; otherwise as any it has. */
  readonly byLabel: boolean;
  /** The model in `existsSpecs` whose components hold every such cycle. */
  readonly within: string;
};

const wwMask = maskOf(['ww', 'wwp']);
const wrMask = maskOf(['wr', 'wrp']);
const rwMask = maskOf(['rw', 'rwp']);
const extras: Readonly<Record<Variant, number>> = {
  plain: 0,
  process: bits.process,
  realtime: bits.realtime,
};

type Base = Pick<Spec, 'anomaly' | 'free' | 'rw' | 'rwMask' | 'required' | 'byLabel'> & {
  /** Where such cycles lie, by variant. */
  readonly homes: Readonly<Record<Variant, string>>;
};

const homesOf = (plain: string, process: string, realtime: string): Record<Variant, string> => ({
  plain,
  process,
  realtime,
});
const pl1 = homesOf('PL-1', 'strong-session-PL-1', 'strong-PL-1');
const pl2 = homesOf('PL-2', 'strong-session-PL-2', 'strong-PL-2');
const snapshot = homesOf('PL-SI', 'strong-session-snapshot-isolation', 'strong-snapshot-isolation');
const serializable = homesOf('PL-3', 'strong-session-serializable', 'PL-SS');
const repeatable = { ...serializable, plain: 'PL-2.99' };
const calm = wwMask | wrMask;
/** Cycles with a predicate step have names of their own; without, names end in -item. */
const predicate = [bits.rwp];

const bases: readonly Base[] = [
  {
    anomaly: 'G-single-item',
    free: calm,
    rw: 'one',
    rwMask: bits.rw,
    required: [],
    byLabel: true,
    homes: snapshot,
  },
  { anomaly: 'G0', free: wwMask, rw: 'none', rwMask: 0, required: [], byLabel: false, homes: pl1 },
  {
    anomaly: 'G-nonadjacent-item',
    free: calm,
    rw: 'apart',
    rwMask: bits.rw,
    required: [],
    byLabel: true,
    homes: snapshot,
  },
  {
    anomaly: 'G1c',
    free: calm,
    rw: 'none',
    rwMask: 0,
    required: [wrMask],
    byLabel: false,
    homes: pl2,
  },
  {
    anomaly: 'G-single',
    free: calm,
    rw: 'one',
    rwMask,
    required: predicate,
    byLabel: true,
    homes: snapshot,
  },
  {
    anomaly: 'G2-item',
    free: calm,
    rw: 'many',
    rwMask: bits.rw,
    required: [],
    byLabel: true,
    homes: repeatable,
  },
  {
    anomaly: 'G-nonadjacent',
    free: calm,
    rw: 'apart',
    rwMask,
    required: predicate,
    byLabel: true,
    homes: snapshot,
  },
  {
    anomaly: 'G2',
    free: calm,
    rw: 'many',
    rwMask,
    required: predicate,
    byLabel: true,
    homes: serializable,
  },
];

const specOf = (name: string): Spec => {
  const variant: Variant = name.endsWith('-process')
    ? 'process'
    : name.endsWith('-realtime')
      ? 'realtime'
      : 'plain';
  const base = bases.find((row) => row.anomaly === name.replace(/-(process|realtime)$/, ''))!;
  const extra = extras[variant];
  const required = extra === 0 ? base.required : [extra, ...base.required];
  return {
    ...base,
    anomaly: name,
    variant,
    free: base.free | extra,
    required,
    within: base.homes[variant],
  };
};

/** In the order of search: after a hit, whatever the hit implies is not searched for. */
export const cycleSpecs: readonly Spec[] = [
  'G-single-item',
  'G0',
  'G-nonadjacent-item',
  'G-single-item-process',
  'G1c',
  'G-nonadjacent-item-process',
  'G-single',
  'G-single-item-realtime',
  'G2-item',
  'G-nonadjacent',
  'G-nonadjacent-item-realtime',
  'G2',
  'G0-process',
  'G1c-process',
  'G-single-process',
  'G2-item-process',
  'G-nonadjacent-process',
  'G2-process',
  'G0-realtime',
  'G1c-realtime',
  'G-single-realtime',
  'G2-item-realtime',
  'G-nonadjacent-realtime',
  'G2-realtime',
].map(specOf);

/** Whether any cycle of certain relations exists: exact, and linear in the edges. */
export type ExistsSpec = {
  readonly model: string;
  readonly free: number;
  /** Relations that may be used, but never twice in a row. */
  readonly single: number;
};

const existsRow = (model: string, relations: readonly Relation[], single = 0): ExistsSpec => ({
  model,
  free: maskOf(relations),
  single,
});
const ww = ['ww', 'wwp'] as const;
const wr = [...ww, 'wr', 'wrp'] as const;
const rw = [...wr, 'rw', 'rwp'] as const;

export const existsSpecs: readonly ExistsSpec[] = [
  existsRow('PL-1', ww),
  existsRow('PL-2', wr),
  existsRow('PL-SI', wr, rwMask),
  existsRow('PL-2.99', [...wr, 'rw']),
  existsRow('PL-3', rw),
  existsRow('strong-session-PL-1', [...ww, 'process']),
  existsRow('strong-session-PL-2', [...wr, 'process']),
  existsRow('strong-session-snapshot-isolation', [...wr, 'process'], rwMask),
  existsRow('strong-session-serializable', [...rw, 'process']),
  existsRow('strong-PL-1', [...ww, 'realtime']),
  existsRow('strong-PL-2', [...wr, 'realtime']),
  existsRow('strong-snapshot-isolation', [...wr, 'realtime'], rwMask),
  existsRow('PL-SS', [...rw, 'realtime']),
];
