// Sets that only grow, with reads of the whole set: reads are stages, and every element is added in one of them.
import { never } from './calls.ts';
import { isSure, none, type SetCalls, type SetRead } from './set-calls.ts';

/**
 * Smaller reads come before larger ones, and each must contain the one before. An element is added after the last read
 * without it and before the first one with it. So all calls have a stage, and no call may have returned before one of an
 * earlier stage began; calls of one stage are in each other's way in no order.
 */
export const findDisorderedRead = (calls: SetCalls, horizon: number): number[] | undefined => {
  const { strand, add } = calls;
  const reads = calls.reads
    .filter(({ place }) => isSure(strand, place, horizon))
    .sort((a, b) => a.elements.length - b.elements.length);
  const stageOf = new Int32Array(add.length).fill(none);
  const stages = new Stages(calls, horizon);
  let stage = 0;
  for (const [at, read] of reads.entries()) {
    const before = reads[at - 1];
    if (before !== undefined && before.elements.length < read.elements.length) stage++;
    const wrong = enter({ calls, read, before, stageOf, stage });
    if (wrong !== undefined) return wrong;
  }
  const last = stage + 1;
  const byStage: number[][] = Array.from({ length: 2 * last + 1 }, () => []);
  for (let element = 0; element < add.length; element++) {
    const place = add[element] as number;
    const seen = stageOf[element] as number;
    if (place !== none && (seen !== none || isSure(strand, place, horizon)))
      byStage[2 * (seen === none ? last : seen)]?.push(place);
  }
  stage = 0;
  for (const [at, { place, elements }] of reads.entries()) {
    const before = reads[at - 1];
    if (before !== undefined && before.elements.length < elements.length) stage++;
    byStage[2 * stage + 1]?.push(place);
  }
  return stages.misplaced(byStage);
};

type Entering = {
  readonly calls: SetCalls;
  readonly read: SetRead;
  readonly before: SetRead | undefined;
  readonly stageOf: Int32Array;
  readonly stage: number;
};

/** Gives new elements their stage; what is wrong with the read, seen beside the one before it. */
const enter = ({ calls, read, before, stageOf, stage }: Entering): number[] | undefined => {
  const { add } = calls;
  let known = 0;
  for (const element of read.elements) {
    if (add[element] === none) return withAdds(calls, [read]);
    if (stageOf[element] === none) stageOf[element] = stage;
    else known++;
  }
  const same = before !== undefined && before.elements.length === read.elements.length;
  const missing = before !== undefined && known < before.elements.length;
  const extra = same && known < read.elements.length;
  if (!missing && !extra) return undefined;
  return withAdds(calls, before === undefined ? [read] : [before, read]);
};

/** Reads with the calls that added what they saw, and other calls; in order. */
const withAdds = (
  { add }: SetCalls,
  reads: readonly SetRead[],
  others: readonly number[] = [],
): number[] => {
  const places = new Set(others);
  for (const { place, elements } of reads) {
    places.add(place);
    for (const element of elements) places.add(add[element] as number);
  }
  places.delete(none);
  return [...places].sort((a, b) => a - b);
};

/** Compares the calls of each stage with what came before. */
class Stages {
  readonly #calls: SetCalls;
  readonly #horizon: number;

  constructor(calls: SetCalls, horizon: number) {
    this.#calls = calls;
    this.#horizon = horizon;
  }

  misplaced(byStage: readonly (readonly number[])[]): number[] | undefined {
    const { start } = this.#calls.strand;
    let latest = none;
    for (const places of byStage) {
      for (const place of places)
        if (latest !== none && this.#end(place) < (start[latest] as number))
          return this.#explained(latest, place);
      for (const place of places)
        if (latest === none || (start[place] as number) > (start[latest] as number)) latest = place;
    }
    return undefined;
  }

  #end(place: number): number {
    const end = this.#calls.strand.end[place] as number;
    return end > this.#horizon ? never : end;
  }

  /** With a read that tells two adds apart, and everything that reads saw. */
  #explained(earlier: number, later: number): number[] {
    const { reads, element, strand } = this.#calls;
    const [first, second] = [element[earlier] as number, element[later] as number];
    const told = reads.filter(({ place }) => place === earlier || place === later);
    if (told.length === 0) {
      const between = reads.find(
        ({ place, elements }) =>
          isSure(strand, place, this.#horizon) &&
          elements.includes(first) &&
          !elements.includes(second),
      );
      if (between !== undefined) told.push(between);
    }
    return withAdds(this.#calls, told, [earlier, later]);
  }
}
