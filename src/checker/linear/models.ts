// Every model under one name, as users write it: `models.register(0)`.
import { fifoQueue, priorityQueue, set, stack, unorderedQueue } from './collections.ts';
import { counter, multiRegister } from './counters.ts';
import { leader, lease, mutex, readWriteLock, semaphore } from './locks.ts';
import { casRegister, keyValue, register } from './registers.ts';

/** Sequential specifications to check histories against. */
export const models = {
  register,
  casRegister,
  multiRegister,
  keyValue,
  counter,
  mutex,
  readWriteLock,
  semaphore,
  lease,
  leader,
  set,
  fifoQueue,
  unorderedQueue,
  priorityQueue,
  stack,
} as const;
