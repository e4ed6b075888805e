// The generator that has nothing to do, ever. Combinators collapse to it as soon as they know.
import type { Gen, Step } from './generator.ts';

export const done: Step = { kind: 'done' };

export const finished: Gen = { op: () => done, update: () => finished };
