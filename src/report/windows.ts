// When what was broken: fault windows from the ledger, and from the nemesis' own operations where the ledger has none.
import type { Fault, Grudge, LedgerEntry, Proof } from '../contract/faults.ts';
import type { Band } from '../contract/nemesis.ts';
import type { Op } from '../history/op.ts';
import { showValue } from './format.ts';
import { describeGrudge, grudgeOf } from './grudge.ts';

/** One fault, from the moment it was decided until it was healed; times in nanoseconds since the run began. */
export type FaultWindow = {
  readonly id: string;
  readonly kind: string;
  /** What was broken, in a few words: `n1 n2 | n3 n4 n5`. */
  readonly says: string;
  readonly start: number;
  /** Absent when nothing says that it ended. */
  readonly end?: number;
  readonly injected: boolean;
  readonly tookMs?: number;
  readonly effect?: Proof;
  readonly heal?: { readonly by: string; readonly proof: Proof };
  readonly failed?: string;
  readonly nodes: readonly string[];
  readonly grudge?: Grudge;
  /** Whether it was read from the ledger (and can be proven) or only from the history. */
  readonly source: 'ledger' | 'history';
};

/** A stretch of time, `[start, end]` in nanoseconds. */
export type Span = { readonly start: number; readonly end: number };

const describeFault = (fault: Fault, nodes: readonly string[]): string => {
  const grudge = grudgeOf(fault);
  if (grudge !== undefined) return describeGrudge(grudge, nodes);
  const parameters = Object.entries(fault).filter(([name]) => name !== 'kind');
  return parameters.map(([name, value]) => `${name} ${showValue(value, 80)}`).join(', ');
};

const begin = (
  entry: Extract<LedgerEntry, { readonly type: 'planned' }>,
  nodes: readonly string[],
): FaultWindow => {
  const { fault } = entry.plan;
  const grudge = grudgeOf(fault);
  return {
    id: entry.id,
    kind: fault.kind,
    says: describeFault(fault, nodes),
    start: entry.time,
    injected: false,
    nodes: Object.keys(entry.plan.nodes),
    ...(grudge === undefined ? {} : { grudge }),
    source: 'ledger',
  };
};

/** What an entry adds to the window of its fault. */
const extend = (
  window: FaultWindow,
  entry: Exclude<LedgerEntry, { readonly type: 'run' | 'planned' }>,
): FaultWindow => {
  if (entry.type === 'injected') return { ...window, injected: true, tookMs: entry.tookMs };
  if (entry.type === 'verified') return { ...window, effect: entry.proof };
  if (entry.type === 'failed') return { ...window, failed: entry.message };
  // The first heal ends it; a later one (a command after the lease) is proof of the same.
  if (window.heal?.proof.holds === true) return window;
  return { ...window, end: entry.time, heal: { by: entry.by, proof: entry.proof } };
};

/** Every fault of the ledger, in order of time. */
export const ledgerWindows = (
  ledger: readonly LedgerEntry[],
  nodes: readonly string[],
): readonly FaultWindow[] => {
  const windows = new Map<string, FaultWindow>();
  for (const entry of ledger) {
    if (entry.type === 'run') continue;
    if (entry.type === 'planned') {
      windows.set(entry.id, begin(entry, nodes));
      continue;
    }
    const window = windows.get(entry.id);
    if (window !== undefined) windows.set(entry.id, extend(window, entry));
  }
  return [...windows.values()].toSorted((a, b) => a.start - b.start);
};

const bandWindows = (history: readonly Op[], band: Band): readonly FaultWindow[] => {
  const windows: FaultWindow[] = [];
  let open: Op | undefined;
  const close = (end?: number): void => {
    if (open === undefined) return;
    windows.push({
      id: `${band.name}-${open.index}`,
      kind: band.name,
      says: open.value === null || open.value === undefined ? open.f : showValue(open.value, 80),
      start: open.time,
      ...(end === undefined ? {} : { end }),
      injected: true,
      nodes: [],
      source: 'history',
    });
    open = undefined;
  };
  for (const op of history) {
    if (op.process !== 'nemesis') continue;
    if (op.type === 'invoke' && band.start.includes(op.f)) open ??= op;
    if (op.type !== 'invoke' && band.stop.includes(op.f)) close(op.time);
  }
  close();
  return windows;
};

/** All fault windows in order of time: the ledger's, and bands of the history in which the ledger knows of no fault. */
export const windowsOf = (run: {
  readonly history: readonly Op[];
  readonly ledger: readonly LedgerEntry[];
  readonly bands: readonly Band[];
  readonly nodes: readonly string[];
}): readonly FaultWindow[] => {
  const proven = ledgerWindows(run.ledger, run.nodes);
  const told = run.bands
    .flatMap((band) => bandWindows(run.history, band))
    .filter((band) => !proven.some((w) => w.start >= band.start && w.start <= endOf(band)));
  return [...proven, ...told].toSorted((a, b) => a.start - b.start);
};

/** When a window ended, infinity while nothing says so. */
export const endOf = (window: FaultWindow): number => window.end ?? Number.POSITIVE_INFINITY;

/** The windows that overlap a stretch of time. */
export const activeDuring = (windows: readonly FaultWindow[], span: Span): readonly FaultWindow[] =>
  windows.filter((w) => w.start <= span.end && endOf(w) >= span.start);

/** Disjoint spans in order of time, in which at least one fault was active; open ones end at `until`. */
export const mergeWindows = (windows: readonly FaultWindow[], until: number): readonly Span[] => {
  const spans: Span[] = [];
  for (const window of windows) {
    const end = Math.max(window.start, Math.min(endOf(window), until));
    const last = spans.at(-1);
    if (last === undefined || window.start > last.end) spans.push({ start: window.start, end });
    else spans[spans.length - 1] = { start: last.start, end: Math.max(last.end, end) };
  }
  return spans;
};
