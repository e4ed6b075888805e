// Reads EDN, Clojure's notation: the part of it that histories and Elle's answers are written in.

/** Where and why text is no EDN. */
export class EdnError extends Error {
  readonly line: number;

  constructor(message: string, line: number) {
    super(`line ${line}: ${message}`);
    this.name = 'EdnError';
    this.line = line;
  }
}

const blank = /[\s,]/;
const delimiter = /[\s,()[\]{}"]/;
const closers: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };
const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  b: '\b',
  f: '\f',
  '"': '"',
  '\\': '\\',
  '/': '/',
};
const depthMax = 1000;

/** Every value of a text, one after the other. Keywords become text without the colon, sets and lists arrays. */
export const readEdn = (text: string): unknown[] => new Reader(text).all();

class Reader {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  all(): unknown[] {
    const values: unknown[] = [];
    for (this.#skip(); this.#at < this.#text.length; this.#skip()) values.push(this.#value());
    return values;
  }

  #fail(message: string): never {
    const line = this.#text.slice(0, this.#at).split('\n').length;
    throw new EdnError(message, line);
  }

  /** Passes blanks, commas, comments and discarded values. */
  #skip(): void {
    for (;;) {
      while (this.#at < this.#text.length && blank.test(this.#text[this.#at]!)) this.#at++;
      if (this.#text[this.#at] === ';') {
        const end = this.#text.indexOf('\n', this.#at);
        this.#at = end < 0 ? this.#text.length : end;
      } else if (this.#text.startsWith('#_', this.#at)) {
        this.#at += 2;
        this.#skip();
        this.#value();
      } else return;
    }
  }

  #value(): unknown {
    const c = this.#text[this.#at];
    if (c === undefined) this.#fail('the text ends in the middle of a value');
    if (c === '(' || c === '[') return this.#sequence(closers[c]!);
    if (c === '{') return this.#map();
    if (c === '"') return this.#string();
    if (c === '#') return this.#tagged();
    if (c === '\\') return this.#character();
    return this.#atom();
  }

  #sequence(closer: string): unknown[] {
    if (++this.#depth > depthMax) this.#fail(`more than ${depthMax} levels deep`);
    const items: unknown[] = [];
    this.#at++;
    for (this.#skip(); this.#text[this.#at] !== closer; this.#skip()) items.push(this.#value());
    this.#at++;
    this.#depth--;
    return items;
  }

  #map(): Record<string, unknown> {
    const items = this.#sequence('}');
    if (items.length % 2 === 1) this.#fail('a map has a key without a value');
    const map: Record<string, unknown> = Object.create(null);
    for (let i = 0; i < items.length; i += 2) {
      const key = items[i];
      map[typeof key === 'string' ? key : JSON.stringify(key)] = items[i + 1];
    }
    return { ...map };
  }

  #string(): string {
    let text = '';
    for (this.#at++; this.#text[this.#at] !== '"'; this.#at++) {
      const c = this.#text[this.#at];
      if (c === undefined) this.#fail('text without a closing quote');
      text += c === '\\' ? this.#escape() : c;
    }
    this.#at++;
    return text;
  }

  #escape(): string {
    const c = this.#text[++this.#at] ?? '';
    if (c === 'u') {
      const code = this.#text.slice(this.#at + 1, this.#at + 5);
      if (!/^[0-9a-fA-F]{4}$/.test(code)) this.#fail(`no such character: \\u${code}`);
      this.#at += 4;
      return String.fromCharCode(Number.parseInt(code, 16));
    }
    const plain = escapes[c];
    return plain ?? this.#fail(`no such escape: \\${c}`);
  }

  /** Sets become arrays; of tagged values (records, dates) the value counts. */
  #tagged(): unknown {
    this.#at++;
    if (this.#text[this.#at] === '{') return this.#sequence('}');
    this.#token();
    this.#skip();
    return this.#value();
  }

  #character(): string {
    this.#at++;
    const token = this.#text[this.#at]! + this.#tokenAfter(this.#at + 1);
    this.#at += token.length;
    const named: Readonly<Record<string, string>> = {
      newline: '\n',
      space: ' ',
      tab: '\t',
      return: '\r',
    };
    return named[token] ?? token;
  }

  #tokenAfter(from: number): string {
    let end = from;
    while (end < this.#text.length && !delimiter.test(this.#text[end]!)) end++;
    return this.#text.slice(from, end);
  }

  #token(): string {
    const token = this.#tokenAfter(this.#at);
    if (token === '') this.#fail(`unexpected ${this.#text[this.#at]}`);
    this.#at += token.length;
    return token;
  }

  #atom(): unknown {
    const token = this.#token();
    if (token === 'nil') return null;
    if (token === 'true' || token === 'false') return token === 'true';
    if (token.startsWith(':')) return token.slice(1);
    if (/^[+-]?\d+N?$/.test(token)) return this.#integer(token.replace('N', ''));
    if (/^[+-]?\d+(\.\d*)?([eE][+-]?\d+)?M?$/.test(token)) return Number(token.replace('M', ''));
    return token;
  }

  /** Integers that a number cannot hold exactly are kept exact. */
  #integer(token: string): number | bigint {
    const number = Number(token);
    return Number.isSafeInteger(number) ? number : BigInt(token.replace('+', ''));
  }
}
