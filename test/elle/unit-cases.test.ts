// Elle's function-level cases: edges, single anomalies, version graphs and searches in tiny graphs.

import type { TxnOp } from 'elle-js-bridge';
import { describe, expect, test } from 'vitest';
import * as aborted from '../../src/elle-js-bridge/append/aborted.ts';
import { readAppends } from '../../src/elle-js-bridge/append/check.ts';
import { appendDependencies } from '../../src/elle-js-bridge/append/dependencies.ts';
import { internalAnomalies } from '../../src/elle-js-bridge/append/internal.ts';
import { partsOf } from '../../src/elle-js-bridge/cycles/part.ts';
import { searchCycle } from '../../src/elle-js-bridge/cycles/search.ts';
import { cycleSpecs } from '../../src/elle-js-bridge/cycles/specs.ts';
import { Dependencies } from '../../src/elle-js-bridge/graph/dependencies.ts';
import { Edges, layOut } from '../../src/elle-js-bridge/graph/edges.ts';
import { monotonicKeyEdges } from '../../src/elle-js-bridge/graph/monotonic-keys.ts';
import { addOrder } from '../../src/elle-js-bridge/graph/orders.ts';
import { bits, maskOf, relationOf } from '../../src/elle-js-bridge/graph/relations.ts';
import { isError } from '../../src/elle-js-bridge/history/errors.ts';
import { openSource } from '../../src/elle-js-bridge/history/source.ts';
import { pairTransactions } from '../../src/elle-js-bridge/history/transactions.ts';
import * as registerAnomalies from '../../src/elle-js-bridge/register/anomalies.ts';
import { registerDependencies } from '../../src/elle-js-bridge/register/dependencies.ts';
import { linearizableOrder } from '../../src/elle-js-bridge/register/linearizable.ts';
import { readRegisters } from '../../src/elle-js-bridge/register/load.ts';
import { findUsers } from '../../src/elle-js-bridge/register/users.ts';
import type { Finding, Relation } from '../../src/elle-js-bridge/result.ts';
import { hasConformanceData, noConformanceData, unitCases } from './conformance-data.ts';

type Graph = {
  readonly vertices: readonly number[];
  readonly edges: readonly (readonly [number, number, readonly Relation[] | null])[];
};
type UnitCase = {
  readonly id: string;
  readonly fn: string;
  readonly history?: readonly TxnOp[];
  readonly ops?: readonly TxnOp[];
  readonly graph?: Graph;
  readonly spec?: string;
  readonly versionGraphs?: Readonly<Record<string, Graph>>;
  readonly expected: never;
};

const cases = hasConformanceData ? unitCases<UnitCase>() : [];

/** Every process a client: Elle's cases leave processes out. */
const asClients = (history: readonly TxnOp[]): TxnOp[] =>
  history.map((op) => (typeof op.process === 'number' ? op : { ...op, process: 0 }));

const open = (history: readonly TxnOp[]) => {
  const source = openSource(asClients(history));
  return { source, txns: pairTransactions(source.events) };
};

const must = <T extends object>(answer: T): Exclude<T, { code: string }> => {
  if (isError(answer)) throw new Error(answer.message);
  return answer as Exclude<T, { code: string }>;
};

const appendTable = (history: readonly TxnOp[]) => {
  const { source, txns } = open(history);
  return must(readAppends(source, txns));
};

const registerTable = (history: readonly TxnOp[]) => {
  const { source, txns } = open(history);
  return must(readRegisters(source, txns, false));
};

/** Edges by operation index, hubs taken out. */
const edgesOf = (graph: Dependencies, nameOf: (txn: number) => number | undefined): string[] => {
  const { from, to, mask, length } = graph.edges;
  const all = Array.from({ length }, (_, i) => [from[i]!, to[i]!, mask[i]!] as const);
  const direct = all.filter(([a, b]) => a < graph.txns && b < graph.txns);
  const through = all
    .filter(([, b]) => b >= graph.txns)
    .flatMap(([a, hub, bit]) =>
      all.filter(([h]) => h === hub).map(([, b]) => [a, b, bit] as const),
    );
  const named = [...direct, ...through]
    .filter(([a, b]) => a !== b)
    .map(([a, b, bit]) => `${nameOf(a)} ${nameOf(b)} ${relationOf(bit)}`);
  return [...new Set(named)].sort();
};

const expectedEdges = ({ edges }: Graph): string[] =>
  edges.flatMap(([a, b, relations]) => (relations ?? []).map((r) => `${a} ${b} ${r}`)).sort();

/** Findings as Elle's cases write them: operations by index. */
const shown = (findings: readonly Finding[]): unknown => {
  const simple = findings.map((finding) =>
    Object.fromEntries(
      Object.entries(finding).map(([name, value]) => [
        name,
        name === 'op' || name === 'writer' ? `T${(value as TxnOp).index}` : value,
      ]),
    ),
  );
  return simple.length === 0 ? null : simple;
};

