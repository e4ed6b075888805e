// A list read from an iterator once, when first needed, and re-readable: what makes single-pass iterables values.

export type Cell<T> = { readonly value: T; readonly rest: LazyList<T> };

/** Cells remember what was pulled; those that nobody holds any longer are free to go. */
export class LazyList<T> {
  #pull: (() => IteratorResult<T>) | undefined;
  #cell: Cell<T> | undefined;

  constructor(pull: () => IteratorResult<T>) {
    this.#pull = pull;
  }

  /** The first value and the list after it; undefined at the end. */
  cell(): Cell<T> | undefined {
    const pull = this.#pull;
    if (pull !== undefined) {
      // Before the pull: an iterator that throws is over, it must not be pulled again.
      this.#pull = undefined;
      const result = pull();
      if (result.done !== true) this.#cell = { value: result.value, rest: new LazyList(pull) };
    }
    return this.#cell;
  }
}

/** Maps while reading; each value is mapped once. */
export const lazyList = <A, B>(items: Iterable<A>, map: (item: A) => B): LazyList<B> => {
  let iterator: Iterator<A> | undefined;
  return new LazyList<B>(() => {
    iterator ??= items[Symbol.iterator]();
    const result = iterator.next();
    return result.done === true
      ? { done: true, value: undefined }
      : { done: false, value: map(result.value) };
  });
};
