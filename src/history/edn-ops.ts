// From EDN forms to operations and plain values.
import { opFrom } from './codec.ts';
import { EdnMap, EdnSymbol, type Form, Keyword, Tagged } from './edn-forms.ts';
import type { EdnReader } from './edn-reader.ts';
import { stringifyEdn } from './edn-writer.ts';
import type { Op } from './op.ts';

type Refuse = (says: string) => Error;

/** The text that names a field: of a keyword or symbol its name, of anything else its EDN. */
const fieldOf = (key: Form, refuse: Refuse): string => {
  if (key instanceof Keyword || key instanceof EdnSymbol) return key.name;
  if (typeof key === 'string') return key;
  return key === null ? 'nil' : stringifyEdn(plainOf(key, refuse));
};

const objectOf = (map: EdnMap, refuse: Refuse): object => {
  const fields = new Map<string, unknown>();
  for (const [key, value] of map.entries) {
    const field = fieldOf(key, refuse);
    if (fields.has(field)) throw refuse(`two fields named ${JSON.stringify(field)} in one map`);
    fields.set(field, plainOf(value, refuse));
  }
  return Object.fromEntries(fields);
};

/** Plain data for a form: keywords and symbols are text, maps objects, `#tag form` is `{"#tag": form}`. */
export const plainOf = (form: Form, refuse: Refuse): unknown => {
  if (form instanceof Keyword || form instanceof EdnSymbol) return form.name;
  if (form instanceof Tagged) return { [`#${form.tag}`]: plainOf(form.form, refuse) };
  if (form instanceof EdnMap) return objectOf(form, refuse);
  return Array.isArray(form) ? form.map((item) => plainOf(item as Form, refuse)) : form;
};

const isName = (form: unknown): boolean =>
  form instanceof Keyword || form instanceof EdnSymbol || typeof form === 'string';

/** A code and its details. Texts, which say no code, have the code `error`. */
const errorOf = (form: Form, refuse: Refuse): unknown => {
  if (form instanceof Keyword || form instanceof EdnSymbol) return [form.name];
  const isCoded = Array.isArray(form) && isName(form[0]);
  return isCoded ? plainOf(form, refuse) : ['error', plainOf(form, refuse)];
};

/** Fields for which `nil` is the same as none. */
const optional = new Set(['index', 'time', 'key', 'error']);

/** Jepsen's records say −1 for "none". */
const isCount = (value: unknown): boolean => typeof value !== 'number' || value >= 0;

/** The operation at a position of a history (from 0), at the line where it began. */
export const opOfForm = (
  form: Form,
  at: {
    readonly position: number;
    readonly line: number;
    readonly path: string;
    readonly reader: EdnReader;
  },
): Op => {
  const { position, line, path, reader } = at;
  const refuse: Refuse = (says) => reader.refusal(says);
  const map = form instanceof Tagged ? form.form : form;
  if (!(map instanceof EdnMap))
    throw refuse(`expected a map, got ${stringifyEdn(plainOf(map, refuse)).slice(0, 60)}`);
  const record: { [field: string]: unknown } = { index: position, time: position, value: null };
  for (const [key, value] of map.entries) {
    const field = fieldOf(key, refuse);
    if (Object.hasOwn(record, field) && !['index', 'time', 'value'].includes(field))
      throw refuse(`two fields named ${JSON.stringify(field)} in one operation`);
    if (value === null && optional.has(field)) continue;
    const plain = field === 'error' ? errorOf(value, refuse) : plainOf(value, refuse);
    if (field === 'index' && !isCount(plain)) continue;
    Object.defineProperty(record, field, {
      value: plain,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return opFrom(record, line, path);
};

/** Operations looked at before deciding whether values are `[key value]`. */
export const sniffed = 1000;

const isTuple = (value: unknown): value is [string | number, unknown] =>
  Array.isArray(value) &&
  value.length === 2 &&
  (typeof value[0] === 'string' || typeof value[0] === 'number');

/**
 * Whether values look like `[key value]` of Jepsen's independent tests, which EDN does not tell from any other pair: every
 * client operation carries a pair, and some invocation asks for a value under a key: `[key nil]`.
 */
export const looksIndependent = (ops: readonly Op[]): boolean => {
  const clients = ops.filter(({ process }) => process !== 'nemesis');
  const asks = ({ type, value }: Op): boolean =>
    type === 'invoke' && isTuple(value) && value[1] === null;
  return clients.every(({ value }) => isTuple(value)) && clients.some(asks);
};

/** The operation with the key taken out of its value; as it is when there is none. */
export const withKey = (op: Op): Op => {
  if (op.process === 'nemesis' || op.key !== undefined || !isTuple(op.value)) return op;
  const [key, value] = op.value;
  return Object.freeze({ ...op, key, value });
};
