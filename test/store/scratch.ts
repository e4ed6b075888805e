// A scratch folder per test, removed afterwards, and operations to put into it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Op } from '../../src/history/op.ts';

/** A new folder that is gone after the test. */
export const scratch = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'ordeal-store-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};

/** `count` operations: ten processes write one after another. */
export const someOps = (count: number): Op[] =>
  Array.from({ length: count }, (_, index) => ({
    index,
    time: index * 1000,
    process: Math.floor(index / 2) % 10,
    type: index % 2 === 0 ? ('invoke' as const) : ('ok' as const),
    f: 'write',
    value: index >> 1,
    key: (index >> 1) % 7,
  }));
