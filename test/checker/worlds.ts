// Random histories for every model: clients on a simulated object that answers truly, or sometimes lies.
import fc from 'fast-check';
import type { Model } from '../../src/checker/linear/model.ts';
import { models } from '../../src/checker/linear/models.ts';
import type { Op } from '../../src/history/op.ts';

type Request = { readonly f: string; readonly value: unknown };

/** A model with the requests its clients make, and what the object answers: undefined means refused. */
export type World = {
  readonly model: Model;
  readonly request: (pick: Chance, nth: number) => Request;
  readonly answer: (state: unknown, request: Request) => unknown;
  readonly lie: (pick: Chance, nth: number) => unknown;
};
/** What chance decides about one operation. */
type Chance = { readonly kind: number; readonly a: number; readonly b: number };

const registerRequest = (pick: Chance): Request =>
  [
    { f: 'read', value: null },
    { f: 'write', value: pick.a },
    { f: 'cas', value: [pick.a, pick.b] },
  ][pick.kind % 3] as Request;

const answerTruly = (model: Model, state: unknown, request: Request): unknown => {
  if (request.f === 'read') return state;
  const op = { f: request.f, type: 'ok', value: request.value, input: request.value } as const;
  return model.step(state, op) === undefined ? undefined : request.value;
};

const register = (model: Model): World => ({
  model,
  request: (pick) => {
    const request = registerRequest(pick);
    return model.fs.includes(request.f) ? request : { f: 'read', value: null };
  },
  answer: (state, request) => answerTruly(model, state, request),
  lie: (pick) => pick.a,
});

type Table<S> = {
  readonly model: Model<S>;
  readonly requests: (pick: Chance) => readonly Request[];
  /** What requests with value null may be answered with; the truth is the first that the model allows. */
  readonly answers: (state: S) => readonly unknown[];
};

const world = <S>({ model, requests, answers }: Table<S>): World => ({
  model: model as Model,
  request: (pick) => {
    const all = requests(pick);
    return all[pick.kind % all.length] as Request;
  },
  answer: (state, { f, value }) =>
    (value === null ? answers(state as S) : [value]).find(
      (value) => model.step(state as S, { f, type: 'ok', value, input: null }) !== undefined,
    ),
  lie: (pick) => {
    const all = answers(model.init);
    return all[(pick.a + 3 * pick.b) % all.length];
  },
});

const taking = <S>(model: Model<S>, [put, take]: readonly [string, string]): World =>
  world({
    model,
    requests: ({ a }) => [
      { f: put, value: a },
      { f: take, value: null },
    ],
    answers: () => [2, 0, 1, null],
  });

/** Every value is put once, in no order that its number tells; a lie is one of the last few values, or nothing. */
const takingUnique = <S>(model: Model<S>, [put, take]: readonly [string, string]): World => {
  const nameOf = (nth: number): number => (nth * 7) % 61;
  return {
    model: model as Model,
    request: (pick, nth) =>
      pick.kind % 2 === 0 ? { f: put, value: nameOf(nth) } : { f: take, value: null },
    answer: (state, { f, value }) => {
      if (f === put) return value;
      return [...(state as readonly unknown[]), null].find(
        (item) => model.step(state as S, { f, type: 'ok', value: item, input: null }) !== undefined,
      );
    },
    lie: (pick, nth) => (pick.a + pick.b === 4 ? null : nameOf(Math.max(1, nth - pick.a - pick.b))),
  };
};

/** Every element is added once; `asks` says what else is done with the last few. */
const setUnique = (asks: (element: number, answer: boolean) => readonly Request[]): World => ({
  ...world({
    model: models.set(),
    requests: () => [],
    answers: (state) => [state],
  }),
  request: (pick, nth) => {
    const all = [{ f: 'add', value: nth }, ...asks(Math.max(1, nth - pick.a), pick.b > 0)];
    return all[pick.kind % all.length] as Request;
  },
  lie: (pick, nth) =>
    [1, 2, 3, 4]
      .map((back) => nth - back)
      .filter((el, i) => el > 0 && (pick.a + 3 * pick.b) & (1 << i)),
});

