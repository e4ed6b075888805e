// What EDN text consists of, as the reader gives it.

/** A keyword by its name, `:a/b` as `a/b`. */
export class Keyword {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}
/** A symbol; `nil`, `true` and `false` are not. */
export class EdnSymbol {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}
/** A form behind a tag, `#inst "…"`, or a record, `#jepsen.history.Op{…}`. */
export class Tagged {
  readonly tag: string;
  readonly form: Form;
  constructor(tag: string, form: Form) {
    this.tag = tag;
    this.form = form;
  }
}
/** A map as it stands: entries in order, keys of any kind. */
export class EdnMap {
  readonly entries: readonly (readonly [Form, Form])[];
  constructor(entries: readonly (readonly [Form, Form])[]) {
    this.entries = entries;
  }
}
/** Vectors, lists and sets are arrays, in the order written; characters are texts of one. */
export type Form =
  | null
  | boolean
  | number
  | bigint
  | string
  | Keyword
  | EdnSymbol
  | Tagged
  | EdnMap
  | readonly Form[];
