// Ctrl-C: the first one stops the run in order, the second one tells how to heal by hand and ends at once.
import { exitCodes } from '../base/errors.ts';

export type Interrupt = {
  /** Aborts at the first SIGINT, SIGTERM or SIGHUP. */
  readonly signal: AbortSignal;
  /** What a second one prints before it ends the process. */
  manual: string;
  /** Stops listening. */
  [Symbol.dispose](): void;
};

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Listens for the signals that end a run early. */
export const listenForInterrupt = (): Interrupt => {
  const controller = new AbortController();
  const interrupt: Interrupt = {
    signal: controller.signal,
    manual: '',
    [Symbol.dispose]: () => {
      for (const name of signals) process.off(name, onSignal);
    },
  };
  const onSignal = (name: NodeJS.Signals): void => {
    if (controller.signal.aborted) {
      process.stderr.write(`\nended without cleaning up. ${interrupt.manual}\n`);
      process.exit(exitCodes.interrupted);
    }
    process.stderr.write(`\n${name}: healing and keeping the history; once more ends at once\n`);
    controller.abort(new Error(`interrupted by ${name}`));
  };
  for (const name of signals) process.on(name, onSignal);
  return interrupt;
};
