// Predicates of closed-predicate histories, and the state of each key as a list of versions.
import { canonical } from './verdict.ts';

/**
 * `true` matches every value there is, `['=', x]` equal ones, `['mod', m, r]` numbers that leave r when divided by
 * m.
 */
export type Predicate = true | readonly ['=', unknown] | readonly ['mod', number, number];

/** True if a value that is there matches. */
export const matches = (predicate: Predicate, value: unknown): boolean => {
  if (predicate === true) return true;
  if (predicate[0] === '=') return canonical(value) === canonical(predicate[1]);
  const [, modulus, rest] = predicate;
  return typeof value === 'number' && ((value % modulus) + modulus) % modulus === rest;
};

/** One version of a key. `unborn` and `dead` hold no value, and match no predicate. */
export type Version = {
  readonly state: 'unborn' | 'live' | 'dead';
  readonly value?: unknown;
  /** The node of the transaction that installed it; -1 for the initial state. */
  readonly writer: number;
};

/** True if the version is there and matches. */
export const versionMatches = (predicate: Predicate, version: Version): boolean =>
  version.state === 'live' && matches(predicate, version.value);

/** The versions of each key, oldest first. */
export class VersionTable {
  readonly keys: unknown[] = [];
  readonly versions: Version[][] = [];
  readonly #number = new Map<unknown, number>();
  readonly #byValue: Map<unknown, number>[] = [];
  /** A value that was written twice to one key: then nobody can tell which was read. */
  duplicate: { readonly key: unknown; readonly value: unknown } | undefined;

  /** Declares a key, unborn unless it has an initial value. */
  declare(key: unknown, initial?: { readonly value: unknown }): number {
    const known = this.#number.get(canonical(key));
    if (known !== undefined) return known;
    const number = this.keys.push(key) - 1;
    this.#number.set(canonical(key), number);
    this.versions.push([]);
    this.#byValue.push(new Map());
    const first: Version = initial
      ? { state: 'live', value: initial.value, writer: -1 }
      : { state: 'unborn', writer: -1 };
    this.#install(number, first);
    return number;
  }

  /** Adds the version that a transaction installs: a value, or the death of the key. */
  write(key: unknown, version: Version): void {
    this.#install(this.declare(key), version);
  }

  #install(number: number, version: Version): void {
    const at = (this.versions[number] as Version[]).push(version) - 1;
    if (version.state !== 'live') return;
    const values = this.#byValue[number] as Map<unknown, number>;
    if (values.has(canonical(version.value)))
      this.duplicate ??= { key: this.keys[number], value: version.value };
    values.set(canonical(version.value), at);
  }

  /** The place of a value among the key's versions, or undefined if nobody wrote it. */
  find(key: unknown, value: unknown): { readonly key: number; readonly at: number } | undefined {
    const number = this.#number.get(canonical(key));
    if (number === undefined) return undefined;
    const at = this.#byValue[number]?.get(canonical(value));
    return at === undefined ? undefined : { key: number, at };
  }

  /** The only version of the key without a value, or undefined if there are several or none. */
  absent(key: unknown): { readonly key: number; readonly at: number } | undefined {
    const number = this.#number.get(canonical(key));
    const places = (this.versions[number ?? -1] ?? []).flatMap((v, at) =>
      v.state === 'live' ? [] : [at],
    );
    return number === undefined || places.length !== 1
      ? undefined
      : { key: number, at: places[0] as number };
  }
}
