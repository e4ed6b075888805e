// Cycle analysis of a whole graph: which models some cycle rules out, and a shortest cycle of each kind.
import type { Dependencies } from '../graph/dependencies.ts';
import { bits } from '../graph/relations.ts';
import {
  anomaliesForbiddenBy,
  anomaliesImplied,
  friendlyModel,
  modelsAtLeast,
} from '../models/lattice.ts';
import { cycleHomes } from './exists.ts';
import { type Part, partsOf } from './part.ts';
import { rivalsOf } from './rivals.ts';
import { searchCycle } from './search.ts';
import { cycleSpecs, existsSpecs, type Spec } from './specs.ts';

/** A cycle in the whole history's numbers. */
export type FoundCycle = {
  readonly type: string;
  readonly txns: readonly number[];
  /** One relation bit a step. */
  readonly relations: readonly number[];
  readonly shortest: boolean;
};

export type FoundExists = {
  readonly type: string;
  readonly not: string;
  /** The smallest component that holds such a cycle. */
  readonly txns: readonly number[];
};

export type CycleAnalysis = {
  readonly cycles: readonly FoundCycle[];
  readonly exists: readonly FoundExists[];
};

export type AnalyzeOptions = {
  /** Data relation bits by which typed kinds count an edge, foremost first. */
  readonly priority: readonly number[];
  /** Edges looked at for one kind in one component; see `defaultWork`. */
  readonly work?: number;
  readonly polish?: number;
};

/** About a second for one kind in one component. */
export const defaultWork = 50_000_000;
/** What is spent to shorten a cycle that is known. */
export const defaultPolish = 1_000_000;

/** Every component by itself; at most one cycle of each kind in each. */
export const analyzeCycles = (graph: Dependencies, options: AnalyzeOptions): CycleAnalysis => {
  const cycles: FoundCycle[] = [];
  const exists: FoundExists[] = [];
  for (const part of partsOf(graph)) {
    const analysis = new PartAnalysis(part, options);
    exists.push(...analysis.findExists());
    cycles.push(...analysis.findCycles());
  }
  return { cycles, exists };
};

class PartAnalysis {
  readonly #part: Part;
  readonly #options: AnalyzeOptions;
  readonly #homes = new Map<string, readonly Int32Array[]>();
  readonly #ruledOut = new Set<string>();

  constructor(part: Part, options: AnalyzeOptions) {
    this.#part = part;
    this.#options = options;
  }

  #homesOf(model: string): readonly Int32Array[] {
    const known = this.#homes.get(model);
    if (known) return known;
    const spec = existsSpecs.find((row) => row.model === model)!;
    const homes = cycleHomes(this.#part, spec);
    this.#homes.set(model, homes);
    return homes;
  }

  findExists(): FoundExists[] {
    const found: FoundExists[] = [];
    for (const { model, free } of existsSpecs) {
      if (this.#ruledOut.has(model) || !this.#isWorthwhile(free)) continue;
      const homes = this.#homesOf(model);
      if (homes.length === 0) continue;
      for (const stronger of modelsAtLeast(model)) this.#ruledOut.add(stronger);
      const smallest = homes.reduce((a, b) => (b.length < a.length ? b : a));
      const txns = Array.from(smallest, (txn) => this.#part.whole[txn]!);
      found.push({ type: `${model}-cycle-exists`, not: friendlyModel(model), txns });
    }
    return found;
  }

  /** Without edges of a session or of real time, the answer is the plain model's. */
  #isWorthwhile(free: number): boolean {
    const extra = free & (bits.process | bits.realtime);
    return extra === 0 || (this.#part.relations & extra) !== 0;
  }

  /**
   * What a hit implies is not searched for, except what Elle may have told the same cycles as: it names every step
   * by its foremost relation, and gives a kind up when the first cycle it meets turns out to be of another.
   */
  findCycles(): FoundCycle[] {
    const possible = existsSpecs.map((row) => row.model).filter((m) => !this.#ruledOut.has(m));
    const impossible = anomaliesForbiddenBy(possible);
    const cycles = new Map<string, FoundCycle>();
    const skip = new Set(impossible);
    for (const spec of cycleSpecs) {
      if (skip.has(spec.anomaly)) continue;
      const cycle = this.#find(spec);
      if (!cycle) continue;
      cycles.set(spec.anomaly, cycle);
      const rivals = this.#rivals(spec);
      if (!spec.byLabel) for (const rival of rivals) this.#addRival(cycles, rival, impossible);
      if (spec.byLabel && rivals.size > 0) continue;
      for (const implied of anomaliesImplied([spec.anomaly])) skip.add(implied);
    }
    return [...cycles.values()];
  }

  #rivals(spec: Spec): Set<string> {
    const { priority } = this.#options;
    return rivalsOf(this.#part, spec, { homes: this.#homesOf(spec.within), priority });
  }

  #addRival(cycles: Map<string, FoundCycle>, rival: string, impossible: ReadonlySet<string>): void {
    if (cycles.has(rival) || impossible.has(rival)) return;
    const cycle = this.#find(cycleSpecs.find((spec) => spec.anomaly === rival)!);
    if (cycle) cycles.set(rival, cycle);
  }

  #find(spec: Spec): FoundCycle | undefined {
    if (!this.#canMatch(spec)) return undefined;
    const { priority, work = defaultWork, polish = defaultPolish } = this.#options;
    const part = this.#part;
    const found = searchCycle({ part, spec, priority, work, polish }, this.#homesOf(spec.within));
    if (found === 'none' || found === 'exhausted') return undefined;
    return { ...found, type: spec.anomaly, txns: found.txns.map((txn) => part.whole[txn]!) };
  }

  #canMatch(spec: Spec): boolean {
    return spec.required.every((mask) => (mask & this.#part.relations) !== 0);
  }
}
