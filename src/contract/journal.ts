// Where operations are written before they are dispatched.
import type { Op } from '../history/op.ts';

/** Append is synchronous and buffered (flushed within 50 ms, fsynced every second); an error surfaces at the next call. */
export type Journal = {
  append(op: Op): void;
  /** Written to the file and fsynced. */
  flush(): Promise<void>;
  close(): Promise<void>;
};
