// Every model under one name, as users write it: `models.register(0)`.
import { casRegister, keyValue, register } from './registers.ts';

/** Sequential specifications to check histories against. */
export const models = { register, casRegister, keyValue } as const;
