// Reads EDN (extensible data notation) form by form, also from text that arrives in pieces.
import { usageError } from '../base/errors.ts';
import { atomOf, characterOf, unescapeText } from './edn-atoms.ts';
import { EdnMap, type Form, Keyword, Tagged } from './edn-forms.ts';

/** The text ended before the form did. */
export const incomplete = Symbol('incomplete');
type Incomplete = typeof incomplete;
/** Nothing but white space and comments is left. */
export const nothing = Symbol('nothing');

const depthMax = 500;
const delimiter = /[\s,()[\]{}";]/g;
const blank = /[^\s,]/g;
const closers: { readonly [open: string]: string } = { '(': ')', '[': ']', '{': '}' };
/** Text up to a quote or a backslash. */
const plainText = /[^"\\]*/y;

/** A reader over one text; `isWhole` says that nothing follows it. Every refusal is an `OrdealError` (usage) with its line. */
export class EdnReader {
  #text = '';
  #at = 0;
  #isWhole = false;
  /** Line of the letter at `#counted`, from 1. */
  #line = 1;
  #counted = 0;
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** Adds text to what is left. */
  feed(text: string, isWhole: boolean): void {
    this.#line = this.line;
    this.#counted = 0;
    this.#text = this.#text.slice(this.#at) + text;
    this.#at = 0;
    this.#isWhole = isWhole;
  }

  /** The line of what comes next. Counted from where it was asked last, so that asking for every form costs little. */
  get line(): number {
    if (this.#counted > this.#at) return this.#line - this.#newlines(this.#at, this.#counted);
    this.#line += this.#newlines(this.#counted, this.#at);
    this.#counted = this.#at;
    return this.#line;
  }

  #newlines(from: number, to: number): number {
    let count = 0;
    for (let at = from; at < to; at++) if (this.#text.charCodeAt(at) === 10) count++;
    return count;
  }

  /** The next letter that is not blank or comment, without taking it; undefined when none is left for now. */
  peek(): string | undefined {
    const { position } = this;
    try {
      this.#skipBlank();
      return this.#text[this.#at];
    } catch (thrown) {
      this.position = position;
      if (thrown !== incomplete) throw thrown;
      return undefined;
    }
  }

  /** Takes one letter. */
  take(): void {
    this.#at++;
  }

  get position(): number {
    return this.#at;
  }
  set position(at: number) {
    this.#at = at;
  }

  /** The next form; `incomplete` (nothing is taken then), or `nothing`. */
  read(): Form | Incomplete | typeof nothing {
    const { position } = this;
    try {
      this.#skipBlank();
      if (this.#at < this.#text.length) return this.#form(0);
      if (this.#isWhole) return nothing;
    } catch (thrown) {
      if (thrown !== incomplete) throw thrown;
    }
    this.position = position;
    return incomplete;
  }

  /** An error at the place reached. */
  refusal(says: string): Error {
    return usageError(`${this.#path}:${this.line}: ${says}`);
  }

  /** Past blanks, comments and discarded forms. */
  #skipBlank(): void {
    for (;;) {
      blank.lastIndex = this.#at;
      const found = blank.exec(this.#text);
      this.#at = found === null ? this.#text.length : found.index;
      if (this.#text[this.#at] === ';') this.#skipComment();
      else if (this.#text.startsWith('#_', this.#at)) this.#discard();
      else {
        // A lone # at the end may become a discard.
        if (this.#text[this.#at] === '#' && this.#at + 1 === this.#text.length) this.#more();
        return;
      }
    }
  }

  #skipComment(): void {
    const end = this.#text.indexOf('\n', this.#at);
    if (end < 0 && !this.#isWhole) throw incomplete;
    this.#at = end < 0 ? this.#text.length : end + 1;
  }

  #discard(): void {
    this.#at += 2;
    this.#next(0);
  }

  /** There has to be more: waits for it, or refuses. */
  #more(): void {
    if (!this.#isWhole) throw incomplete;
    throw this.refusal('the text ends in the middle of a form');
  }

  #next(depth: number): Form {
    this.#skipBlank();
    if (this.#at >= this.#text.length) this.#more();
    return this.#form(depth);
  }

  #form(depth: number): Form {
    if (depth > depthMax) throw this.refusal(`forms nest deeper than ${depthMax} levels`);
    const letter = this.#text[this.#at] as string;
    if (letter === '"') return this.#string();
    if (letter === '{') return new EdnMap(this.#entries(depth));
    if (letter === '[' || letter === '(') return this.#items(letter, depth);
    if (letter === '#') return this.#dispatch(depth);
    if (letter === '\\') return this.#character();
    if (letter === ')' || letter === ']' || letter === '}')
      throw this.refusal(`unexpected ${letter}`);
    return atomOf(this.#token(), this.#refuse);
  }

  #items(open: string, depth: number): Form[] {
    const close = closers[open] as string;
    this.#at++;
    const items: Form[] = [];
    for (;;) {
      this.#skipBlank();
      if (this.#at >= this.#text.length) this.#more();
      if (this.#text[this.#at] === close) break;
      items.push(this.#form(depth + 1));
    }
    this.#at++;
    return items;
  }

  #entries(depth: number): [Form, Form][] {
    const items = this.#items('{', depth);
    if (items.length % 2 === 1) throw this.refusal('a map with a key without value');
    const entries: [Form, Form][] = [];
    for (let i = 0; i < items.length; i += 2)
      entries.push([items[i] as Form, items[i + 1] as Form]);
    return entries;
  }

  #dispatch(depth: number): Form {
    const second = this.#text[this.#at + 1];
    if (second === undefined) this.#more();
    this.#at++;
    if (second === '{') return this.#items('{', depth);
    if (second === '#')
      throw this.refusal(`#${this.#token()} is no number that a history can hold`);
    if (second === ':') return this.#namespaced(depth);
    const tag = this.#token();
    if (!/^[A-Za-z]/.test(tag)) throw this.refusal(`#${tag || second} is not EDN`);
    return new Tagged(tag, this.#next(depth + 1));
  }

  /** `#:n{:a 1}` is `{:n/a 1}`. */
  #namespaced(depth: number): Form {
    const space = this.#token().slice(1);
    const map = this.#next(depth);
    if (!(map instanceof EdnMap)) throw this.refusal(`#:${space} is followed by no map`);
    const named = (key: Form): Form => {
      if (!(key instanceof Keyword)) return key;
      if (!key.name.includes('/')) return new Keyword(`${space}/${key.name}`);
      return key.name.startsWith('_/') ? new Keyword(key.name.slice(2)) : key;
    };
    return new EdnMap(map.entries.map(([key, value]) => [named(key), value]));
  }

  /** Letters up to the next delimiter; at the end of the text only when nothing follows. */
  #token(from = this.#at): string {
    delimiter.lastIndex = from;
    const found = delimiter.exec(this.#text);
    if (found === null && !this.#isWhole) throw incomplete;
    const end = found === null ? this.#text.length : found.index;
    const token = this.#text.slice(this.#at, end);
    this.#at = end;
    return token;
  }

  #string(): string {
    plainText.lastIndex = this.#at + 1;
    plainText.exec(this.#text);
    let end = plainText.lastIndex;
    while (this.#text[end] === '\\') {
      plainText.lastIndex = end + 2;
      plainText.exec(this.#text);
      end = Math.max(plainText.lastIndex, end + 2);
    }
    if (end >= this.#text.length) this.#more();
    const text = this.#text.slice(this.#at + 1, end);
    this.#at = end + 1;
    return unescapeText(text, this.#refuse);
  }

  #character(): string {
    if (this.#at + 1 >= this.#text.length) this.#more();
    return characterOf(this.#token(this.#at + 2).slice(1), this.#refuse);
  }

  readonly #refuse = (says: string): Error => this.refusal(says);
}
