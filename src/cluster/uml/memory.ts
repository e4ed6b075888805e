// Memory of a node with its own kernel, in MiB.
import { usageError } from '../../base/errors.ts';

export const defaultMemoryMiB = 256;

/** Below, the kernel and sshd alone have no room; above, one node would be this machine. */
const bounds = { least: 64, most: 65_536 } as const;

/** Throws a usage error unless a node can have that much. */
export const checkMemory = (memoryMiB: number): void => {
  if (!Number.isInteger(memoryMiB) || memoryMiB < bounds.least || memoryMiB > bounds.most)
    throw usageError(
      `a node has ${bounds.least} to ${bounds.most} MiB of memory, not ${memoryMiB}`,
    );
};
