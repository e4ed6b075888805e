// The run's own log: `log.jsonl`, one message a line.
import { stringifyJson } from '../history/json.ts';
import { LineAppender } from './appender.ts';
import type { Run } from './run-folder.ts';

export type LogEntry = {
  /** ISO time; now unless told. */
  readonly at?: string;
  readonly level?: 'info' | 'warning' | 'error';
  readonly message: string;
  readonly node?: string;
};

export type Log = {
  write(entry: LogEntry): void;
  /** Errors of the log never end a run: they surface here, once. */
  close(): Promise<void>;
};

/** Opens the log of a run; buffered like the journal. */
export const openLog = (run: Run): Log => {
  const lines = new LineAppender(run.logFile);
  let failure: unknown;
  return {
    write: ({ at = new Date().toISOString(), level = 'info', ...rest }) => {
      if (failure !== undefined) return;
      try {
        lines.append(`${stringifyJson({ at, level, ...rest })}\n`);
      } catch (cause) {
        failure = cause;
      }
    },
    close: async () => {
      await lines.close();
      if (failure !== undefined) throw failure;
    },
  };
};
