// Interned texts: each distinct run of bytes is kept once, outside the heap, and named by a number from 0.

/** Bytes of a chunk; texts never span two. */
const chunkBytes = 1 << 22;
/** A start is `chunk × startScale + offset`, exact as a double for 2^53 bytes in all. */
const startScale = 2 ** 30;
const firstSlots = 1 << 6;

const hashOf = (bytes: Uint8Array, from: number, to: number): number => {
  let hash = 0x811c9dc5;
  for (let i = from; i < to; i++) hash = Math.imul(hash ^ (bytes[i] as number), 0x01000193);
  return hash ^ (hash >>> 15);
};

/** Twice as long, with what was there; untouched pages cost no memory. */
const doubled = <T extends Float64Array | Int32Array>(
  column: T,
  make: (length: number) => T,
): T => {
  const grown = make(column.length * 2);
  grown.set(column);
  return grown;
};
const ints = (length: number): Int32Array => new Int32Array(length);
const doubles = (length: number): Float64Array => new Float64Array(length);

/** A set of texts with numbers. Equal bytes have equal numbers; about 30 bytes a text beside its own. */
export class Texts {
  #chunks: Buffer[] = [];
  #room = 0;
  #starts: Float64Array = doubles(firstSlots);
  #lengths: Int32Array = ints(firstSlots);
  #hashes: Int32Array = ints(firstSlots);
  /** Open addressing: number + 1 of the text in the slot, 0 where free; at most half full. */
  #slots: Int32Array = ints(firstSlots * 2);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The number of the text in `bytes`, which is copied when it is new. */
  add(bytes: Uint8Array, from: number, to: number): number {
    const hash = hashOf(bytes, from, to);
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    for (let held = this.#slots[slot] as number; held !== 0; held = this.#slots[slot] as number) {
      const id = held - 1;
      const isLike = this.#hashes[id] === hash && this.#lengths[id] === to - from;
      if (isLike && this.#isAt(id, bytes, from)) return id;
      slot = (slot + 1) & mask;
    }
    this.#slots[slot] = this.#size + 1;
    this.#keep(bytes.subarray(from, to), hash);
    if (this.#size * 2 > this.#slots.length) this.#rehash();
    return this.#size - 1;
  }

  addText(text: string): number {
    const bytes = Buffer.from(text, 'utf8');
    return this.add(bytes, 0, bytes.length);
  }

  /** The text with this number. */
  text(id: number): string {
    const start = this.#starts[id] as number;
    const chunk = this.#chunks[Math.floor(start / startScale)] as Buffer;
    const from = start % startScale;
    return chunk.toString('utf8', from, from + (this.#lengths[id] as number));
  }

  /** Whether a text is what `bytes` hold at `at`; as long as the text is. */
  #isAt(id: number, bytes: Uint8Array, at: number): boolean {
    const length = this.#lengths[id] as number;
    const start = this.#starts[id] as number;
    const chunk = this.#chunks[Math.floor(start / startScale)] as Buffer;
    const from = start % startScale;
    for (let i = 0; i < length; i++) if (chunk[from + i] !== bytes[at + i]) return false;
    return true;
  }

  #keep(bytes: Uint8Array, hash: number): void {
    const { length } = bytes;
    if (this.#room < length || this.#chunks.length === 0) {
      this.#chunks.push(Buffer.allocUnsafeSlow(Math.max(chunkBytes, length)));
      this.#room = Math.max(chunkBytes, length);
    }
    const chunk = this.#chunks.at(-1) as Buffer;
    const offset = chunk.length - this.#room;
    chunk.set(bytes, offset);
    this.#room -= length;
    const id = this.#size++;
    if (id === this.#starts.length) {
      this.#starts = doubled(this.#starts, doubles);
      this.#lengths = doubled(this.#lengths, ints);
      this.#hashes = doubled(this.#hashes, ints);
    }
    this.#starts[id] = (this.#chunks.length - 1) * startScale + offset;
    this.#lengths[id] = length;
    this.#hashes[id] = hash;
  }

  #rehash(): void {
    const slots = ints(this.#slots.length * 2);
    const mask = slots.length - 1;
    for (let id = 0; id < this.#size; id++) {
      let slot = (this.#hashes[id] as number) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = id + 1;
    }
    this.#slots = slots;
  }
}
