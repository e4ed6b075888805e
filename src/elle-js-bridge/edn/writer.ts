// Writes values as EDN, Clojure's notation: for the JVM's Elle, and for words in its manner.

const symbolic = /^[A-Za-z*!_?$%&=<>+-][\w*!?$%&=<>.+#'-]*$/;

const textOf = (text: string): string =>
  JSON.stringify(text).replaceAll(/\\u([0-9a-f]{4})/g, '\\u$1');

const keyOf = (name: string): string => (symbolic.test(name) ? `:${name}` : textOf(name));

/** Names of fields and of functions are keywords; other text is text. */
const keywordFields = new Set(['type', 'f', 'process']);

/** One value: objects become maps with keyword keys, arrays vectors, null nil. */
export const ednOf = (value: unknown): string => {
  if (value === null || value === undefined) return 'nil';
  if (typeof value === 'string') return textOf(value);
  if (typeof value === 'bigint') return `${value}N`;
  if (Array.isArray(value)) return `[${value.map(ednOf).join(' ')}]`;
  if (value instanceof Keyword) return `:${value.name}`;
  if (typeof value !== 'object') return String(value);
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return `{${fields.map(([name, field]) => `${keyOf(name)} ${fieldOf(name, field)}`).join(', ')}}`;
};

const fieldOf = (name: string, value: unknown): string => {
  if (keywordFields.has(name) && typeof value === 'string') return keyOf(value);
  if (name === 'value' && Array.isArray(value)) return `[${value.map(mopOf).join(' ')}]`;
  return ednOf(value);
};

/** A micro-operation: its function is a keyword. */
const mopOf = (mop: unknown): string => {
  if (!Array.isArray(mop) || typeof mop[0] !== 'string') return ednOf(mop);
  return `[${keyOf(mop[0])}${mop
    .slice(1)
    .map((part) => ` ${ednOf(part)}`)
    .join('')}]`;
};

/** A keyword kept apart from text. */
export class Keyword {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  /** In JSON a keyword is its name. */
  toJSON(): string {
    return this.name;
  }
}
