// What a run looks like while it goes on: figures gathered from the event stream, and the lines that show them.
import type { Phase, RunEvent, RunResult } from '../contract/events.ts';
import type { LedgerEntry } from '../contract/faults.ts';
import { type Tally, total } from './counts.ts';
import { faultWords } from './fault-words.ts';
import { count, duration, percent, visible } from './format.ts';
import type { Paint } from './paint.ts';
import { type FaultWindow, ledgerWindows } from './windows.ts';

type Begin = Extract<RunEvent, { readonly type: 'begin' }>;

const rateWindowNs = 5e9;

/** Everything the console knows of a run so far. */
export class LiveState {
  begin: Begin | undefined;
  phase: Phase | undefined;
  result: RunResult | undefined;
  readonly tally = { ok: 0, fail: 0, info: 0 };
  /** The last thing each node told of its provision. */
  readonly nodes = new Map<string, string>();
  #invoked = 0;
  #completed = 0;
  #recent: number[] = [];
  readonly #ledger: LedgerEntry[] = [];
  #windows: readonly FaultWindow[] = [];
  /** Time of the last record, nanoseconds since the run began. */
  time = 0;

  observe(event: RunEvent): void {
    if (event.type === 'begin') this.begin = event;
    if (event.type === 'phase') this.phase = event.phase;
    if (event.type === 'progress' && event.node !== undefined)
      this.nodes.set(event.node, event.message);
    if (event.type === 'op') this.#observeOp(event);
    if (event.type === 'fault') this.#observeFault(event.entry);
    if (event.type === 'end') this.result = event.result;
  }

  #observeOp({ op }: Extract<RunEvent, { readonly type: 'op' }>): void {
    this.time = Math.max(this.time, op.time);
    if (op.process === 'nemesis') return;
    if (op.type === 'invoke') {
      this.#invoked++;
      return;
    }
    this.#completed++;
    this.tally[op.type]++;
    this.#recent.push(op.time);
    // Cut now and then, not at every operation.
    if (this.#recent.length > 4096 && this.#recent[2048]! < this.time - rateWindowNs)
      this.#recent.splice(0, 2048);
  }

  #observeFault(entry: LedgerEntry): void {
    this.#ledger.push(entry);
    if (entry.type !== 'run') this.time = Math.max(this.time, entry.time);
    const nodes = this.#ledger.find((e) => e.type === 'run')?.nodes ?? [];
    this.#windows = ledgerWindows(this.#ledger, nodes);
  }

  get windows(): readonly FaultWindow[] {
    return this.#windows;
  }

  /** Faults that are in effect now. */
  get active(): readonly FaultWindow[] {
    return this.#windows.filter((w) => w.injected && w.end === undefined);
  }

  /** What never completed is `info`: it may have happened. */
  get operations(): Tally {
    return { ...this.tally, info: this.tally.info + Math.max(0, this.#invoked - this.#completed) };
  }

  /** Completions a second over the last five seconds. */
  get rate(): number {
    const since = this.time - rateWindowNs;
    const recent = this.#recent.filter((time) => time > since).length;
    return this.time === 0 ? 0 : (recent * 1e9) / Math.min(rateWindowNs, this.time);
  }

  get faults(): { readonly injected: number; readonly verified: number; readonly healed: number } {
    return {
      injected: this.#windows.filter((w) => w.injected).length,
      verified: this.#windows.filter((w) => w.effect?.holds === true).length,
      healed: this.#windows.filter((w) => w.heal?.proof.holds === true).length,
    };
  }
}

const bar = (share: number, width: number): string => {
  const filled = Math.round(Math.max(0, Math.min(1, share)) * width);
  return '━'.repeat(filled) + '╌'.repeat(width - filled);
};

const phaseWords: { readonly [P in Phase]: string } = {
  provision: 'building the cluster',
  install: 'installing the system',
  run: 'running',
  heal: 'healing',
  final: 'final operations',
  logs: 'fetching logs',
  teardown: 'taking the cluster down',
  check: 'checking the history',
  report: 'writing the report',
};

/** What the run is doing now, in two or three words. */
export const phaseWord = (phase: Phase | undefined): string =>
  phase === undefined ? 'starting' : phaseWords[phase];

/** `1,204 operations, 412 a second, 97.1 % ok`. */
export const progressWords = (state: LiveState): string => {
  const { tally } = state;
  const ended = total(tally);
  if (ended === 0) return 'no operation yet';
  return `${count(ended)} operations, ${count(state.rate)} a second, ${percent(tally.ok, ended)} ok`;
};

const runningLines = (state: LiveState, time: number, paint: Paint): readonly string[] => {
  const planned = (state.begin?.plannedSeconds ?? 0) * 1e9;
  const share = planned > 0 ? time / planned : 0;
  const faults = state.active.map(
    (w) => `${paint.unsure('⚡')} ${faultWords(w)}, since ${duration(Math.max(0, time - w.start))}`,
  );
  return [
    `${bar(share, 24)} ${duration(time)} of ${duration(planned)}`,
    progressWords(state),
    ...(faults.length === 0 ? [paint.dim('no active fault')] : faults.slice(0, 4)),
  ];
};

/** The status block at a time of the run (ns): a few lines, redrawn in place. Nodes are shown while being prepared. */
export const liveLines = (state: LiveState, time: number, paint: Paint): readonly string[] => {
  const preparing =
    state.phase === undefined || state.phase === 'provision' || state.phase === 'install';
  const nodes = [...state.nodes].map(
    ([node, message]) => `${paint.bold(visible(node, 20))}  ${visible(message, 200)}`,
  );
  const hasRun = state.phase === 'run' || state.time > 0; // a stored run that is judged again has not
  const running = hasRun ? runningLines(state, time, paint) : [];
  const body = preparing ? nodes.slice(0, 12) : running;
  return [paint.bold(phaseWord(state.phase)), ...body.map((text) => `  ${text}`)];
};
