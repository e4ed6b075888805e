// Reads of a register that provably come too late or too early, whatever the order: found in one pass, without search.
import { type Call, opOf } from './calls.ts';
import { canonical, type Model } from './model.ts';

/** A read that nothing explains, and the calls that suffice to show it. */
export type Misplaced = { readonly culprit: Call; readonly core: readonly Call[] };

type Value = string | number;
type Access = {
  readonly call: Call;
  readonly reads: Value | undefined;
  readonly writes: Value | undefined;
};

/**
 * The first read (or compare-and-set) to return of which this can be said: every write of its value had returned before
 * another operation, which left or saw another value, began; and that one returned before the read began. Or: nobody had
 * begun to write its value. Undefined for other models, and when there is none; then nothing is proven.
 */
export const findMisplaced = <S>(
  model: Model<S>,
  calls: readonly Call[],
): Misplaced | undefined => {
  const { register } = model;
  if (register === undefined) return undefined;
  const accesses = calls.map((call): Access => {
    const { reads, writes } = register(opOf(call));
    return { call, reads: textOf(reads), writes: textOf(writes) };
  });
  const found = new Sweep(canonical(model.init)).first(accesses);
  if (found === undefined) return undefined;
  const { access, witness } = found;
  const core = accesses.filter(
    ({ call, writes }) =>
      call === access.call ||
      call === witness ||
      (writes === access.reads && call.start < access.call.end),
  );
  return { culprit: access.call, core: core.map(({ call }) => call) };
};

const textOf = (value: unknown): Value | undefined =>
  value === undefined ? undefined : canonical(value);

/** An operation that returned, and the value that it left or saw. */
type Shown = { readonly call: Call; readonly value: Value };

/** Goes through starts and returns in order of time. */
class Sweep {
  /** By value: the latest return among writes that have begun. */
  readonly #lastReturn: Map<Value, number>;
  /** Of all that returned, the one that began last; and the same among those that show another value. */
  #latest: Shown | undefined;
  #latestOther: Shown | undefined;
  /** By read that is open: what `#overwriting` said when it began. */
  readonly #before = new Map<Access, Call | undefined>();

  #shown = 0;

  constructor(initial: Value) {
    this.#lastReturn = new Map([[initial, -1]]);
  }

  first(accesses: readonly Access[]): { access: Access; witness: Call | undefined } | undefined {
    const returning = accesses
      .filter(({ call }) => !call.optional)
      .sort((a, b) => a.call.end - b.call.end);
    let next = 0;
    for (const access of returning) {
      for (; next < accesses.length && startOf(accesses[next]) < access.call.end; next++)
        this.#begin(accesses[next] as Access, returning);
      const witness = this.#misplaced(access);
      if (witness !== 'no') return { access, witness };
    }
    return undefined;
  }

  #begin(access: Access, returning: readonly Access[]): void {
    this.#showUntil(access.call.start, returning);
    if (access.reads !== undefined) this.#before.set(access, this.#overwriting(access.reads));
    if (access.writes !== undefined) {
      const known = this.#lastReturn.get(access.writes) ?? -1;
      this.#lastReturn.set(access.writes, Math.max(known, access.call.end));
    }
  }

  /** Takes note of what had returned before a moment. */
  #showUntil(moment: number, returning: readonly Access[]): void {
    for (; this.#shown < returning.length; this.#shown++) {
      const { call, reads, writes } = returning[this.#shown] as Access;
      if (call.end >= moment) return;
      const value = writes ?? reads;
      if (value !== undefined) this.#show({ call, value });
    }
  }

  #show(shown: Shown): void {
    const latest = this.#latest;
    if (latest === undefined || shown.call.start > latest.call.start) {
      if (latest !== undefined && latest.value !== shown.value) this.#latestOther = latest;
      this.#latest = shown;
    } else if (
      shown.value !== latest.value &&
      (this.#latestOther === undefined || shown.call.start > this.#latestOther.call.start)
    ) {
      this.#latestOther = shown;
    }
  }

  /** Of what returned and shows another value, the one that began last. */
  #overwriting(value: Value): Call | undefined {
    return (this.#latest?.value === value ? this.#latestOther : this.#latest)?.call;
  }

  #misplaced(access: Access): Call | undefined | 'no' {
    if (access.reads === undefined) return 'no';
    const witness = this.#before.get(access);
    this.#before.delete(access);
    const lastReturn = this.#lastReturn.get(access.reads);
    if (lastReturn === undefined) return undefined;
    return witness !== undefined && lastReturn < witness.start ? witness : 'no';
  }
}

const startOf = (access: Access | undefined): number =>
  access?.call.start ?? Number.POSITIVE_INFINITY;
