// Judges that share no code with the checkers: every order tried, just-in-time linearization, and a verifier.
import type { Model, ModelOp } from '../../src/checker/linear/model.ts';
import type { Op } from '../../src/history/op.ts';

export type Item = {
  readonly op: ModelOp;
  readonly start: number;
  /** The latest moment to take effect. */
  readonly end: number;
  /** It may never have taken effect. */
  readonly optional: boolean;
};

const forever = Number.POSITIVE_INFINITY;

/** Operations of a history that happened or may have; positions order events. */
export const itemsOf = (history: readonly Op[]): Item[] => {
  const items: Item[] = [];
  history.forEach((invoke, start) => {
    if (invoke.type !== 'invoke' || invoke.process === 'nemesis') return;
    const at = history.findIndex((op, i) => i > start && op.process === invoke.process);
    const completion = at < 0 ? undefined : history[at];
    if (completion?.type === 'fail') return;
    const isOk = completion?.type === 'ok';
    items.push({
      op: {
        f: invoke.f,
        type: isOk ? 'ok' : 'info',
        value: isOk ? completion.value : invoke.value,
        input: invoke.value,
      },
      start,
      end: isOk ? at : forever,
      optional: !isOk,
    });
  });
  return items;
};

/** Tries every order: exponential, for histories of up to eight operations. */
export const bruteForce = <S>(history: readonly Op[], model: Model<S>): boolean =>
  hasOrder(itemsOf(history), model.init, model);

/** Is there an order of all items, or of all but some optional ones, that the model allows? */
export const hasOrder = <S>(left: readonly Item[], state: S, model: Model<S>): boolean => {
  if (left.every((item) => item.optional)) return true;
  const horizon = Math.min(...left.map((item) => item.end));
  return left.some((item) => {
    if (item.start > horizon) return false;
    const others = left.filter((other) => other !== item);
    const next = model.step(state, item.op);
    return (
      (next !== undefined && hasOrder(others, next, model)) ||
      (item.optional && hasOrder(others, state, model))
    );
  });
};

/** The position of the first completion up to which nothing explains the history, or -1. */
export const firstUnexplained = <S>(history: readonly Op[], model: Model<S>): number =>
  history.findIndex((op, at) => op.type === 'ok' && !isExplained(history, at, model));

/** What is still open at a moment may yet turn out as it did, or never have happened. */
const isExplained = <S>(history: readonly Op[], at: number, model: Model<S>): boolean => {
  const items = itemsOf(history)
    .filter((item) => item.start <= at)
    .map((item) => (item.end > at ? { ...item, end: forever, optional: true } : item));
  return hasOrder(items, model.init, model);
};

/** Enough for nearly all histories of the tests, and a fraction of a second. */
const configsMax = 2_000;

type Config<S> = { readonly state: S; readonly open: readonly number[] };

/**
 * Just-in-time linearization (Lowe 2017): carries every configuration (state, open operations that have not taken effect)
 * from event to event, and linearizes only when an operation returns. Breadth first, no pruning; undefined when that
 * becomes too much.
 */
export const justInTime = <S>(history: readonly Op[], model: Model<S>): boolean | undefined => {
  const items = itemsOf(history);
  const events = items
    .flatMap((item, id) => [
      { at: item.start, id, returns: false },
      ...(item.end === forever ? [] : [{ at: item.end, id, returns: true }]),
    ])
    .sort((a, b) => a.at - b.at);
  let configs: Config<S>[] = [{ state: model.init, open: [] }];
  for (const { id, returns } of events) {
    configs = returns
      ? closure(configs, items, model).filter(({ open }) => !open.includes(id))
      : configs.map(({ state, open }) => ({ state, open: [...open, id] }));
    if (configs.length === 0) return false;
    if (configs.length > configsMax) return undefined;
  }
  return true;
};

/** Everything reachable by letting open operations take effect, in any order. */
const closure = <S>(configs: readonly Config<S>[], items: readonly Item[], model: Model<S>) => {
  const found = new Map<string, Config<S>>();
  const due = [...configs];
  for (let config = due.pop(); config !== undefined; config = due.pop()) {
    const text = JSON.stringify(config);
    if (found.has(text)) continue;
    found.set(text, config);
    for (const id of config.open) {
      const state = model.step(config.state, (items[id] as Item).op);
      if (state !== undefined)
        due.push({ state, open: config.open.filter((other) => other !== id) });
    }
  }
  return [...found.values()];
};

/**
 * Accepts a certificate: everything that completed is in the order once, nothing stands behind what was invoked after it
 * returned, and the model allows each step. Returns what is wrong.
 */
export const verify = <S>(
  history: readonly Op[],
  order: readonly number[],
  model: Model<S>,
): string | undefined => {
  const items = new Map(itemsOf(history).map((item) => [history[item.start]?.index, item]));
  let state = model.init;
  let latestStart = -1;
  for (const index of order) {
    const item = items.get(index);
    if (item === undefined) return `operation ${index} did not happen, or is there twice`;
    items.delete(index);
    if (item.end < latestStart)
      return `operation ${index} had returned before one ahead of it began`;
    latestStart = Math.max(latestStart, item.start);
    const next = model.step(state, item.op);
    if (next === undefined) return `operation ${index} is not legal there`;
    state = next;
  }
  const missing = [...items].find(([, item]) => !item.optional);
  return missing === undefined ? undefined : `operation ${missing[0]} is missing`;
};
