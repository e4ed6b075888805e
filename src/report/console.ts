// The console reporter: one block redrawn in place on a terminal, plain lines with the time elsewhere.
import { stripVTControlCharacters } from 'node:util';
import type { Reporter, RunEvent } from '../contract/events.ts';
import type { LedgerEntry } from '../contract/faults.ts';
import { faultWords } from './fault-words.ts';
import { duration, visible } from './format.ts';
import { LiveState, liveLines, phaseWord, progressWords } from './live.ts';
import { coloured, type Paint, plain } from './paint.ts';
import { type SummaryData, summaryLines } from './summary.ts';

export type ConsoleOptions = {
  /** Where lines go; `columns` is asked before every redraw. */
  readonly stream: { write(text: string): unknown; readonly columns?: number | undefined };
  /** Whether the stream can be redrawn in place. */
  readonly isTerminal: boolean;
  readonly colour: boolean;
  /** Milliseconds, never going back; anything but its differences is ignored. */
  readonly now: () => number;
  /** Path of the report that the summary names; default: `report.html` in the run's folder. */
  readonly report?: string;
};

const redrawMs = 100;
const progressMs = 5_000;

/** Cuts a line to a width, colour codes not counted; a cut line loses its colour. */
const shorten = (text: string, width: number): string => {
  const bare = stripVTControlCharacters(text);
  return bare.length <= width ? text : `${bare.slice(0, Math.max(0, width - 1))}…`;
};

/** Lines below which one block is redrawn in place. */
class Screen {
  #drawn = 0;
  readonly #options: ConsoleOptions;
  constructor(options: ConsoleOptions) {
    this.#options = options;
  }
  #clear(): string {
    const up = this.#drawn > 0 ? `\u001b[${this.#drawn}A\u001b[0J` : '';
    this.#drawn = 0;
    return up;
  }
  /** Lines that stay. */
  print(lines: readonly string[]): void {
    this.#options.stream.write(this.#clear() + lines.map((text) => `${text}\n`).join(''));
  }
  draw(lines: readonly string[]): void {
    const width = (this.#options.stream.columns || 80) - 1; // the last column wraps on some terminals
    const text = lines.map((line) => `${shorten(line, width)}\n`).join('');
    this.#options.stream.write(this.#clear() + text);
    this.#drawn = lines.length;
  }
}

const proofWords = (holds: boolean | undefined, yes: string, no: string): string =>
  holds === undefined ? 'not measured' : holds ? yes : no;

/** What to print of a ledger entry, if anything. */
const faultLine = (state: LiveState, entry: LedgerEntry): string | undefined => {
  if (entry.type === 'run' || entry.type === 'planned') return undefined;
  const window = state.windows.find(({ id }) => id === entry.id);
  const name = window === undefined ? visible(entry.id, 60) : faultWords(window);
  if (entry.type === 'injected') return `fault  ${name}, in ${duration(entry.tookMs * 1e6)}`;
  if (entry.type === 'failed') return `fault failed  ${name}: ${visible(entry.message, 200)}`;
  const { holds, says } = entry.proof;
  if (entry.type === 'verified')
    return `effect ${proofWords(holds, 'proven', 'NOT PROVEN')}  ${visible(says, 200)}`;
  return `healed by ${entry.by}, ${proofWords(holds, 'proven', 'NOT PROVEN')}  ${name}`;
};

/** One line for an event, or none. */
const lineOf = (state: LiveState, event: RunEvent): string | undefined => {
  if (event.type === 'phase') return phaseWord(event.phase);
  if (event.type === 'fault') return faultLine(state, event.entry);
  if (event.type === 'progress' || event.type === 'warning') {
    const node = event.node === undefined ? '' : `${visible(event.node, 20)}  `;
    return `${event.type === 'warning' ? 'warning  ' : ''}${node}${visible(event.message)}`;
  }
  return undefined;
};

const openingLine = (event: Extract<RunEvent, { readonly type: 'begin' }>, paint: Paint): string =>
  `${paint.bold('ordeal')} ${visible(event.name, 120)}  ${paint.bold(`seed ${event.seed}`)}  ${paint.dim(visible(event.folder, 4096))}`;

