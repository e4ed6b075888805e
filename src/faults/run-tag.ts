// Short names for what a run makes on a node: kernel names are short, run names are not.
import { createHash } from 'node:crypto';

/** Eight hex digits that stand for a run in the names of tables and chains. */
export const runTag = (run: string): string =>
  createHash('sha256').update(run).digest('hex').slice(0, 8);
