// What each model allows, one drawn history that it explains and one that it does not.
import { expect, test } from 'vitest';
import { checkLinearizable } from '../../src/checker/linear/linearizable.ts';
import type { Model } from '../../src/checker/linear/model.ts';
import { models } from '../../src/checker/linear/models.ts';
import type { Op } from '../../src/history/op.ts';
import { timeline } from './timeline.ts';

const cases: Readonly<Record<string, { model: Model; good: Op[]; bad: Op[] }>> = {
  'a mutex is held by one': {
    model: models.mutex() as Model,
    good: timeline`
      0 acquire 0  |--|
      0 release 0       |----|
      1 acquire 1       |------|`,
    bad: timeline`
      0 acquire 0  |--|
      1 acquire 1     |----|`,
  },
  'a crashed acquire may hold the lock, a crashed release may free it': {
    model: models.mutex() as Model,
    good: timeline`
      0 acquire 0  |--?
      1 release 1       |--|
      2 acquire 2            |--|
      2 release 2                 |-->
      3 acquire 3                        |--|`,
    bad: timeline`
      0 acquire 0  |--|
      1 acquire 1       |--?
      2 acquire 2            |--|`,
  },
  'readers share a lock, a writer does not': {
    model: models.readWriteLock() as Model,
    good: timeline`
      0 acquire-read  0  |--|
      1 acquire-read  1       |--|
      0 release-read  0            |--|
      1 release-read  1                 |--|
      2 acquire-write 2               |------|`,
    bad: timeline`
      0 acquire-read  0  |--|
      2 acquire-write 2       |--|`,
  },
  'a lock has one writer, who shares it with nobody': {
    model: models.readWriteLock() as Model,
    good: timeline`
      0 acquire-write 0  |--|
      0 release-write 0       |--|
      1 acquire-write 1            |--|`,
    bad: timeline`
      0 acquire-write 0  |--|
      1 acquire-write 1       |--|`,
  },
  'a semaphore has so many permits': {
    model: models.semaphore(3) as Model,
    good: timeline`
      0 acquire 2  |--|
      1 acquire 1       |--|`,
    bad: timeline`
      0 acquire 2  |--|
      1 acquire 2       |--|`,
  },
  'a lease has one holder': {
    model: models.lease() as Model,
    good: timeline`
      0 acquire "a"  |--|
      0 acquire "a"       |--|
      1 read    "a"            |--|
      0 release "a"                 |--|
      1 acquire "b"                      |--|`,
    bad: timeline`
      0 acquire "a"  |--|
      1 acquire "b"       |--|`,
  },
  'a term has one leader, and does not come back': {
    model: models.leader() as Model,
    good: timeline`
      0 read [1,"a"]  |--|
      1 read [3,"b"]       |--|
      1 read [3,"b"]            |--|`,
    bad: timeline`
      0 read [2,"a"]  |--|
      1 read [2,"b"]       |--|`,
  },
  'a counter adds up': {
    model: models.counter() as Model,
    good: timeline`
      0 add  2  |-------|
      1 add  -1   |--|
      2 read 1        |---|`,
    bad: timeline`
      0 add  2  |--|
      2 read 1        |---|`,
  },
  'a transaction on several registers is one step': {
    model: models.multiRegister() as Model,
    good: timeline`
      0 txn [["w","x",1],["w","y",1]]  |------|
      1 txn [["r","x",1],["r","y",1]]    |------|`,
    bad: timeline`
      0 txn [["w","x",1],["w","y",1]]  |------|
      1 txn [["r","x",1],["r","y",null]]    |------|`,
  },
  'a transaction reads what it wrote itself': {
    model: models.multiRegister({ x: 0 }) as Model,
    good: timeline`
      0 txn [["w","x",1],["r","x",1]]  |------|
      1 txn [["r","x",null]]                   |------|`,
    bad: timeline`
      0 txn [["w","x",1],["r","x",0]]  |------|`,
  },
  'texts are appended to': {
    model: models.keyValue() as Model,
    good: timeline`
      0 put    "a"   |--|
      1 append "b"        |----|
      2 append "c"        |----|
      0 get    "acb"             |--|`,
    bad: timeline`
      0 put    "a"   |--|
      1 append "b"        |--|
      2 append "c"             |--|
      0 get    "acb"                |--|`,
  },
  'a set holds what was added and not removed': {
    model: models.set() as Model,
    good: timeline`
      0 add      2         |--|
      0 add      1              |--|
      0 read     [2,1]               |--|
      0 remove   1                        |--|
      0 contains [1,false]                     |--|`,
    bad: timeline`
      0 add      2         |--|
      0 read     []              |--|`,
  },
  'a queue gives first what was put first': {
    model: models.fifoQueue() as Model,
    good: timeline`
      0 enqueue 1     |----|
      1 enqueue 2     |----|
      0 dequeue 2            |--|
      0 dequeue 1                 |--|
      0 dequeue null                    |--|`,
    bad: timeline`
      0 enqueue 1     |--|
      1 enqueue 2          |--|
      0 dequeue 2               |--|`,
  },
  'a crashed dequeue may have taken the head': {
    model: models.fifoQueue() as Model,
    good: timeline`
      0 enqueue 1     |--|
      1 enqueue 2          |--|
      2 dequeue null            |--?
      0 dequeue 2                    |--|`,
    bad: timeline`
      0 enqueue 1     |--|
      1 enqueue 2          |--|
      2 dequeue null            |--?
      0 dequeue null                    |--|`,
  },
  'an unordered queue gives what it has': {
    model: models.unorderedQueue() as Model,
    good: timeline`
      0 enqueue 1     |--|
      1 enqueue 2          |--|
      0 dequeue 2               |--|
      2 dequeue null                  |--?
      0 dequeue null                        |--|`,
    bad: timeline`
      0 enqueue 1     |--|
      1 enqueue 1          |--|
      0 dequeue 1               |--|
      0 dequeue null                  |--|`,
  },
  'a stack gives first what was put last': {
    model: models.stack() as Model,
    good: timeline`
      0 push 1  |--|
      1 push 2       |--|
      0 pop  2            |--|
      0 pop  1                 |--|`,
    bad: timeline`
      0 push 1  |--|
      1 push 2       |--|
      0 pop  1            |--|`,
  },
  'a priority queue gives the smallest': {
    model: models.priorityQueue() as Model,
    good: timeline`
      0 enqueue 10  |--|
      1 enqueue 9        |--|
      0 dequeue 9             |--|`,
    bad: timeline`
      0 enqueue 10  |--|
      1 enqueue 9        |--|
      0 dequeue 10             |--|`,
  },
};

test.each(Object.entries(cases))('%s', (_name, { model, good, bad }) => {
  expect(checkLinearizable(good, { model }).valid).toBe(true);
  expect(checkLinearizable(bad, { model }).valid).toBe(false);
});

test("a user's own model in a few lines", () => {
  /** A door that must be open to go through. */
  const door: Model<'open' | 'shut'> = {
    name: 'door',
    fs: ['open', 'shut', 'walk'],
    init: 'shut',
    step: (state, { f }) =>
      f === 'walk' ? (state === 'open' ? state : undefined) : f === 'open' ? 'open' : 'shut',
    isPure: ({ f }) => f === 'walk',
    describe: ({ f }) => (f === 'walk' ? 'walk through' : f),
  };
  const history = timeline`
    0 open 0  |--|
    1 shut 0       |--|
    2 walk 0            |--|`;
  expect(checkLinearizable(history, { model: door })).toMatchObject({
    valid: false,
    failures: [{ states: ['"shut"'] }],
    witness: {
      title:
        'not linearizable: process 2 finished "walk through"; no order of these 2 operations explains it',
    },
  });
});
