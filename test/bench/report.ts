// The report of a large run: how long it takes to make, and how large it is.
import { modelOf } from '../../src/report/model.ts';
import { pageOf } from '../../src/report/page/page.ts';
import { sampleHistory, sampleRun } from '../report/sample-run.ts';
import type { Figure } from './main.ts';

const measure = (name: string, threadOperations: number, seconds: number): readonly Figure[] => {
  const run = sampleRun({ history: sampleHistory(threadOperations, seconds) });
  const began = performance.now();
  const model = modelOf(run);
  const page = pageOf(model);
  const took = performance.now() - began;
  const goals = name === '100,000' ? { size: { goal: '< 5' } } : {};
  return [
    { name: `report of ${name} operations: time to make it`, value: took, unit: 'ms' },
    {
      name: `report of ${name} operations: size`,
      value: page.length / 1e6,
      unit: 'MB',
      ...goals.size,
    },
  ];
};

/** 100,000 operations, and a million, which are thinned out. */
export const figures = async (): Promise<readonly Figure[]> => [
  ...measure('100,000', 125_000, 240),
  ...measure('1,000,000', 1_250_000, 2_400),
];
