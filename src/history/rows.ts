// The closed form of a history: one short JSON array an operation, times as differences. It compresses twice as well.
import { messageOf, usageError } from '../base/errors.ts';
import { ascii, ByteCursor } from './byte-cursor.ts';
import { opFrom } from './codec.ts';
import { type ColumnWriter, emptyRow } from './column-writer.ts';
import { type Columns, processOf, types } from './columns.ts';
import { parseJson, stringifyJson } from './json.ts';
import { KeyReader, processHere, typeHere, valueHere } from './line-scanner.ts';
import { indexAt } from './pairing.ts';

// [Δtime, process, type, f, value], then key (null without), then error (a list) or an object with everything further.
// Index and time stand in that object when they are not what comes next.

/** What the first line of a file of rows says about it, beside its version. */
export const rowsFormat = 'ordeal-history-rows';

/** Where a row continues: the index that is due, and the time before it. */
type Place = { index: number; time: number };

/** Writes rows; block after block of one history. */
export class RowWriter {
  readonly #place: Place = { index: 0, time: 0 };

  /** Rows with their newlines, of columns that were made from text. */
  textOf(columns: Columns): string {
    let text = '';
    for (let i = 0; i < columns.length; i++) text += this.#row(columns, i);
    return text;
  }

  #row(columns: Columns, position: number): string {
    const kind = columns.kinds[position] as number;
    const process = processOf(columns.processes[position] as number, columns.largeProcesses);
    const who = process === 'nemesis' ? '"nemesis"' : `${process}`;
    const f = stringifyJson(columns.fNames[kind >>> 2]);
    const texts = columns.textsAt?.(position);
    const value = texts === undefined ? stringifyJson(columns.valueAt(position)) : texts.value;
    const keyId = columns.keys?.[position] ?? -1;
    const key = keyId < 0 ? undefined : stringifyJson(columns.keyNames[keyId]);
    const { elapsed, rest } = this.#advance(columns, position, texts?.rest);
    const head = `[${elapsed},${who},"${types[kind & 3]}",${f},${value}`;
    if (rest !== undefined) return `${head},${key ?? 'null'},${rest}]\n`;
    return key === undefined ? `${head}]\n` : `${head},${key}]\n`;
  }

  /** The difference in time, and the rest with whatever cannot be told by position and difference. */
  #advance(columns: Columns, position: number, rest: string | undefined) {
    const place = this.#place;
    const index = indexAt(columns, position);
    const time = columns.times[position] as number;
    const elapsed = time - place.time;
    const odd = {
      ...(index === place.index ? {} : { index }),
      ...(Number.isSafeInteger(elapsed) ? {} : { time }),
    };
    place.index = index + 1;
    place.time = time;
    if (Object.keys(odd).length === 0) return { elapsed, rest };
    const told: unknown = rest === undefined ? {} : parseJson(rest);
    const further = Array.isArray(told) ? { error: told } : (told as object);
    return { elapsed: 'time' in odd ? 0 : elapsed, rest: stringifyJson({ ...odd, ...further }) };
  }
}

const newline = 10;
const comma = 44;
const quote = 34;
const openBracket = 91;
const closeBracket = 93;
const parts = { type: ascii(',"'), f: ascii('",'), null: ascii('null'), error: ascii('["') };

/** Scans rows into a writer. */
export class RowScanner {
  readonly #cursor = new ByteCursor();
  readonly #row = emptyRow();
  readonly #place: Place = { index: 0, time: 0 };
  readonly #writer: ColumnWriter;
  readonly #keys: KeyReader;
  readonly #path: string;

  constructor(writer: ColumnWriter, path: string) {
    this.#writer = writer;
    this.#keys = new KeyReader(writer.tables);
    this.#path = path;
  }

  /** Takes whole rows; `line` is the number of the first one. Throws usage errors with path and line. */
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
      this.#parse(
        Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('utf8'),
        number,
      );
      from = to + 1;
    }
  }

  #scan(from: number): boolean {
    const cursor = this.#cursor;
    cursor.at = from;
    if (!(this.#scanHead() && this.#scanTail())) return false;
    if (!(cursor.skipByte(closeBracket) && cursor.skipByte(newline))) return false;
    this.#take();
    return true;
  }

  #scanHead(): boolean {
    const cursor = this.#cursor;
    const row = this.#row;
    const { tables } = this.#writer;
    if (!cursor.skipByte(openBracket)) return false;
    row.time = this.#place.time + cursor.integer();
    row.index = this.#place.index;
    if (!Number.isSafeInteger(row.time) || !cursor.skipByte(comma)) return false;
    const process = processHere(cursor);
    if (Number.isNaN(process) || !cursor.skip(parts.type)) return false;
    row.process = process;
    row.type = typeHere(cursor);
    if (row.type < 0 || !cursor.skip(parts.f)) return false;
    const { at } = cursor;
    if (!cursor.skipText()) return false;
    row.f = tables.fs.add(cursor.bytes, at, cursor.at);
    if (!cursor.skipByte(comma)) return false;
    const value = valueHere(cursor, tables);
    row.value = Number.isNaN(value) ? 0 : value;
    return !Number.isNaN(value);
  }

  #scanTail(): boolean {
    const cursor = this.#cursor;
    const row = this.#row;
    row.key = -1;
    row.rest = -1;
    if (!cursor.skipByte(comma)) return true;
    const first = cursor.bytes[cursor.at];
    if (first === quote || first !== parts.null[0]) {
      const key = this.#keys.here(cursor);
      if (Number.isNaN(key)) return false;
      row.key = key;
    } else if (!cursor.skip(parts.null)) return false;
    if (!cursor.skipByte(comma)) return true;
    const { at } = cursor;
    if (!cursor.skip(parts.error)) return false;
    cursor.at = at;
    if (!cursor.skipValue()) return false;
    row.rest = this.#writer.tables.rests.add(cursor.bytes, at, cursor.at);
    return true;
  }

  #take(): void {
    this.#place.time = this.#row.time;
    this.#place.index = this.#row.index + 1;
    this.#writer.add(this.#row);
  }

  #parse(text: string, line: number): void {
    if (text === '') return;
    let fields: unknown;
    try {
      fields = parseJson(text);
    } catch (cause) {
      throw usageError(`${this.#path}:${line}: not JSON: ${messageOf(cause)}`);
    }
    if (!Array.isArray(fields)) throw usageError(`${this.#path}:${line}: expected a list`);
    const op = opFrom(this.#recordOf(fields), line, this.#path);
    this.#place.time = op.time;
    this.#place.index = op.index + 1;
    this.#writer.push(op);
  }

  #recordOf([elapsed, process, type, f, value, key, rest]: unknown[]): object {
    const time = typeof elapsed === 'number' ? this.#place.time + elapsed : elapsed;
    const further = Array.isArray(rest) ? { error: rest } : ((rest ?? {}) as object);
    const keyed = key === undefined || key === null ? {} : { key };
    return { index: this.#place.index, time, process, type, f, value, ...keyed, ...further };
  }
}