/** Whether an event leaves a line above the block on a terminal, where most are shown only as they are. */
const staysOnTerminal = (event: RunEvent): boolean =>
  event.type === 'warning' || (event.type === 'fault' && event.entry.type === 'failed');

export type LiveConsole = Reporter & {
  /** Redraws, or tells progress, when it is time to. */
  tick(): void;
  /** Sums up a run that it did not watch; one that it watched is summed up by its `end`. */
  summarise(data: SummaryData): void;
};

class ConsoleReporter implements LiveConsole {
  readonly #options: ConsoleOptions;
  readonly #paint: Paint;
  readonly #screen: Screen;
  readonly #state = new LiveState();
  readonly #beganAt: number;
  #drawnAt = Number.NEGATIVE_INFINITY;
  #toldAt: number;
  #heardAt: number;
  #isOver = false;

  constructor(options: ConsoleOptions) {
    this.#options = options;
    this.#paint = options.colour ? coloured : plain;
    this.#screen = new Screen(options);
    this.#beganAt = options.now();
    this.#toldAt = this.#beganAt;
    this.#heardAt = this.#beganAt;
  }

  onEvent(event: RunEvent): void {
    this.#state.observe(event);
    this.#heardAt = this.#options.now();
    if (event.type === 'begin') this.#screen.print([openingLine(event, this.#paint)]);
    else if (event.type === 'end') this.#finish(event.isReported);
    else this.#tell(event);
  }

  tick(): void {
    if (this.#options.isTerminal) this.#redraw();
    else this.#tellProgress();
  }

  #tell(event: RunEvent): void {
    if (event.type === 'phase') this.#toldAt = this.#heardAt; // progress is told of what goes on in it
    const text = lineOf(this.#state, event);
    const isKept = !this.#options.isTerminal || staysOnTerminal(event);
    if (text !== undefined && isKept) this.#screen.print([this.#stamp(text)]);
    // What changes the block's meaning is shown at once, the rest at the next redraw.
    if (event.type === 'phase' || event.type === 'fault' || isKept)
      this.#drawnAt = Number.NEGATIVE_INFINITY;
    this.tick();
  }

  #stamp(text: string): string {
    const seconds = ((this.#options.now() - this.#beganAt) / 1000).toFixed(1);
    return `${this.#paint.dim(`${seconds.padStart(7)} s`)}  ${text}`;
  }

  #redraw(): void {
    const now = this.#options.now();
    if (this.#isOver || now - this.#drawnAt < redrawMs) return;
    this.#drawnAt = now;
    const time = this.#state.time + (now - this.#heardAt) * 1e6; // goes on when nothing is heard
    this.#screen.draw(liveLines(this.#state, time, this.#paint));
  }

  #tellProgress(): void {
    const now = this.#options.now();
    if (this.#state.phase !== 'run' || now - this.#toldAt < progressMs) return;
    this.#toldAt = now;
    this.#screen.print([this.#stamp(progressWords(this.#state))]);
  }

  #finish(isReported: boolean): void {
    if (this.#isOver) return; // summed up already, from the reports
    const { begin, operations, faults, result } = this.#state;
    const data = {
      ...(result === undefined ? {} : { result }),
      operations,
      faults,
      report: isReported
        ? (this.#options.report ?? `${begin?.folder ?? '.'}/report.html`)
        : 'could not be written',
      repeat: begin?.repeat ?? '',
    };
    this.summarise(data);
  }

  summarise(data: SummaryData): void {
    this.#isOver = true;
    this.#screen.print(['', ...summaryLines(data, this.#paint)]);
  }
}

/**
 * Shows a run while it goes on and sums it up at its end. Redraws when events arrive; call `tick` now and then
 * (it is cheap) so that the clock moves and progress is told while nothing happens.
 */
export const consoleReporter = (options: ConsoleOptions): LiveConsole =>
  new ConsoleReporter(options);