/** Everything that comes before something else by the order of sessions or of real time. */
const reachable = (edges: readonly (readonly [number, number])[]): string[] => {
  const pairs = new Set(edges.map(([a, b]) => `${a} ${b}`));
  for (const pair of pairs)
    for (const [a, b] of edges) if (pair.endsWith(` ${a}`)) pairs.add(`${pair.split(' ')[0]} ${b}`);
  return [...pairs].sort();
};

const orderPairs = (history: readonly TxnOp[], order: 'process' | 'realtime'): string[] => {
  const { txns, source } = open(history);
  const graph = new Dependencies(txns.count, 8);
  addOrder(graph, txns, order);
  const nameOf = (txn: number): number => source.op(txns.position[txn]!).index!;
  if (order === 'process') {
    const { from, to, length } = graph.edges;
    return reachable(Array.from({ length }, (_, i) => [nameOf(from[i]!), nameOf(to[i]!)] as const));
  }
  const { invokedAt, completedAt } = graph.realtime!;
  const pairs: string[] = [];
  for (let a = 0; a < txns.count; a++)
    for (let b = 0; b < txns.count; b++)
      if (completedAt[a]! >= 0 && completedAt[a]! < invokedAt[b]!)
        pairs.push(`${nameOf(a)} ${nameOf(b)}`);
  return pairs.sort();
};

/** Searches a graph given by its edges; the cycle's length, or undefined. */
const searchIn = (graph: Graph, name: string): number | undefined => {
  const number = new Map(graph.vertices.map((vertex, i) => [vertex, i]));
  const dependencies = new Dependencies(graph.vertices.length, 8);
  for (const [a, b, relations] of graph.edges)
    dependencies.edges.add(number.get(a)!, number.get(b)!, maskOf(relations!));
  const hasPredicate = graph.edges.some(([, , relations]) => relations!.includes('rwp'));
  const isPredicate = /^G-single$|^G-nonadjacent|^G2$/.test(
    name.replace(/-(process|realtime)$/, ''),
  );
  const kind =
    isPredicate && !hasPredicate ? name.replace(/^(G-single|G-nonadjacent|G2)/, '$1-item') : name;
  const spec = cycleSpecs.find(({ anomaly }) => anomaly === kind)!;
  for (const part of partsOf(dependencies)) {
    const homes = [Int32Array.from({ length: part.txns }, (_, i) => i)];
    const priority = [bits.ww, bits.wr, bits.rw];
    const found = searchCycle({ part, spec, priority, work: 1e6, polish: 1e6 }, homes);
    if (typeof found === 'object') return found.txns.length;
  }
  return undefined;
};

/** A history in which transactions follow each other as in the graph, one weak component at a time. */
const layersOf = (graph: Graph, ops: readonly TxnOp[]): TxnOp[][] => {
  const depth = new Map<number, number>(graph.vertices.map((vertex) => [vertex, 0]));
  const group = new Map<number, number>(graph.vertices.map((vertex) => [vertex, vertex]));
  for (let round = 0; round < graph.vertices.length; round++)
    for (const [a, b] of graph.edges) {
      depth.set(b, Math.max(depth.get(b)!, depth.get(a)! + 1));
      const least = Math.min(group.get(a)!, group.get(b)!);
      group.set(a, least);
      group.set(b, least);
    }
  return [...new Set(group.values())].map((root) => {
    const members = ops.filter((op) => group.get(op.index!) === root);
    const layers = Map.groupBy(members, (op) => depth.get(op.index!)!);
    return [...layers]
      .sort(([a], [b]) => a - b)
      .flatMap(([, layer]) => [
        ...layer.map((op): TxnOp => ({ ...op, type: 'invoke', process: op.index! })),
        ...layer.map((op): TxnOp => ({ ...op, process: op.index! })),
      ]);
  });
};

const versionEdges = ({ graph, ops }: UnitCase): string[] =>
  layersOf(graph!, ops!).flatMap((history) => {
    const table = registerTable(history.map((op, index) => ({ ...op, index })));
    const { from, to } = linearizableOrder(table);
    const nameOf = (v: number): string => String(table.versionValue.at(v));
    return Array.from(
      from.view(),
      (v, i) => `${String(table.keys[table.versionKey[v]!])} ${nameOf(v)} ${nameOf(to.items[i]!)}`,
    );
  });

/** Neither sessions nor real time lead away from a crashed transaction, so we never ask what follows its writes. */
const isCrashed = ({ ops }: UnitCase, value: number): boolean =>
  ops!.some((op) => op.type === 'info' && op.value.some((mop) => mop[2] === value));

const answers: Readonly<
  Record<string, (one: UnitCase) => readonly [ours: unknown, theirs: unknown]>
