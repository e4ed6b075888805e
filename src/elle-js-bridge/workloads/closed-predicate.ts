// Predicate anomalies: transactions over keys that are inserted, changed and deleted, with reads of all that match.
import type { Op } from '../op.ts';
import { byType, type DependencyCycle, DependencyGraph } from './dependency-graph.ts';
import { type Predicate, type Version, VersionTable, versionMatches } from './predicates.ts';
import {
  type Completed,
  canonical,
  completionsOf,
  entriesOf,
  type WorkloadVerdict,
} from './verdict.ts';

/** One step of a transaction; `rp` reads what matches a predicate, as a record, Map or list of pairs. */
export type PredicateMop =
  | readonly ['insert', key: unknown, value: unknown]
  | readonly ['w', key: unknown, value: unknown]
  | readonly ['delete', key: unknown]
  | readonly ['r', key: unknown, value: unknown]
  | readonly ['rp', predicate: Predicate, found: unknown];

/**
 * Operations: first `{f: 'init', value: {key: value, …}}` (may be missing), then transactions `{f: 'txn', value:
 * [mop, …]}`.
 * Every key is changed at most once after it was born or initialized, so that its versions have one order; of
 * each key no
 * value is written twice. Aborted transactions (`fail`) install nothing.
 */
export type PredicateVerdict = WorkloadVerdict & {
  readonly anomalyTypes: readonly string[];
  readonly anomalies: Readonly<Record<string, readonly PredicateAnomaly[]>>;
  /** Why the answer is `unknown`, if it is. */
  readonly reason?: readonly [
    type: 'duplicate-value' | 'changed-twice' | 'nothing-read',
    detail?: unknown,
  ];
};

/** A cycle, or a read that is wrong by itself. */
export type PredicateAnomaly =
  | DependencyCycle
  | {
      readonly type: string;
      readonly op: number;
      readonly key?: unknown;
      readonly value?: unknown;
      readonly text: string;
    };

type Txn = Completed<readonly PredicateMop[]>;
type Place = { readonly key: number; readonly at: number };

class PredicateCheck {
  readonly table = new VersionTable();
  readonly wrong: PredicateAnomaly[] = [];
  readonly graph: DependencyGraph;
  changedTwice: unknown;
  reads = 0;
  readonly #txns: readonly Txn[];
  readonly #aborted = new Set<string>();

  constructor(ops: readonly Op[]) {
    const init =
      ops.find((op) => op.f === 'init' && op.type === 'ok') ?? ops.find((op) => op.f === 'init');
    for (const [key, value] of entriesOf(init?.value)) this.table.declare(key, { value });
    const all = completionsOf(ops).filter(
      ({ op }) => op.f !== 'init' && Array.isArray(op.value),
    ) as Txn[];
    this.#txns = all.filter(({ op }) => op.type !== 'fail');
    this.graph = new DependencyGraph(this.#txns);
    for (const { op } of all.filter((txn) => txn.op.type === 'fail'))
      for (const mop of op.value)
        if (mop[0] === 'insert' || mop[0] === 'w') this.#aborted.add(this.#name(mop[1], mop[2]));
    // A key is born before it is changed, whatever order the completions came in.
    for (const births of [true, false])
      for (const [node, { op }] of this.#txns.entries()) this.#install(node, op.value, births);
    for (const [key, versions] of this.table.versions.entries())
      if (versions.filter((v) => v.writer >= 0).length > (versions[0]?.state === 'unborn' ? 2 : 1))
        this.changedTwice ??= this.table.keys[key];
  }

  #name(key: unknown, value: unknown): string {
    return JSON.stringify([canonical(key), canonical(value)]);
  }

  #install(writer: number, mops: readonly PredicateMop[], births: boolean): void {
    for (const mop of mops) {
      if ((mop[0] === 'insert') !== births) continue;
      if (mop[0] === 'rp') for (const [key] of entriesOf(mop[2])) this.table.declare(key);
      else if (mop[0] === 'r') this.table.declare(mop[1]);
      else if (mop[0] === 'delete') this.table.write(mop[1], { state: 'dead', writer });
      else this.table.write(mop[1], { state: 'live', value: mop[2], writer });
    }
  }

  run(): void {
    for (const [number, versions] of this.table.versions.entries())
      for (let at = 0; at + 1 < versions.length; at++) this.#overwrite({ key: number, at });
    for (const [node, { op }] of this.#txns.entries()) {
      if (op.type !== 'ok') continue;
      const own = new Map<unknown, unknown>();
      for (const mop of op.value) {
        if (mop[0] === 'r') this.#read(node, mop, own);
        else if (mop[0] === 'rp') this.#readPredicate(node, mop, own);
        else own.set(canonical(mop[1]), mop[0] === 'delete' ? null : mop[2]);
      }
    }
  }

