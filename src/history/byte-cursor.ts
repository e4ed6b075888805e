// Reads the plain forms of JSON straight from bytes; whatever is not plain is left to the real parser.

const quote = 34;
const backslash = 92;
const comma = 44;
const minus = 45;
const zero = 48;
const colon = 58;
const digitsMax = 15;
/** Deeper values are left to the real parser, which has its own bound. */
const depthMax = 24;

/** The bytes of an ASCII text. */
export const ascii = (text: string): Uint8Array =>
  Uint8Array.from(text, (letter) => letter.charCodeAt(0));

const words = [ascii('null'), ascii('true'), ascii('false')];

/**
 * A position in bytes. Every method moves it past what it recognised, or says no (position then undefined). Plain means:
 * canonical JSON without white space, escapes, fractions, exponents or numbers of more than 15 digits.
 */
export class ByteCursor {
  bytes: Uint8Array = new Uint8Array(0);
  at = 0;

  skip(literal: Uint8Array): boolean {
    const { bytes, at } = this;
    for (let i = 0; i < literal.length; i++) if (bytes[at + i] !== literal[i]) return false;
    this.at = at + literal.length;
    return true;
  }

  skipByte(byte: number): boolean {
    if (this.bytes[this.at] !== byte) return false;
    this.at++;
    return true;
  }

  /** A whole number from 0, or −1 when there is none that is plain. */
  count(): number {
    const { bytes } = this;
    const from = this.at;
    let at = from;
    let number = 0;
    for (
      let digit = (bytes[at] as number) - zero;
      digit >= 0 && digit <= 9;
      digit = (bytes[++at] as number) - zero
    ) {
      number = number * 10 + digit;
    }
    this.at = at;
    const length = at - from;
    if (length === 0 || length > digitsMax || (length > 1 && bytes[from] === zero)) return -1;
    return number;
  }

  /** A whole number, or NaN when there is none that is plain (−0 is not). */
  integer(): number {
    const isNegative = this.skipByte(minus);
    const number = this.count();
    if (number < 0 || (isNegative && number === 0)) return Number.NaN;
    return isNegative ? -number : number;
  }

  /** A text in quotes without escapes. */
  skipText(): boolean {
    const { bytes } = this;
    if (bytes[this.at] !== quote) return false;
    let at = this.at + 1;
    for (let byte = bytes[at] as number; byte !== quote; byte = bytes[++at] as number) {
      if (!(byte >= 32) || byte === backslash) return false;
    }
    this.at = at + 1;
    return true;
  }

  /** Any plain value. */
  skipValue(depth = 0): boolean {
    const byte = this.bytes[this.at] as number;
    if (byte === quote) return this.skipText();
    if (byte === minus || (byte >= zero && byte <= 57)) return !Number.isNaN(this.integer());
    if (byte === 91) return this.#skipItems(depth, 93, false);
    if (byte === 123) return this.#skipItems(depth, 125, true);
    for (const word of words) if (word[0] === byte) return this.skip(word);
    return false;
  }

  /** The items of an array, or the fields of an object. */
  #skipItems(depth: number, close: number, isObject: boolean): boolean {
    if (depth >= depthMax) return false;
    this.at++;
    if (this.skipByte(close)) return true;
    do {
      if (isObject && !(this.skipText() && this.skipByte(colon))) return false;
      if (!this.skipValue(depth + 1)) return false;
    } while (this.skipByte(comma));
    return this.skipByte(close);
  }
}
