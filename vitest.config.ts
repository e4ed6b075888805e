// Test suites: `fast` (no root, no network, under a minute), `browser` (the report in Chromium), `cluster` (root, real nodes,
// one file at a time), `long` (minutes to hours, by hand and at night).
import { defineConfig } from 'vitest/config';

const common = { environment: 'node', isolate: false, pool: 'forks' } as const;

/** Most tests wait for processes and sockets more than they compute. */
const filesAtOnce = 3;

export default defineConfig({
  test: {
    maxWorkers: filesAtOnce,
    projects: [
      {
        test: {
          ...common,
          name: 'fast',
          include: ['test/**/*.test.ts'],
          exclude: ['test/browser/**', 'test/cluster/**', 'test/long/**'],
          testTimeout: 60_000,
        },
      },
      {
        test: {
          ...common,
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          testTimeout: 60_000,
        },
      },
      {
        test: {
          ...common,
          name: 'cluster',
          include: ['test/cluster/**/*.test.ts'],
          globalSetup: ['test/cluster/state-folder.ts'],
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
      {
        test: {
          ...common,
          name: 'long',
          include: ['test/long/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 3_600_000,
        },
      },
    ],
  },
});
