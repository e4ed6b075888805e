// Register models: one cell that is read, written and compared-and-set, alone or by key.
import { usageError } from '../../base/errors.ts';
import { canonical, type Model, type ModelOp, type RegisterAccess, show } from './model.ts';

const isSame = (a: unknown, b: unknown): boolean => a === b || canonical(a) === canonical(b);

/** The two values of a compare-and-set: what it expects and what it leaves. */
const pairOf = (op: ModelOp): readonly [unknown, unknown] => {
  if (!Array.isArray(op.value) || op.value.length !== 2)
    throw usageError(`${op.f} needs a value [expected, new], got ${show(op.value)}`);
  return [op.value[0], op.value[1]];
};

/**
 * What an operation needs and leaves. A register that never starts out empty takes a read of null for "nothing was
 * observed" (Knossos' rule); one that starts as null takes it as seriously as any other value.
 */
const accessOf = (op: ModelOp, init: unknown): RegisterAccess => {
  if (op.f === 'write') return { reads: undefined, writes: op.value };
  if (op.f === 'cas') {
    const [expected, next] = pairOf(op);
    return { reads: expected, writes: next };
  }
  const isBlank = op.type === 'info' || (op.value === null && init !== null);
  return { reads: isBlank ? undefined : op.value, writes: undefined };
};

const words: Record<string, (op: ModelOp) => string> = {
  read: (op) => (op.type === 'ok' ? `read ${show(op.value)}` : 'read'),
  write: (op) => `write ${show(op.value)}`,
  cas: (op) => `compare-and-set ${show(pairOf(op)[0])} to ${show(pairOf(op)[1])}`,
};

type RegisterOptions = {
  readonly name: string;
  readonly fs: readonly string[];
  readonly init: unknown;
};

const registerModel = ({ name, fs, init }: RegisterOptions): Model => {
  const access = (op: ModelOp): RegisterAccess => accessOf(op, init);
  return {
    name,
    fs,
    init,
    step: (state, op) => {
      const { reads, writes } = access(op);
      if (reads !== undefined && !isSame(reads, state)) return undefined;
      return writes === undefined ? state : writes;
    },
    isPure: (op) => op.f === 'read',
    kind: (op) => String(canonical(access(op))),
    describe: (op) => words[op.f]?.(op) ?? op.f,
    register: access,
  };
};

/** One register: `read` (completes with what it holds) and `write v`. `init` is what it holds at first. */
export const register = (init: unknown = null): Model =>
  registerModel({ name: 'register', fs: ['read', 'write'], init });

/** A register with `cas [expected, new]` besides; one that was refused is `fail` and did not happen. */
export const casRegister = (init: unknown = null): Model =>
  registerModel({ name: 'cas-register', fs: ['read', 'write', 'cas'], init });

/** A map of texts, partitioned by the operation's `key`: `get`, `put text`, `append text`; `init` where nothing was put. */
export const keyValue = (init = ''): Model<string> => ({
  name: 'key-value',
  fs: ['get', 'put', 'append'],
  init,
  step: (state, op) => {
    if (op.f === 'put') return String(op.value);
    if (op.f === 'append') return state + String(op.value);
    return op.type === 'info' || op.value === state ? state : undefined;
  },
  key: (state) => state,
  isPure: (op) => op.f === 'get',
  kind: (op) => (op.f === 'get' && op.type === 'info' ? 'get' : `${op.f} ${show(op.value)}`),
  describe: (op) => (op.f === 'get' && op.type === 'info' ? 'get' : `${op.f} ${show(op.value)}`),
});
