// Causal: one process reads and writes a register in a fixed chain, and must see its own past at every step.
import { byKey, indexOf, isClientOp, type KeyedOp, type WorkloadVerdict } from './verdict.ts';

/**
 * Operations, per key one process at a time: `read-init` (value 0 expected), `write` 1, `read`, `write` 2,
 * `read`; a read's
 * value may be null for "unknown". Clients may add `position` (where the database put this operation) and `link` (the
 * position that it says it follows, or 'init'): each link must then name the position seen last.
 */
export type CausalOp = KeyedOp & { readonly position?: unknown; readonly link?: unknown };

/** What broke the chain of a key, and where. */
export type CausalError = {
  readonly key: unknown;
  readonly index: number;
  readonly op: CausalOp;
  readonly type: 'broken-link' | 'unexpected-write' | 'not-initial' | 'stale-read';
  readonly message: string;
};

/** The verdict, with the first error of each key; `unknown` if nothing completed. */
export type CausalVerdict = WorkloadVerdict & {
  readonly keyCount: number;
  readonly errors: readonly CausalError[];
};

type Register = { value: unknown; counter: number; position: unknown };

const judge = (
  register: Register,
  op: CausalOp,
): Pick<CausalError, 'type' | 'message'> | undefined => {
  const { link, value } = op;
  const linked = link === undefined || link === 'init' || link === register.position;
  if (!linked)
    return {
      type: 'broken-link',
      message: `links to ${link}, the position seen last is ${register.position}`,
    };
  if (op.f === 'write') {
    if (value === register.counter + 1) return undefined;
    return {
      type: 'unexpected-write',
      message: `expected a write of ${register.counter + 1}, not of ${value}`,
    };
  }
  if (op.f === 'read-init' && register.counter === 0 && value !== 0 && value !== null)
    return { type: 'not-initial', message: `expected the initial 0, read ${value}` };
  if (value === null || value === register.value) return undefined;
  return {
    type: 'stale-read',
    message: `read ${value} from a register that holds ${register.value}`,
  };
};

const firstError = (key: unknown, ops: readonly CausalOp[]): CausalError | undefined => {
  const register: Register = { value: 0, counter: 0, position: undefined };
  for (const [position, op] of ops.entries()) {
    if (op.type !== 'ok' || !isClientOp(op) || !/^(read|read-init|write)$/.test(op.f ?? ''))
      continue;
    const wrong = judge(register, op);
    if (wrong !== undefined) return { key, index: indexOf(op, position), op, ...wrong };
    if (op.f === 'write') {
      register.counter++;
      register.value = op.value;
    }
    if (op.position !== undefined) register.position = op.position;
  }
  return undefined;
};

/** Replays each key's completed operations in order against a register. */
export const checkCausal = (ops: readonly CausalOp[]): CausalVerdict => {
  const keys = byKey(ops) as Map<unknown, CausalOp[]>;
  const errors = [...keys].flatMap(([key, own]) => firstError(key, own) ?? []);
  const some = ops.some((op) => op.type === 'ok' && isClientOp(op));
  return {
    valid: errors.length > 0 ? false : some ? true : 'unknown',
    keyCount: keys.size,
    errors,
  };
};
