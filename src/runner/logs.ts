// Fetches the nodes' log files into the run folder: what can be had, past failures.
import { join } from 'node:path';
import type { OrdealError } from '../base/errors.ts';
import type { Node } from '../contract/node.ts';
import type { System, SystemContext } from '../contract/system.ts';
import { tryEveryNode } from './nodes.ts';

/** A log larger than this is cut to its end: the failure is rarely in the middle, and a report must stay readable. */
const maxLogMiB = 64;

/** Downloads every log that exists to `folder/<node>/`; returns the failures. */
export const downloadLogs = (options: {
  readonly nodes: readonly Node[];
  readonly system: System;
  readonly context: SystemContext;
  readonly folder: string;
}): Promise<OrdealError[]> => {
  const { nodes, system, context, folder } = options;
  return tryEveryNode(nodes, async (node) => {
    for (const path of system.logFiles?.(node, context) ?? []) {
      const size = await node.remote.exec(['stat', '-c', '%s', path], {
        check: false,
        timeoutMs: 10_000,
      });
      if (size.exitCode !== 0) continue; // never written: the system did not start here
      const name = path.split('/').at(-1) ?? 'log';
      const tooLarge = Number(size.stdout) > maxLogMiB * 2 ** 20;
      const source = tooLarge ? `${path}.tail` : path;
      if (tooLarge)
        await node.remote.exec([
          'sh',
          '-c',
          'tail -c "$1" "$2" > "$3"',
          'sh',
          String(maxLogMiB * 2 ** 20),
          path,
          source,
        ]);
      await node.remote.download(source, join(folder, node.name, name), { timeoutMs: 30_000 });
    }
  });
};
