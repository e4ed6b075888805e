// The smallest parts of EDN: numbers, keywords, symbols, characters, and what strings escape.
import { EdnSymbol, type Form, Keyword } from './edn-forms.ts';

type Refuse = (says: string) => Error;

const integer = /^[+-]?(0|[1-9]\d*)N?$/;
const double = /^[+-]?(0|[1-9]\d*)(\.\d*)?([eE][+-]?\d+)?$/;
const exact = /^[+-]?\d+(\.\d*)?([eE][+-]?\d+)?M$|^[+-]?\d+\/\d+$/;

/** A token that is not in quotes. */
export const atomOf = (token: string, refuse: Refuse): Form => {
  if (token === 'nil') return null;
  if (token === 'true') return true;
  if (token === 'false') return false;
  if (token.startsWith(':')) return keywordOf(token, refuse);
  if (/^[+-]?\d/.test(token)) return numberOf(token, refuse);
  if (/^['`~@^]/.test(token)) throw refuse(`${token} is not EDN`);
  return new EdnSymbol(token);
};

const keywordOf = (token: string, refuse: Refuse): Keyword => {
  if (/^:[^:/]/.test(token) && !token.endsWith('/')) return new Keyword(token.slice(1));
  throw refuse(`${token} is not a keyword`);
};

/** Integers with every digit, a bigint beyond 2^53; doubles as they are. */
const numberOf = (token: string, refuse: Refuse): number | bigint => {
  if (integer.test(token)) {
    const digits = token.replace(/^\+/, '').replace(/N$/, '');
    const number = Number(digits);
    return Number.isSafeInteger(number) ? number + 0 : BigInt(digits); // + 0: the integer −0 is 0
  }
  if (double.test(token)) {
    const number = Number(token);
    if (Number.isFinite(number)) return number;
    throw refuse(`${token} is beyond what a number can hold`);
  }
  if (exact.test(token))
    throw refuse(`${token} would lose its exactness: use integers, texts or doubles`);
  throw refuse(`${token} is not a number`);
};

const named: { readonly [name: string]: string } = {
  newline: '\n',
  return: '\r',
  space: ' ',
  tab: '\t',
  formfeed: '\f',
  backspace: '\b',
};
const letters: { readonly [letter: string]: string } = {
  n: '\n',
  t: '\t',
  r: '\r',
  b: '\b',
  f: '\f',
  '"': '"',
  '\\': '\\',
};
const escapes = /\\(u[\dA-Fa-f]{4}|[0-3]?[0-7]{1,2}|[\s\S])/g;

const charAt = (digits: string, base: 8 | 16): string =>
  String.fromCharCode(Number.parseInt(digits, base));

/** The text between the quotes of a string. */
export const unescapeText = (text: string, refuse: Refuse): string => {
  if (!text.includes('\\')) return text;
  return text.replaceAll(escapes, (_all, name: string) => {
    if (name.length === 5) return charAt(name.slice(1), 16);
    if (/^[0-7]/.test(name)) return charAt(name, 8);
    const letter = letters[name];
    if (letter === undefined) throw refuse(`\\${name} in a string`);
    return letter;
  });
};

/** A character by what follows its backslash. */
export const characterOf = (name: string, refuse: Refuse): string => {
  if ([...name].length === 1) return name;
  const code = /^u([\dA-Fa-f]{4})$/.exec(name)?.[1];
  if (code !== undefined) return charAt(code, 16);
  const octal = /^o([0-3]?[0-7]{1,2})$/.exec(name)?.[1];
  if (octal !== undefined) return charAt(octal, 8);
  const letter = Object.hasOwn(named, name) ? named[name] : undefined;
  if (letter === undefined) throw refuse(`\\${name} is not a character`);
  return letter;
};
