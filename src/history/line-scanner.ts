// The quick way from lines to columns: reads the lines that we write as bytes, and leaves every other to `parseOp`.
import { ascii, ByteCursor } from './byte-cursor.ts';
import { isTorn, parseOp } from './codec.ts';
import {
  type ColumnWriter,
  emptyRow,
  isInline,
  nullValue,
  type Tables,
  valueOfInteger,
  valueOfText,
} from './column-writer.ts';
import { nemesisNumber } from './columns.ts';

const newline = 10;
const carriageReturn = 13;
const comma = 44;
const minus = 45;
const zero = 48;
const nine = 57;
const closeBrace = 125;
const quote = 34;
const int32Max = 2 ** 31 - 1;

const parts = {
  index: ascii('{"index":'),
  time: ascii(',"time":'),
  process: ascii(',"process":'),
  null: ascii('null'),
  nemesis: ascii('"nemesis"'),
  type: ascii(',"type":"'),
  f: ascii('","f":'),
  value: ascii(',"value":'),
  key: ascii(',"key":'),
  error: ascii(',"error":'),
  errorCode: ascii('["'),
};
const typeWords = ['invoke', 'ok', 'fail', 'info'].map(ascii);

/** The number of the type whose word stands here, or −1. */
export const typeHere = (cursor: ByteCursor): number => {
  for (let type = 0; type < typeWords.length; type++)
    if (cursor.skip(typeWords[type] as Uint8Array)) return type;
  return -1;
};

/** The number of the process that stands here, or NaN when it is not plain. */
export const processHere = (cursor: ByteCursor): number => {
  if (cursor.bytes[cursor.at] === quote)
    return cursor.skip(parts.nemesis) ? nemesisNumber : Number.NaN;
  const process = cursor.count();
  return process < 0 || process > int32Max ? Number.NaN : process;
};

/** The value that stands here as a row holds it, or NaN when it is not plain. */
export const valueHere = (cursor: ByteCursor, tables: Tables): number => {
  const { bytes, at } = cursor;
  const byte = bytes[at] as number;
  if (byte === parts.null[0]) return cursor.skip(parts.null) ? nullValue : Number.NaN;
  if (byte === minus || (byte >= zero && byte <= nine)) {
    const integer = cursor.integer();
    if (Number.isNaN(integer) || isInline(integer)) return valueOfInteger(integer);
  } else if (!cursor.skipValue()) return Number.NaN;
  return valueOfText(tables.values.add(bytes, at, cursor.at));
};

/** Small whole keys, which most are, found by their number: number + 1 in the table of keys, 0 where unknown. */
export class KeyReader {
  static readonly #max = 1 << 12;
  readonly #known = new Int32Array(KeyReader.#max);
  readonly #tables: Tables;
  constructor(tables: Tables) {
    this.#tables = tables;
  }

  /** The key that stands here as a row holds it, or NaN when it is not plain. */
  here(cursor: ByteCursor): number {
    const { bytes, at } = cursor;
    if (bytes[at] === quote)
      return cursor.skipText() ? this.#add(bytes, at, cursor.at) : Number.NaN;
    const key = cursor.integer();
    if (!(key >= 0 && key < KeyReader.#max))
      return Number.isNaN(key) ? key : this.#add(bytes, at, cursor.at);
    const known = this.#known[key] as number;
    if (known > 0) return known - 1;
    const id = this.#add(bytes, at, cursor.at);
    this.#known[key] = id + 1;
    return id;
  }

  #add(bytes: Uint8Array, from: number, to: number): number {
    return this.#tables.keys.add(bytes, from, to);
  }
}

/** Scans JSON Lines into a writer. */
export class LineScanner {
  readonly #cursor = new ByteCursor();
  readonly #row = emptyRow();
  readonly #writer: ColumnWriter;
  readonly #keys: KeyReader;
  readonly #path: string | undefined;

  /** `path` begins every error. */
  constructor(writer: ColumnWriter, path?: string) {
    this.#writer = writer;
    this.#keys = new KeyReader(writer.tables);
    this.#path = path;
  }

  /** Takes whole lines of valid UTF-8; `line` is the number of the first one. Throws what `parseOp` throws. */
  take(bytes: Uint8Array, line: number): void {
    this.#cursor.bytes = bytes;
    let number = line;
    for (let from = 0; from < bytes.length; number++) {
      if (this.#scan(from)) {
        from = this.#cursor.at;
        continue;
      }
      const end = bytes.indexOf(newline, from);
      const to = end < 0 ? bytes.length : end;
      this.#parse(bytes.subarray(from, to), number);
      from = to + 1;
    }
  }

  #parse(bytes: Uint8Array, line: number): void {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
    if (text.trim() !== '') this.#writer.push(parseOp(text, line, this.#path));
  }

  /** Whether the line at `from` was plain and is taken; the cursor is then behind its newline. */
  #scan(from: number): boolean {
    const cursor = this.#cursor;
    cursor.at = from;
    if (!(this.#scanHead() && this.#scanBody() && cursor.skipByte(closeBrace))) return false;
    cursor.skipByte(carriageReturn);
    if (cursor.at < cursor.bytes.length && !cursor.skipByte(newline)) return false;
    this.#writer.add(this.#row);
    return true;
  }

  #scanHead(): boolean {
    const cursor = this.#cursor;
    const row = this.#row;
    if (!cursor.skip(parts.index)) return false;
    row.index = cursor.count();
    if (row.index < 0 || !cursor.skip(parts.time)) return false;
    row.time = cursor.integer();
    if (Number.isNaN(row.time) || !cursor.skip(parts.process)) return false;
    const process = processHere(cursor);
    if (Number.isNaN(process) || !cursor.skip(parts.type)) return false;
    row.process = process;
    row.type = typeHere(cursor);
    return row.type >= 0;
  }

  #scanBody(): boolean {
    const cursor = this.#cursor;
    const row = this.#row;
    const { tables } = this.#writer;
    if (!cursor.skip(parts.f)) return false;
    const { at } = cursor;
    if (!cursor.skipText()) return false;
    row.f = tables.fs.add(cursor.bytes, at, cursor.at);
    if (!cursor.skip(parts.value)) return false;
    const value = valueHere(cursor, tables);
    if (Number.isNaN(value)) return false;
    row.value = value;
    row.key = -1;
    row.rest = -1;
    if (cursor.bytes[cursor.at] !== comma) return true;
    return this.#scanKey() && this.#scanError();
  }

  #scanKey(): boolean {
    const cursor = this.#cursor;
    const { at } = cursor;
    if (!cursor.skip(parts.key)) {
      cursor.at = at;
      return true;
    }
    const key = this.#keys.here(cursor);
    this.#row.key = key;
    return !Number.isNaN(key);
  }

  #scanError(): boolean {
    const cursor = this.#cursor;
    if (cursor.bytes[cursor.at] !== comma) return true;
    if (!cursor.skip(parts.error)) return false;
    const { at } = cursor;
    if (!cursor.skip(parts.errorCode)) return false;
    cursor.at = at;
    if (!cursor.skipValue()) return false;
    this.#row.rest = this.#writer.tables.rests.add(cursor.bytes, at, cursor.at);
    return true;
  }
}

/** Scans a whole text; a torn last line is dropped. For files use the store. */
export const scanText = (text: string, writer: ColumnWriter, path?: string): void => {
  const body = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  const end = body.lastIndexOf('\n') + 1;
  const complete = isTorn(body.slice(end)) ? body.slice(0, end) : body;
  new LineScanner(writer, path).take(Buffer.from(complete, 'utf8'), 1);
};
