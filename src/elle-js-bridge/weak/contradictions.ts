// Why no order explains a register history: cycles of vertices told as steps between transactions.

import { describe } from './cycles.ts';
import { links, type Polygraph, txnOfVertex } from './polygraph.ts';
import type { CycleEdge } from './search.ts';
import { Names, plainStep, type Step, show, title, type WeakAnomaly } from './words.ts';

/** A finding that may need several cycles: whichever order two writes are given, one of them remains. */
export type Contradiction = WeakAnomaly & { readonly cycles?: readonly (readonly Step[])[] };

const stepOf = (
  graph: Polygraph,
  names: Names,
  edge: { from: number; to: number; by: CycleEdge },
): Step => {
  const { from, to, by } = edge;
  if (by.link === links.process) return plainStep(names, { from, to, relation: 'process' });
  if (by.link === links.realtime || by.link === links.inner)
    return plainStep(names, { from, to, relation: 'realtime' });
  if (by.link === links.wr)
    return plainStep(names, { from, to, relation: 'wr', key: by.key, write: by.version });
  const [a, b] = [names.txn(from), names.txn(to)];
  const key = names.key(by.key);
  const value = by.version < graph.chains.writes ? names.value(by.version) : null;
  const assumed = by.assumed ? ({ assumed: true } as const) : {};
  const supposing = by.assumed ? `, supposing that order of the writes` : '';
  if (by.link === links.ww) {
    const text = `${title(a)} wrote ${show(key)} before ${title(b)} wrote ${show(value)} to it${supposing}`;
    return { from: a, to: b, relation: 'ww', key, value, ...assumed, text };
  }
  const text = `${title(a)} read ${show(key)} before ${title(b)} wrote ${show(value)} to it${supposing}`;
  return { from: a, to: b, relation: 'rw', key, value, ...assumed, text };
};

/** Contracts helper vertices, and begins and commits, into steps between transactions. */
const stepsOf = (graph: Polygraph, cycle: readonly CycleEdge[]): Step[] => {
  const names = new Names(graph.txns);
  const txnOf = (vertex: number): number => txnOfVertex(graph.txns, graph.snapshot, vertex);
  const first = cycle.findIndex((edge) => txnOf(edge.from) >= 0);
  const steps: Step[] = [];
  let from = -1;
  for (const edge of [...cycle.slice(first), ...cycle.slice(0, first)]) {
    if (txnOf(edge.from) >= 0) from = txnOf(edge.from);
    const to = txnOf(edge.to);
    if (to >= 0 && to !== from) steps.push(stepOf(graph, names, { from, to, by: edge }));
  }
  return steps;
};

/** The name that Adya and Elle give a cycle of these steps. */
const nameOf = (steps: readonly Step[]): string => {
  const reads = steps.filter((step) => step.relation === 'rw').length;
  const adjacent = steps.some(
    (step, i) => step.relation === 'rw' && steps[(i + 1) % steps.length]?.relation === 'rw',
  );
  const has = (relation: Step['relation']): boolean =>
    steps.some((step) => step.relation === relation);
  const suffix = has('realtime') ? '-realtime' : has('process') ? '-process' : '';
  if (reads === 0) return `${has('wr') ? 'G1c' : 'G0'}${suffix}`;
  if (reads === 1) return `G-single-item${suffix}`;
  return `${adjacent ? 'G2-item' : 'G-nonadjacent-item'}${suffix}`;
};

/** A cycle that depends on no choice. */
export const explainCycle = (graph: Polygraph, cycle: readonly CycleEdge[]): WeakAnomaly => {
  const steps = stepsOf(graph, cycle);
  return describe(nameOf(steps), steps);
};

/** Cycles of which one remains whatever is chosen. */
export const explainContradiction = (
  graph: Polygraph,
  cycles: readonly (readonly CycleEdge[])[],
): Contradiction => {
  const certain = cycles.find((cycle) => cycle.every((edge) => !edge.assumed));
  if (certain !== undefined) return explainCycle(graph, certain);
  const told = cycles.map((cycle) => stepsOf(graph, cycle));
  const sentences = told.map((steps) => steps.map((step) => step.text).join('; '));
  return {
    type: graph.snapshot ? 'no-snapshot-order' : 'no-serial-order',
    cycles: told,
    text: `however the open pairs of writes are ordered, one of these is a contradiction: ${sentences.join(' | ')}`,
  };
};

/** Lost updates, and reads that were not repeatable: wrong at both levels before any search. */
export const explainForks = (graph: Polygraph): WeakAnomaly[] => {
  const { txns, chains } = graph;
  const names = new Names(txns);
  const lost = chains.lost.map(({ key, version, txns: [first, second] }): WeakAnomaly => {
    const [a, b] = [names.txn(first), names.txn(second)];
    const value = version < chains.writes ? names.value(version) : null;
    const name = show(names.key(key));
    const seen = value === null ? `the initial state of ${name}` : `${name} = ${show(value)}`;
    const text = `${title(a)} and ${title(b)} both read ${seen} and overwrote it: one update was lost`;
    const step = (from: typeof a, to: typeof b): Step => ({
      from,
      to,
      relation: 'rw',
      key: names.key(key),
      text: `${title(from)} read ${name} before ${title(to)} wrote it`,
    });
    return {
      type: 'lost-update',
      text,
      key: names.key(key),
      value,
      steps: [step(a, b), step(b, a)],
    };
  });
  const unrepeatable = chains.unrepeatable.map(([txn, first, second]): WeakAnomaly => {
    const op = names.txn(txn);
    const key = names.key(txns.readKey[second] as number);
    const [expected, value] = [first, second].map((read) =>
      names.value(txns.readWrite[read] as number),
    );
    const text = `${title(op)} read ${show(key)} twice, as ${show(expected)} and as ${show(value)}`;
    return { type: 'non-repeatable-read', text, op, key, value, expected };
  });
  return [...lost, ...unrepeatable];
};
