// Wing and Gong's search with Lowe's memory: is there an order of the operations that the model allows?
import type { Call } from './calls.ts';
import { type Model, show } from './model.ts';
import { Position } from './position.ts';
import { Visited } from './visited.ts';

export type SearchResult = {
  readonly valid: boolean | 'unknown';
  /** Configurations looked at. */
  readonly configurations: number;
  /** What is counted against the budget: configurations, steps of the model, looked-up steps at 64 for one. */
  readonly work: number;
  /** When not valid: the call (its place among the calls) whose return was reached and never passed. */
  readonly stuckAt?: number;
  /** When valid and asked for: the calls that took effect, by their place, in an order that the model allows. */
  readonly order?: readonly number[];
  /** When not valid: in words, the states the object may have been in at that moment. */
  readonly states?: readonly string[];
};

export type SearchOptions<S> = {
  readonly model: Model<S>;
  readonly calls: readonly Call[];
  /** Work, in configurations: a step of the model counts as one, 64 looked-up steps count as one. */
  readonly budget: number;
  /** Whether a valid result carries an order. */
  readonly certificate?: boolean;
};

/** Memory for configurations, in bytes. */
const memoryMax = 512 * 1024 * 1024;
const lostElementsMax = 16_000_000;
const lookUpsPerConfiguration = 64;
/** Looked-up steps that take as long as comparing two multisets of lost operations. */
const comparisonCost = 16;
/** More states than this are not listed. */
export const statesMax = 8;

/**
 * Decides by depth-first search over configurations: which return comes next (the frontier), which open operations
 * took effect ahead of it, which lost ones did, and the state. Nothing before the frontier has to be remembered.
 * A configuration that used fewer lost operations makes one that used more superfluous.
 */
export const searchWgl = <S>(options: SearchOptions<S>): SearchResult => new Search(options).run();

class Search<S> {
  readonly #options: SearchOptions<S>;
  readonly #position: Position<S>;
  readonly #visited: Visited;
  readonly #rowsMax: number;
  #deepest = 0;

  constructor(options: SearchOptions<S>) {
    this.#options = options;
    this.#position = new Position(options.model, options.calls);
    this.#visited = new Visited(this.#position.mask.length);
    this.#rowsMax = Math.floor(memoryMax / Visited.bytesPerRow(this.#visited.words));
  }

  run(): SearchResult {
    const position = this.#position;
    position.start();
    if (position.isDone()) return this.#valid([]);
    let row = this.#remember(-1, -1);
    let last = -1;
    while (row !== -1) {
      if (this.#isSpent()) return this.#notValid('unknown');
      const step = position.nextStep(last);
      if (step === -1) {
        last = this.#visited.via[row] as number;
        row = this.#visited.parent[row] as number;
        if (row !== -1) this.#load(row);
        continue;
      }
      position.take(step);
      if (position.isDone()) return this.#valid([...this.#stepsTo(row), step]);
      const child = this.#remember(row, step);
      if (child === -1) this.#load(row);
      last = child === -1 ? step : -1;
      if (child !== -1) row = child;
    }
    return this.#notValid(false);
  }

  #isSpent(): boolean {
    return (
      this.#work() > this.#options.budget ||
      this.#visited.size >= this.#rowsMax ||
      this.#position.lostSets.elements > lostElementsMax
    );
  }

  #work(): number {
    const { lookUps, transitions } = this.#position;
    return this.#visited.size + transitions.asked + Math.floor(lookUps / lookUpsPerConfiguration);
  }

  /** The new row of the configuration at hand, or -1 when nothing new can come of it. */
  #remember(parent: number, via: number): number {
    const { frontier, state, lost, mask, lostSets } = this.#position;
    let row = this.#visited.find(frontier, state, mask);
    for (; row !== -1; row = this.#visited.sibling(row, mask)) {
      this.#position.lookUps += comparisonCost;
      if (lostSets.isWithin(this.#visited.lost[row] as number, lost)) return -1;
    }
    if (frontier > this.#deepest) this.#deepest = frontier;
    return this.#visited.add({ frontier, state, lost, parent, via, mask });
  }

  #load(row: number): void {
    const { frontier, state, lost, mask, words } = this.#visited;
    const position = this.#position;
    position.frontier = frontier[row] as number;
    position.state = state[row] as number;
    position.lost = lost[row] as number;
    for (let i = 0; i < words; i++) position.mask[i] = mask[row * words + i] as number;
    position.moved();
  }

  #stepsTo(row: number): number[] {
    const { via, parent } = this.#visited;
    const steps: number[] = [];
    if (this.#options.certificate !== true) return steps;
    for (let at = row; parent[at] !== -1; at = parent[at] as number) steps.push(via[at] as number);
    return steps.reverse();
  }

  #valid(steps: readonly number[]): SearchResult {
    const result = { valid: true, configurations: this.#visited.size, work: this.#work() };
    if (this.#options.certificate !== true) return result;
    const order: number[] = [];
    this.#position.start(order);
    for (const step of steps) this.#position.take(step);
    return { ...result, order };
  }

  #notValid(valid: false | 'unknown'): SearchResult {
    const { tape } = this.#position;
    return {
      valid,
      configurations: this.#visited.size,
      work: this.#work(),
      stuckAt: tape.callAt[tape.byRank[this.#deepest] as number] as number,
      states: this.#statesAt(this.#deepest),
    };
  }

  #statesAt(frontier: number): string[] {
    const { size, frontier: frontiers, state } = this.#visited;
    const states = new Set<number>();
    for (let row = 0; row < size && states.size < statesMax; row++)
      if (frontiers[row] === frontier) states.add(state[row] as number);
    const describe = this.#options.model.describeState ?? show;
    return [...states].map((id) => describe(this.#position.transitions.state(id)));
  }
}