> = {
  'core/monotonic-key-graph': (one) => [
    monotonicKeyEdges(one.history as never)
      .map(([a, b]) => `${a} ${b} ww`)
      .sort(),
    expectedEdges(one.expected),
  ],
  'core/process-graph': (one) => [
    orderPairs(one.history!, 'process'),
    reachable((one.expected as Graph).edges.map(([a, b]) => [a, b] as const)),
  ],
  'core/realtime-graph': (one) => [
    orderPairs(one.history!, 'realtime'),
    reachable((one.expected as Graph).edges.map(([a, b]) => [a, b] as const)),
  ],
  'bfs/search': (one) => [
    searchIn(one.graph!, one.spec!),
    one.expected === null ? undefined : (one.expected as number[]).length - 1,
  ],
  'list-append/g1a-cases': (one) => [
    shown(aborted.abortedReads(appendTable(one.history!))),
    one.expected,
  ],
  'list-append/g1b-cases': (one) => [
    shown(aborted.intermediateReads(appendTable(one.history!))),
    one.expected,
  ],
  'list-append/internal-cases': (one) => [
    shown(internalAnomalies(appendTable(one.history!))),
    (one.expected as { internal?: unknown }).internal ?? null,
  ],
  'rw-register/g1a-cases': (one) => [
    shown(registerAnomalies.abortedReads(registerTable(one.history!))),
    one.expected,
  ],
  'rw-register/g1b-cases': (one) => [
    shown(registerAnomalies.intermediateReads(registerTable(one.history!))),
    one.expected,
  ],
  'rw-register/internal-cases': (one) => [
    shown(registerAnomalies.internalAnomalies(registerTable(one.history!))),
    one.expected,
  ],
  'rw-register/transaction-graph->version-graphs': (one) => [
    [...new Set(versionEdges(one))].sort(),
    Object.entries(one.expected as Record<string, Graph>)
      .flatMap(([key, { edges }]) =>
        edges.filter(([a]) => !isCrashed(one, a)).map(([a, b]) => `${key} ${a} ${b}`),
      )
      .sort(),
  ],
  'rw-register/version-graphs->transaction-graph': (one) => {
    const table = registerTable(one.history!);
    const order = new Edges();
    const versionOf = (value: unknown): number =>
      Array.from({ length: table.versionValue.length }, (_, v) => v).find(
        (v) => table.versionValue.at(v) === value,
      ) ?? -1;
    for (const { edges } of Object.values(one.versionGraphs!))
      for (const [a, b] of edges)
        if (versionOf(a) >= 0 && versionOf(b) >= 0) order.add(versionOf(a), versionOf(b), 1);
    const graph = registerDependencies(
      table,
      must(findUsers(table)),
      layOut(order, table.versionValue.length),
    );
    const nameOf = (txn: number) => table.source.op(table.txns.position[txn]!).index;
    const ours = edgesOf(graph, nameOf).filter((edge) => !edge.endsWith(' wr'));
    return [ours, expectedEdges(one.expected)];
  },
};
const appendGraph = (relation: string) => (one: UnitCase) => {
  const table = appendTable(one.history!);
  const nameOf = (txn: number) => table.source.op(table.txns.position[txn]!).index;
  const ours = edgesOf(appendDependencies(table), nameOf);
  return [ours.filter((edge) => edge.endsWith(relation)), expectedEdges(one.expected)] as const;
};
const all = {
  ...answers,
  'list-append/graph': appendGraph(''),
  'list-append/ww-graph': appendGraph('ww'),
  'list-append/wr-graph': appendGraph('wr'),
};

describe.skipIf(!hasConformanceData)(
  hasConformanceData ? 'unit cases' : `unit cases (skipped: ${noConformanceData})`,
  () => {
    test('all 84 are there', () => expect(cases.length).toBe(84));
    test.each(cases.map((one) => [one.id, one] as const))('%s', (_, one) => {
      const [ours, theirs] = all[one.fn as keyof typeof all]!(one);
      expect(ours).toEqual(theirs);
    });
  },
);

describe('searches of our own', () => {
  const triangle = (relations: readonly Relation[]): Graph => ({
    vertices: [1, 2, 3],
    edges: relations.map((relation, i) => [i + 1, ((i + 1) % 3) + 1, [relation]] as const),
  });

  test('rw steps that meet, also across the seam, are not apart', () => {
    expect(searchIn(triangle(['rw', 'rw', 'ww']), 'G-nonadjacent')).toBeUndefined();
    expect(searchIn(triangle(['rw', 'ww', 'rw']), 'G-nonadjacent')).toBeUndefined();
    expect(searchIn(triangle(['rw', 'rw', 'ww']), 'G2')).toBe(3);
  });

  test('one rw is one rw', () => {
    expect(searchIn(triangle(['rw', 'rw', 'ww']), 'G-single')).toBeUndefined();
    expect(searchIn(triangle(['wr', 'rw', 'ww']), 'G-single')).toBe(3);
    expect(searchIn(triangle(['wr', 'rw', 'ww']), 'G2')).toBeUndefined();
  });

  test('a cycle through one transaction twice is none', () => {
    const eight: Graph = {
      vertices: [1, 2, 3],
      edges: [
        [1, 2, ['rw']],
        [2, 1, ['ww']],
        [1, 3, ['rw']],
        [3, 1, ['ww']],
      ],
    };
    expect(searchIn(eight, 'G-nonadjacent')).toBeUndefined();
    expect(searchIn(eight, 'G-single')).toBe(2);
  });
});
