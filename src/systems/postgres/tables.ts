// The tables behind the transactional vocabularies, and the statement of each step of a transaction.
import { assert } from '../../base/assert.ts';
import type { Statement } from './session.ts';

type Rows = readonly Readonly<Record<string, unknown>>[];

/** One step of a transaction, ready to send. */
export type Step = {
  readonly statement: Statement;
  readonly writes: boolean;
  /** The step as it goes into the completion: reads filled in. */
  readonly resultOf: (rows: Rows) => unknown;
};

export type Table = {
  readonly create: string;
  /** Throws an `AssertionError` for what the vocabulary does not have. */
  readonly stepOf: (step: unknown) => Step;
};

type Shape = {
  readonly name: string;
  /** SQL type of the value column, and of a parameter for it. */
  readonly type: string;
  /** What a write is called. */
  readonly write: string;
  /** The new value of a row that exists; `excluded.v` is the written one. */
  readonly update: string;
  /** A column's text as the value of a read. */
  readonly parse: (text: string) => unknown;
};

const tableOf = ({ name, type, write, update, parse }: Shape): Table => {
  const select = `SELECT v FROM ${name} WHERE k = $1`;
  const upsert =
    `INSERT INTO ${name} AS t (k, v) VALUES ($1, $2::${type}) ` +
    `ON CONFLICT (k) DO UPDATE SET v = ${update}`;
  return {
    create: `CREATE TABLE IF NOT EXISTS ${name} (k bigint PRIMARY KEY, v ${type} NOT NULL)`,
    stepOf: (step) => {
      assert(Array.isArray(step) && step.length === 3, 'a step is [f, key, value]');
      const [f, key, value]: readonly unknown[] = step;
      assert(Number.isSafeInteger(key), `keys are whole numbers, not ${JSON.stringify(key)}`);
      if (f === 'r')
        return {
          statement: { text: select, values: [key] },
          writes: false,
          resultOf: ([row]) => [f, key, row === undefined ? null : parse(String(row.v))],
        };
      assert(f === write, `${name} has no step ${String(f)}: r and ${write} exist`);
      assert(Number.isSafeInteger(value), `values are whole numbers: ${JSON.stringify(value)}`);
      return {
        statement: { text: upsert, values: [key, String(value)] },
        writes: true,
        resultOf: () => [f, key, value],
      };
    },
  };
};

/** What nobody wrote is kept as it is, for the checker to complain of. */
const numberOf = (text: string): number | string =>
  /^-?\d+$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : text;

/** A list is text, its elements separated by commas. */
export const listAppendTable: Table = tableOf({
  name: 'list_append',
  type: 'text',
  write: 'append',
  update: "t.v || ',' || excluded.v",
  parse: (text) => text.split(',').map(numberOf),
});

export const rwRegisterTable: Table = tableOf({
  name: 'rw_register',
  type: 'bigint',
  write: 'w',
  update: 'excluded.v',
  parse: numberOf,
});
