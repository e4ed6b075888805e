// Leaves out lost writes to a register that nobody can have noticed: they explain nothing.
import { type Call, opOf } from './calls.ts';
import { canonical, type Model, type RegisterAccess } from './model.ts';

/** The calls without lost ones whose value is read by no completed operation, nor by a lost one that counts itself. */
export const dropUnnoticed = <S>(calls: readonly Call[], model: Model<S>): readonly Call[] => {
  const { register } = model;
  if (register === undefined || !calls.some((call) => call.optional)) return calls;
  const lostWriters = new Map<string | number, RegisterAccess[]>();
  const needed = new Set<string | number>();
  const due: (string | number)[] = [];
  const need = (access: RegisterAccess): void => {
    if (access.reads !== undefined) due.push(canonical(access.reads));
  };
  for (const call of calls) {
    const access = register(opOf(call));
    if (!call.optional) need(access);
    else if (access.writes !== undefined) {
      const value = canonical(access.writes);
      lostWriters.set(value, [...(lostWriters.get(value) ?? []), access]);
    }
  }
  for (let value = due.pop(); value !== undefined; value = due.pop()) {
    if (needed.has(value)) continue;
    needed.add(value);
    for (const access of lostWriters.get(value) ?? []) need(access);
  }
  const counts = ({ writes }: RegisterAccess): boolean =>
    writes !== undefined && needed.has(canonical(writes));
  return calls.filter((call) => !call.optional || counts(register(opOf(call))));
};