  #version({ key, at }: Place): Version | undefined {
    return this.table.versions[key]?.[at];
  }

  #overwrite(place: Place): void {
    const [before, after] = [this.#version(place), this.#version({ ...place, at: place.at + 1 })];
    if (before === undefined || after === undefined || before.writer < 0) return;
    const key = this.table.keys[place.key];
    this.graph.add({
      from: before.writer,
      to: after.writer,
      relation: 'ww',
      key,
      text: `wrote ${JSON.stringify(key)} before`,
    });
  }

  #read(
    node: number,
    [, key, value]: readonly ['r', unknown, unknown],
    own: ReadonlyMap<unknown, unknown>,
  ): void {
    this.reads++;
    if (own.has(canonical(key))) {
      if (canonical(own.get(canonical(key)) ?? null) !== canonical(value ?? null))
        this.#accuse('internal', node, {
          key,
          value,
          text: `read ${JSON.stringify(value)} of a key that it had set otherwise`,
        });
      return;
    }
    const place = this.#placeOf(node, key, value);
    if (place === undefined) return;
    this.#depend(node, place, 'wr');
    const next = this.#version({ ...place, at: place.at + 1 });
    const text = `read ${JSON.stringify(key)} before it was changed by`;
    if (next !== undefined)
      this.graph.add({ from: node, to: next.writer, relation: 'rw', key, text });
  }

  #placeOf(node: number, key: unknown, value: unknown): Place | undefined {
    if (value === null || value === undefined) return this.table.absent(key);
    const place = this.table.find(key, value);
    if (place !== undefined) return place;
    const aborted = this.#aborted.has(this.#name(key, value));
    const text = aborted ? 'that an aborted transaction wrote' : 'that nobody wrote';
    this.#accuse(aborted ? 'G1a' : 'garbage-read', node, {
      key,
      value,
      text: `read ${JSON.stringify(value)}, ${text}`,
    });
    return undefined;
  }

  #depend(node: number, place: Place, relation: 'wr' | 'wrp'): void {
    const writer = this.#version(place)?.writer ?? -1;
    const key = this.table.keys[place.key];
    const text =
      relation === 'wr'
        ? `wrote ${JSON.stringify(key)}, which was read by`
        : `set ${JSON.stringify(key)}, which a predicate read saw, of`;
    if (writer >= 0) this.graph.add({ from: writer, to: node, relation, key, text });
  }

  /**
   * Compares what a predicate read found with every key: those found, and those that it must have seen not to
   * match.
   */
  #readPredicate(
    node: number,
    mop: readonly ['rp', Predicate, unknown],
    own: ReadonlyMap<unknown, unknown>,
  ): void {
    this.reads++;
    const [, predicate, result] = mop;
    const found = new Map(
      entriesOf(result).map(([key, value]) => [canonical(key), { key, value }]),
    );
    for (const [number, key] of this.table.keys.entries()) {
      // What the transaction itself wrote it sees in its own way.
      if (own.has(canonical(key))) continue;
      const seen = found.get(canonical(key));
      const place =
        seen === undefined
          ? this.#unmatched(node, predicate, number)
          : this.#placeOf(node, key, seen.value);
      if (place === undefined) continue;
      if (seen !== undefined && !versionMatches(predicate, this.#version(place) as Version))
        this.#accuse('predicate-mismatch', node, {
          key,
          value: seen.value,
          text: `a predicate read returned ${JSON.stringify(seen.value)}, which does not match`,
        });
      this.#depend(node, place, 'wrp');
      this.#flips(node, place, predicate);
    }
  }

  /** The version of a key that a predicate read did not return: known only if just one does not match. */
  #unmatched(node: number, predicate: Predicate, number: number): Place | undefined {
    const versions = this.table.versions[number] as Version[];
    const places = versions.flatMap((version, at) =>
      versionMatches(predicate, version) ? [] : [at],
    );
    const key = this.table.keys[number];
    if (places.length === 0)
      this.#accuse('predicate-read-miss', node, {
        key,
        text: `a predicate read missed ${JSON.stringify(key)}, all versions of which match`,
      });
    return places.length === 1 ? { key: number, at: places[0] as number } : undefined;
  }

  /**
   * Later versions that change whether the key matches came after the read. The first is enough: the rest follow
   * it.
   */
  #flips(node: number, place: Place, predicate: Predicate): void {
    const versions = this.table.versions[place.key] as Version[];
    const before = versionMatches(predicate, versions[place.at] as Version);
    const flip = versions
      .slice(place.at + 1)
      .find((version) => versionMatches(predicate, version) !== before);
    const key = this.table.keys[place.key];
    const text = `evaluated a predicate over ${JSON.stringify(key)} before the outcome was changed by`;
    if (flip !== undefined && flip.writer >= 0)
      this.graph.add({ from: node, to: flip.writer, relation: 'rwp', key, text });
  }

  #accuse(
    type: string,
    node: number,
    what: { key?: unknown; value?: unknown; text: string },
  ): void {
    const op = this.#txns[node]?.index ?? -1;
    this.wrong.push({ type, op, ...what, text: `T${op} ${what.text}` });
  }
}

/** Checks a closed-predicate history for the anomalies that Adya names, those of predicates included. */
export const checkClosedPredicate = (
  ops: readonly Op[],
  options: { readonly processes?: boolean; readonly realtime?: boolean } = {},
): PredicateVerdict => {
  const check = new PredicateCheck(ops);
  const none = { anomalyTypes: [], anomalies: {} };
  if (check.table.duplicate !== undefined)
    return { valid: 'unknown', ...none, reason: ['duplicate-value', check.table.duplicate] };
  if (check.changedTwice !== undefined)
    return { valid: 'unknown', ...none, reason: ['changed-twice', check.changedTwice] };
  check.run();
  if (options.processes === true) check.graph.addProcesses();
  if (options.realtime === true) check.graph.addRealtime();
  const found: PredicateAnomaly[] = [...check.wrong, ...check.graph.cycles()];
  const anomalies = byType(found);
  const anomalyTypes = Object.keys(anomalies).sort();
  if (found.length === 0 && check.reads === 0)
    return { valid: 'unknown', ...none, reason: ['nothing-read'] };
  return { valid: found.length === 0, anomalyTypes, anomalies };
};