const named =
  (...fs: readonly string[]) =>
  (): readonly Request[] =>
    fs.map((f) => ({ f, value: f }));

const subsets = [[], [0], [1], [2], [0, 1], [0, 2], [1, 2], [0, 1, 2]];
const bits = [true, false].flatMap((answer) => [0, 1, 2].map((value) => [value, answer]));
const mops = ['r', 'w'].flatMap((f) => ['x', 'y'].map((key) => [f, key]));

/** Every written value is new; what is expected or lied about is one of the last few. */
const unique = (model: Model): World => ({
  ...register(model),
  request: (pick, nth) =>
    [
      { f: 'read', value: null },
      { f: 'write', value: nth },
      { f: 'cas', value: [recent(pick, nth), nth] },
    ][pick.kind % 3] as Request,
  lie: recent,
});

const recent = (pick: Chance, nth: number): unknown => {
  const back = pick.a + 3 * (pick.b % 2);
  return nth > back + 1 ? nth - 1 - back : null;
};

/** One world for each model, more where the first state matters. */
export const worlds: Readonly<Record<string, World>> = {
  register: register(models.register(0)),
  'register from null': register(models.register()),
  'cas-register': register(models.casRegister(null)),
  'cas-register from 0': register(models.casRegister(0)),
  'cas-register, unique values': unique(models.casRegister(null)),
  'cas-register from 0, unique values': unique(models.casRegister(0)),
  'key-value': world({
    model: models.keyValue(),
    requests: ({ a, b }) => [
      { f: 'get', value: null },
      { f: 'put', value: `${a}` },
      { f: 'append', value: `${b}` },
    ],
    answers: (state) => [state, '', '0', '1', '01', '10', '12'],
  }),
  'multi-register': world({
    model: models.multiRegister(),
    requests: ({ a, b, kind }) => [
      {
        f: 'txn',
        value: [
          ['w', 'x', a],
          ['w', 'y', b],
        ],
      },
      {
        f: 'txn',
        value: [
          [...(mops[kind % 4] as string[]), a],
          ['w', 'y', b],
        ],
      },
      {
        f: 'txn',
        value: [
          ['r', 'x', a],
          ['r', 'y', b],
        ],
      },
    ],
    answers: () => [],
  }),
  counter: world({
    model: models.counter(),
    requests: ({ a }) => [
      { f: 'add', value: a - 1 },
      { f: 'read', value: null },
    ],
    answers: (state) => [state, 0, 1, 2],
  }),
  mutex: world({ model: models.mutex(), requests: named('acquire', 'release'), answers: () => [] }),
  'read-write-lock': world({
    model: models.readWriteLock(),
    requests: named('acquire-read', 'release-read', 'acquire-write', 'release-write'),
    answers: () => [],
  }),
  semaphore: world({
    model: models.semaphore(3),
    requests: ({ a }) => [
      { f: 'acquire', value: 1 + (a % 2) },
      { f: 'release', value: 1 + (a % 2) },
    ],
    answers: () => [],
  }),
  lease: world({
    model: models.lease(),
    requests: ({ a }) => [
      { f: 'acquire', value: a },
      { f: 'release', value: a },
      { f: 'read', value: null },
    ],
    answers: (state) => [state, null, 0, 1, 2],
  }),
  leader: world({
    model: models.leader(),
    requests: () => [{ f: 'read', value: null }],
    answers: ([term]) => [
      [term + 1, 'a'],
      [0, null],
      [1, 'a'],
      [1, 'b'],
      [2, 'a'],
    ],
  }),
  set: world({
    model: models.set(),
    requests: ({ a, b, kind }) => [
      { f: 'add', value: a },
      { f: 'remove', value: b },
      { f: 'read', value: null },
      { f: 'contains', value: bits[(a + 3 * b + kind) % bits.length] },
    ],
    answers: (state) => [state, ...subsets],
  }),
  'set, unique elements': setUnique((element, answer) => [
    { f: 'contains', value: [element, answer] },
    { f: 'remove', value: element },
    { f: 'contains', value: [element, !answer] },
  ]),
  'set, unique elements, read as a whole': setUnique(() => [{ f: 'read', value: null }]),
  'fifo-queue': taking(models.fifoQueue(), ['enqueue', 'dequeue']),
  'unordered-queue': taking(models.unorderedQueue(), ['enqueue', 'dequeue']),
  'priority-queue': taking(models.priorityQueue(), ['enqueue', 'dequeue']),
  stack: taking(models.stack(), ['push', 'pop']),
  'fifo-queue, unique values': takingUnique(models.fifoQueue(), ['enqueue', 'dequeue']),
  'unordered-queue, unique values': takingUnique(models.unorderedQueue(), ['enqueue', 'dequeue']),
  'priority-queue, unique values': takingUnique(models.priorityQueue(), ['enqueue', 'dequeue']),
  'stack, unique values': takingUnique(models.stack(), ['push', 'pop']),
};

