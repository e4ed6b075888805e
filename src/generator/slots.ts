// A persistent array: setting copies one chunk, so that a thousand children cost as little as ten.

const chunkBits = 5;
const chunkSize = 1 << chunkBits;

/** Missing entries read as `undefined`. */
export class Slots<T> {
  readonly #chunks: readonly (readonly (T | undefined)[] | undefined)[];

  constructor(chunks: readonly (readonly (T | undefined)[] | undefined)[] = []) {
    this.#chunks = chunks;
  }

  get(index: number): T | undefined {
    return this.#chunks[index >>> chunkBits]?.[index & (chunkSize - 1)];
  }

  set(index: number, value: T): Slots<T> {
    const at = index >>> chunkBits;
    const chunk = this.#chunks[at]?.slice() ?? new Array<T | undefined>(chunkSize).fill(undefined);
    chunk[index & (chunkSize - 1)] = value;
    const chunks = this.#chunks.slice();
    while (chunks.length < at) chunks.push(undefined);
    chunks[at] = chunk;
    return new Slots(chunks);
  }
}
