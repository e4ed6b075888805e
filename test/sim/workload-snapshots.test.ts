// The first 100 operations of every bundled workload for seed 1: a change of what a seed means is seen, and meant.
import { expect, test } from 'vitest';
import { stringifyJson } from '../../src/history/json.ts';
import type { Op } from '../../src/history/op.ts';
import { playWorkload, workloadNames } from './play-workload.ts';

const line = ({ time, process, f, key, value }: Op): string =>
  `${(time / 1e6).toFixed(3).padStart(9)} ms  ${String(process).padStart(3)}  ${f}${key === undefined ? '' : `@${key}`} ${stringifyJson(value)}`;

test.each(workloadNames)('%s', async (name) => {
  const history = await playWorkload(name, { seed: 1, maxEntries: 1000 });
  const invocations = history.filter((op) => op.type === 'invoke').slice(0, 100);
  expect(invocations).toHaveLength(100);
  const text = `${invocations.map(line).join('\n')}\n`;
  await expect(text).toMatchFileSnapshot(`__snapshots__/${name}-seed-1.txt`);
});