type Choice = Chance & {
  readonly process: number;
  /** 0 to 4 ok, 5 and 6 lie, 7 info, 8 fail. */
  readonly fate: number;
  readonly early: boolean;
};

const choice: fc.Arbitrary<Choice> = fc.record({
  process: fc.nat(3),
  kind: fc.nat(8),
  a: fc.nat(2),
  b: fc.nat(2),
  fate: fc.nat(8),
  early: fc.boolean(),
});

type Open = {
  readonly choice: Choice;
  readonly request: Request;
  readonly answer: unknown;
  readonly done: boolean;
};

type Fields = Omit<Op, 'index' | 'time' | 'process'>;

/** Plays choices: a process that is idle invokes, one that is busy completes. A crashed process gets a new number. */
export const play = (world: World, choices: readonly Choice[], operationsMax: number): Op[] => {
  const history: Op[] = [];
  const open = new Map<number, Open>();
  const numbers = [0, 1, 2, 3];
  let state: unknown = world.model.init;
  let operations = 0;
  const apply = (request: Request): unknown => {
    const answer = world.answer(state, request);
    if (answer === undefined) return undefined;
    state = world.model.step(state, {
      ...request,
      type: 'ok',
      value: answer,
      input: request.value,
    });
    return answer;
  };
  const record = (thread: number, fields: Fields): void => {
    history.push({
      index: history.length,
      time: history.length * 1e6,
      process: numbers[thread] as number,
      ...fields,
    });
  };
  for (const choice of choices) {
    const thread = choice.process;
    const busy = open.get(thread);
    if (busy === undefined) {
      if (operations++ >= operationsMax) continue;
      const request = world.request(choice, operations);
      const done = choice.early && choice.fate !== 8;
      open.set(thread, { choice, request, done, answer: done ? apply(request) : undefined });
      record(thread, { type: 'invoke', ...request });
      continue;
    }
    open.delete(thread);
    const { request, choice: chosen } = busy;
    if (chosen.fate === 8) {
      record(thread, { type: 'fail', ...request });
    } else if (chosen.fate === 7) {
      if (!busy.done && choice.early) apply(request);
      record(thread, { type: 'info', ...request });
      numbers[thread] = (numbers[thread] as number) + 4;
    } else {
      const lies = chosen.fate === 5 || chosen.fate === 6;
      const truth = busy.done ? busy.answer : apply(request);
      const value = lies && request.value === null ? world.lie(chosen, operations) : truth;
      // A refused request that lies says that it was done.
      if (value === undefined && !lies) record(thread, { type: 'fail', ...request });
      else
        record(thread, {
          type: 'ok',
          f: request.f,
          value: value === undefined ? request.value : value,
        });
    }
  }
  return history;
};
/** Random histories of a world with up to `operationsMax` operations on four threads. */
export const histories = (world: World, operationsMax: number): fc.Arbitrary<Op[]> =>
  fc
    .array(choice, { minLength: operationsMax, maxLength: operationsMax * 3, size: 'max' })
    .map((choices) => play(world, choices, operationsMax));
