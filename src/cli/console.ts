// The console of a run: a live block on a terminal, plain lines elsewhere, told of every event.
import type { Reporter } from '../contract/events.ts';
import { consoleReporter } from '../report/console.ts';
import type { SummaryData } from '../report/summary.ts';

const tickMs = 100;

export type Console = Reporter & {
  /** Sums up a stored run. */
  summarise(data: SummaryData): void;
  /** Stops the clock of the live block. */
  [Symbol.dispose](): void;
};

const wantsColour = (): boolean => {
  if (process.env['NO_COLOR']) return false;
  return process.env['FORCE_COLOR'] !== undefined && process.env['FORCE_COLOR'] !== '0'
    ? true
    : process.stdout.isTTY === true;
};

/** Reports to standard output. */
export const openConsole = (): Console => {
  const reporter = consoleReporter({
    stream: process.stdout,
    isTerminal: process.stdout.isTTY === true && !process.env['CI'],
    colour: wantsColour(),
    now: () => performance.now(),
  });
  const timer = setInterval(() => reporter.tick(), tickMs);
  timer.unref();
  return {
    onEvent: (event) => reporter.onEvent(event),
    summarise: (data) => reporter.summarise(data),
    [Symbol.dispose]: () => clearInterval(timer),
  };
};
