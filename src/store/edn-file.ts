// Reads EDN histories of any size: operations one after another, or in one vector or list; nothing but one form is held.
import { usageError } from '../base/errors.ts';
import { looksIndependent, opOfForm, sniffed, withKey } from '../history/edn-ops.ts';
import { EdnReader, incomplete, nothing } from '../history/edn-reader.ts';
import type { Op } from '../history/op.ts';
import { openBytes, readError } from './lines.ts';

/** More text than this for one operation is no history. */
const formCharsMax = 1 << 28;

/** The file's text, piece by piece, and at last an empty piece that says that it is whole. */
async function* pieces(path: string): AsyncGenerator<{ text: string; isWhole: boolean }> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    for await (const chunk of openBytes(path))
      yield { text: decoder.decode(chunk as Buffer, { stream: true }), isWhole: false };
    yield { text: decoder.decode(), isWhole: true };
  } catch (cause) {
    if (cause instanceof TypeError) throw usageError(`${path}: not UTF-8 text`);
    throw readError(path, cause);
  }
}

/** Takes the operations out of text that arrives in pieces. */
class OpStream {
  readonly #reader: EdnReader;
  readonly #path: string;
  /** What closes the collection around all operations: unknown before the first letter. */
  #close: ']' | ')' | 'none' | undefined;
  #isClosed = false;
  #opened = 1;
  #position = 0;
  constructor(path: string) {
    this.#path = path;
    this.#reader = new EdnReader(path);
  }

  *take(text: string, isWhole: boolean): Generator<Op> {
    const reader = this.#reader;
    reader.feed(text, isWhole);
    for (let next = reader.peek(); next !== undefined; next = reader.peek()) {
      if (this.#close === undefined && this.#open(next)) continue;
      if (next === this.#close && !this.#isClosed) {
        reader.take();
        this.#isClosed = true;
        continue;
      }
      if (this.#isClosed) throw reader.refusal(`${next} after the end of the history`);
      const { line } = reader;
      const form = reader.read();
      if (form === incomplete || form === nothing) break;
      yield opOfForm(form, { position: this.#position++, line, path: this.#path, reader });
    }
    if (isWhole && (this.#close === ']' || this.#close === ')') && !this.#isClosed)
      throw reader.refusal(`the history that began with line ${this.#opened} is not closed`);
  }

  /** Whether a collection begins here that holds all operations. */
  #open(letter: string): boolean {
    this.#opened = this.#reader.line;
    this.#close = letter === '[' ? ']' : letter === '(' ? ')' : 'none';
    if (this.#close === 'none') return false;
    this.#reader.take();
    return true;
  }
}

async function* opsIn(path: string): AsyncGenerator<Op> {
  const stream = new OpStream(path);
  for await (const { text, isWhole } of pieces(path)) {
    if (text.length > formCharsMax)
      throw usageError(`${path}: a form of more than ${formCharsMax} characters`);
    yield* stream.take(text, isWhole);
  }
}

/**
 * Gives every operation of an EDN file. `isIndependent` says whether values are `[key value]`; unless told, the first
 * thousand operations decide. Throws usage errors with path and line.
 */
export const readEdn = async (
  path: string,
  options: { readonly isIndependent?: boolean | undefined; readonly take: (op: Op) => void },
): Promise<void> => {
  const { take } = options;
  let { isIndependent } = options;
  let first: Op[] | undefined = isIndependent === undefined ? [] : undefined;
  const give = (op: Op): void => take(isIndependent === true ? withKey(op) : op);
  const decide = (ops: readonly Op[]): void => {
    isIndependent = looksIndependent(ops);
    first = undefined;
    for (const op of ops) give(op);
  };
  for await (const op of opsIn(path)) {
    if (first === undefined) give(op);
    else if (first.push(op) === sniffed) decide(first);
  }
  if (first !== undefined) decide(first);
};
