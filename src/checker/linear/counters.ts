// Models of numbers and of several registers at once.
import { canonical, type Model, type ModelOp, show } from './model.ts';

/** A number: `add n` (negative to subtract), `read`. */
export const counter = (init = 0): Model<number> => ({
  name: 'counter',
  fs: ['add', 'read'],
  init,
  step: (sum, op) => {
    if (op.f === 'add') return sum + Number(op.value);
    return op.type === 'info' || op.value === sum ? sum : undefined;
  },
  isPure: (op) => op.f === 'read',
  kind: (op) => (op.f === 'read' && op.type === 'info' ? 'read' : `${op.f} ${show(op.value)}`),
  describe: (op) => (op.f === 'read' && op.type === 'info' ? 'read' : `${op.f} ${show(op.value)}`),
});

type Registers = Readonly<Record<string, unknown>>;
type Mop = readonly [f: string, key: string | number, value: unknown];

const isRead = (f: string): boolean => f === 'r' || f === 'read';

/**
 * Several registers: `txn [[r|w, key, value] …]` reads and writes in one step. Keys that were never written hold what
 * `init` says, null without it. A read of null where `init` says something else observed nothing.
 */
export const multiRegister = (init: Registers = {}): Model<Registers> => {
  const at = (state: Registers, key: string | number): unknown => state[key] ?? null;
  const isBlank = (op: ModelOp, [, key, value]: Mop): boolean =>
    op.type === 'info' || (value === null && at(init, key) !== null);
  return {
    name: 'multi-register',
    fs: ['txn'],
    init,
    step: (state, op) => {
      const after: Record<string, unknown> = { ...state };
      for (const mop of op.value as readonly Mop[]) {
        const [f, key, value] = mop;
        if (!isRead(f)) after[key] = value;
        else if (!isBlank(op, mop) && canonical(at(after, key)) !== canonical(value))
          return undefined;
      }
      return after;
    },
    isPure: (op) => (op.value as readonly Mop[]).every(([f]) => isRead(f)),
    describe: (op) =>
      `txn ${(op.value as readonly Mop[]).map((mop) => mop.map(word).join(' ')).join(', ')}`,
  };
};

const word = (part: unknown): string => (typeof part === 'string' ? part : show(part));
