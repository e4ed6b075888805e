// The real-time shell with clients that behave in every wrong way: the run ends, and its history is right.
import { expect, test } from 'vitest';
import { rngOf } from '../../src/base/random.ts';
import { type Client, DefiniteError } from '../../src/contract/client.ts';
import type { Journal } from '../../src/contract/journal.ts';
import type { GenLike } from '../../src/generator/generator.ts';
import { clients, limit, nemesis, phases, repeat, sleep } from '../../src/generator/index.ts';
import type { Completion, Op } from '../../src/history/op.ts';
import {
  type Performed,
  type PerformOptions,
  perform,
  startClock,
} from '../../src/runner/perform.ts';

type Invoke = (op: Op, signal: AbortSignal) => unknown;

const clientOf = (invoke: Invoke): Client => {
  const client: Client = {
    open: async () => client,
    invoke: invoke as Client['invoke'],
  };
  return client;
};

const memory = (history: Op[]): Journal => ({
  append: (op) => void history.push(op),
  flush: async () => undefined,
  close: async () => undefined,
});

type Outcome = { readonly history: readonly Op[]; readonly performed: Performed };

const run = async (generator: GenLike, options: Partial<PerformOptions>): Promise<Outcome> => {
  const history: Op[] = [];
  const performed = await perform({
    generator,
    concurrency: 2,
    rng: rngOf(1),
    clock: startClock(),
    journal: memory(history),
    openClient: async () => clientOf(async () => ({ type: 'ok' })),
    invokeNemesis: async () => ({ type: 'info' }),
    ...options,
  });
  return { history, performed };
};

/** Runs n reads, one after the other; their completions. */
const readsWith = async (invoke: Invoke, n = 1): Promise<readonly Op[]> => {
  const { history } = await run(clients(limit(n, repeat({ f: 'read' }))), {
    concurrency: 1,
    deadlineMs: 60,
    openClient: async () => clientOf(invoke),
  });
  return history.filter((op) => op.type !== 'invoke');
};

const hang = (): Promise<never> => new Promise(() => undefined);
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

test('runs to the end; the history is dense, ordered and complete', async () => {
  const { history, performed } = await run(clients(limit(500, repeat({ f: 'r' }))), {
    concurrency: 7,
  });
  expect(performed).toMatchObject({ interrupted: false, entries: 1000 });
  expect(history.map((op) => op.index)).toEqual([...Array(1000).keys()]);
  expect(history.every((op, i) => op.time >= (history[i - 1]?.time ?? 0))).toBe(true);
  expect(history.every((op) => Number.isSafeInteger(op.time))).toBe(true);
  expect(history.filter((op) => op.type === 'ok')).toHaveLength(500);
});

test('a client that hangs and ignores its signal: the deadline fires, its late answer is ignored', async () => {
  const late: (() => void)[] = [];
  let aborted = 0;
  const { history } = await run(clients(phases({ f: 'hang' }, sleep(0.05), { f: 'next' })), {
    concurrency: 1,
    deadlineMs: 40,
    openClient: async () =>
      clientOf((op, signal) => {
        if (op.f === 'next') {
          for (const answer of late) answer();
          return pause(5).then(() => ({ type: 'fail' }));
        }
        signal.addEventListener('abort', () => aborted++);
        return new Promise((resolve) => late.push(() => resolve({ type: 'ok', value: 'late' })));
      }),
  });
  expect(aborted).toBe(1);
  expect(history.map((op) => [op.process, op.f, op.type])).toEqual([
    [0, 'hang', 'invoke'],
    [0, 'hang', 'info'],
    [1, 'next', 'invoke'],
    [1, 'next', 'fail'],
  ]);
  expect(history[1]?.error).toEqual(['timeout', 'no answer within 40 ms']);
  const took = (history[1]?.time ?? 0) - (history[0]?.time ?? 0);
  expect(took).toBeGreaterThanOrEqual(40e6);
});

test('throws, synchronous or not, are info; DefiniteError is fail', async () => {
  const thrower = (thrown: unknown) => (): never => {
    throw thrown;
  };
  const [sync] = await readsWith(thrower(new TypeError('odd')));
  expect(sync).toMatchObject({ type: 'info', error: ['TypeError', 'odd'] });
  const reset = Object.assign(new Error('gone'), { code: 'ECONNRESET' });
  const [async] = await readsWith(() => Promise.reject(reset));
  expect(async).toMatchObject({ type: 'info', error: ['ECONNRESET', 'gone'] });
  const [definite] = await readsWith(thrower(new DefiniteError('ECONNREFUSED', 'nobody there')));
  expect(definite).toMatchObject({ type: 'fail', error: ['ECONNREFUSED', 'nobody there'] });
});

test.each<[string, unknown]>([
  ['undefined instead of', undefined],
  ['type done instead of', { type: 'done' }],
  ['a value of no use', { type: 'ok', value: () => 1 }],
  ['a value of no use', { type: 'ok', value: [{ deep: new Map() }] }],
  ['no list beginning with a code', { type: 'fail', error: 'text' }],
])('nonsense is info: %s', async (says, answer) => {
  const [op] = await readsWith(() => Promise.resolve(answer));
  expect(op).toMatchObject({ type: 'info', value: null });
  expect(op?.error?.[0]).toBe('bad-completion');
  expect(op?.error?.[1]).toContain(says);
});

test('a thenable that calls back twice completes once', async () => {
  let before: ((completion: Completion) => void) | undefined;
  const twice = (): unknown => ({
    // biome-ignore lint/suspicious/noThenProperty: a client of this kind is what is tested
    then: (resolve: (completion: Completion) => void) => {
      // While this operation is under way, the one before answers again.
      before?.({ type: 'ok', value: 2 });
      before = resolve;
      resolve({ type: 'ok', value: 1 });
      resolve({ type: 'fail' });
    },
  });
  const ends = await readsWith(twice, 20);
  expect(ends.map((op) => [op.type, op.value])).toEqual(Array(20).fill(['ok', 1]));
});

test('an answer that is no promise counts', async () => {
  const [op] = await readsWith(() => ({ type: 'ok', value: 4 }));
  expect(op).toMatchObject({ type: 'ok', value: 4 });
});

test('a client that answers as another process or operation changes nothing but its own', async () => {
  const [op] = await readsWith(() =>
    Promise.resolve({ type: 'ok', value: 1, process: 77, index: 5, f: 'other', time: -1 }),
  );
  expect(op).toMatchObject({ process: 0, index: 1, f: 'read' });
});

test('each crash closes the client and opens another; ok and fail keep it', async () => {
  let opened = 0;
  let closed = 0;
  const types = ['ok', 'fail', 'info', 'ok', 'info', 'ok'] as const;
  let n = 0;
  const { history } = await run(clients(limit(6, repeat({ f: 'r' }))), {
    concurrency: 1,
    openClient: async () => {
      opened++;
      const client: Client = {
        open: async () => client,
        invoke: async () => ({ type: types[n++] ?? 'ok' }),
        close: async () => {
          closed++;
          throw new Error('close fails too');
        },
      };
      return client;
    },
  });
  expect([opened, closed]).toEqual([3, 3]);
  expect(history.filter((op) => op.type === 'invoke').map((op) => op.process)).toEqual([
    0, 0, 0, 1, 1, 2,
  ]);
});

test('a node that cannot be reached: fail with no-client, same process, and no storm', async () => {
  let attempts = 0;
  const { history } = await run(clients(limit(6, repeat({ f: 'r' }))), {
    concurrency: 1,
    openClient: () => {
      attempts++;
      if (attempts % 2 === 0) throw new Error('sync refusal');
      return Promise.reject(new Error('refused'));
    },
  });
  const ends = history.filter((op) => op.type !== 'invoke');
  expect(attempts).toBe(6);
  expect(ends.map((op) => [op.type, op.process])).toEqual(Array(6).fill(['fail', 0]));
  expect(ends[0]?.error).toEqual(['no-client', 'refused']);
  // 0, 10, 20, 40, 80, 160 ms
  expect(history.at(-1)?.time).toBeGreaterThanOrEqual(300e6);
});

test('an open that hangs is given up at the deadline, definitely failed, and closed when it comes late', async () => {
  const late: ((client: Client) => void)[] = [];
  let closed = 0;
  let invoked = 0;
  const { history } = await run(clients(limit(2, repeat({ f: 'r' }))), {
    concurrency: 1,
    deadlineMs: 40,
    openClient: () => {
      if (late.length > 0) {
        const client = clientOf(async () => ({ type: 'ok' }));
        const tooLate = {
          ...clientOf(async () => ({ type: 'info', value: invoked++ })),
          close: async () => void closed++,
        };
        for (const open of late) open(tooLate);
        return pause(10).then(() => client);
      }
      return new Promise((resolve) => late.push(resolve));
    },
  });
  expect(history.map((op) => op.type)).toEqual(['invoke', 'fail', 'invoke', 'ok']);
  expect(history[1]?.error?.[0]).toBe('no-client');
  expect([closed, invoked]).toEqual([1, 0]);
});

test('the nemesis: its answer, its errors and its own deadline are all info', async () => {
  const { history } = await run(nemesis([{ f: 'good' }, { f: 'bad' }, { f: 'slow' }]), {
    nemesisDeadlineMs: 40,
    invokeNemesis: async (op, signal) => {
      if (op.f === 'good') return { type: 'ok', value: 'cut' };
      if (op.f === 'bad') throw new Error('no iptables');
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      return { type: 'ok' };
    },
  });
  const ends = history.filter((op) => op.type !== 'invoke');
  expect(ends.map((op) => [op.f, op.type, op.process, op.value, op.error?.[1]])).toEqual([
    ['good', 'info', 'nemesis', 'cut', undefined],
    ['bad', 'info', 'nemesis', null, 'no iptables'],
    ['slow', 'info', 'nemesis', null, 'no answer within 40 ms'],
  ]);
});

test('interrupted: nothing new begins, what answers in the grace counts, the rest is info', async () => {
  const stop = new AbortController();
  let isHanging = false;
  const { history, performed } = await run(clients(repeat({ f: 'r' }), repeat({ f: 'fault' })), {
    signal: stop.signal,
    graceMs: 400,
    openClient: async (thread) =>
      clientOf(() => {
        if (thread === 0) {
          isHanging = true;
          return hang();
        }
        if (isHanging) stop.abort();
        return pause(10).then(() => ({ type: 'ok' }));
      }),
    invokeNemesis: (_, signal) =>
      new Promise((_resolve, reject) =>
        signal.addEventListener('abort', () => reject(new Error('stopped'))),
      ),
  });
  expect(performed.interrupted).toBe(true);
  const ends = history.filter((op) => op.type !== 'invoke');
  expect(ends.length * 2).toBe(history.length);
  expect(ends.findLast((op) => op.process === 'nemesis')?.error).toEqual(['Error', 'stopped']);
  expect(history.at(-1)).toMatchObject({
    process: 0,
    type: 'info',
    error: ['interrupted', 'the run was interrupted'],
  });
  expect(ends.filter((op) => op.type === 'info' && op.process === 1)).toEqual([]);
});

test('interrupted before it began: an empty history', async () => {
  const { history, performed } = await run(clients(repeat({ f: 'r' })), {
    signal: AbortSignal.abort(),
  });
  expect([history, performed.interrupted]).toEqual([[], true]);
});

test('the run waits for a fault that was given up, so that nothing breaks after the healing', async () => {
  let atRest = false;
  await run(nemesis({ f: 'slow' }), {
    nemesisDeadlineMs: 20,
    invokeNemesis: async () => {
      await pause(120);
      atRest = true;
      return { type: 'info' };
    },
  });
  expect(atRest).toBe(true);
});

test('a generator that throws ends the run with its name; the history is closed', async () => {
  const history: Op[] = [];
  let n = 0;
  const bad = function chooseKey(): GenLike {
    if (n++ === 1) throw new Error('no key left');
    return { f: 'r' };
  };
  await expect(
    run(clients(bad), { journal: memory(history), openClient: async () => clientOf(hang) }),
  ).rejects.toThrow(/chooseKey threw at .*: no key left/);
  // Its client was still being opened: the request was certainly never sent.
  expect(history.map((op) => op.type)).toEqual(['invoke', 'fail']);
  expect(history[1]?.error).toEqual(['no-client', 'interrupted while the client was being opened']);
});

test('a journal that fails ends the run with its error, once', async () => {
  let appended = 0;
  const journal: Journal = {
    ...memory([]),
    append: () => {
      appended++;
      if (appended >= 10) throw new Error('disk full');
    },
  };
  await expect(run(clients(repeat({ f: 'r' })), { journal })).rejects.toThrow('disk full');
  expect(appended).toBeLessThan(15);
});

test('the journal has an operation before the client does', async () => {
  const history: Op[] = [];
  const seen: boolean[] = [];
  await run(clients(limit(20, repeat({ f: 'r' }))), {
    journal: memory(history),
    openClient: async () =>
      clientOf(async (op) => {
        seen.push(history.some(({ index }) => index === op.index));
        return { type: 'ok' };
      }),
  });
  expect(seen).toEqual(Array(20).fill(true));
});

test('a client that answers at once does not starve timers and sockets', async () => {
  const stop = new AbortController();
  let ticks = 0;
  const timer = setInterval(() => {
    if (++ticks === 3) stop.abort();
  }, 1);
  // Without a breath the timer would have its first turn when all is over.
  const { performed } = await run(clients(limit(300_000, repeat({ f: 'r' }))), {
    signal: stop.signal,
    journal: memory([]),
  });
  clearInterval(timer);
  expect(performed.interrupted).toBe(true);
});

test('a client that floods: loops of its own, huge values, answer upon answer', async () => {
  let storms = 0;
  const huge = 'x'.repeat(2_000_000);
  const { history } = await run(clients(limit(30, repeat({ f: 'r' }))), {
    concurrency: 3,
    openClient: async () =>
      clientOf(() => {
        for (let i = 0; i < 2000; i++) setImmediate(() => storms++);
        return new Promise((resolve) => {
          for (let i = 0; i < 1000; i++) queueMicrotask(() => resolve({ type: 'ok', value: huge }));
        });
      }),
  });
  expect(history.map((op) => op.index)).toEqual([...Array(60).keys()]);
  expect(history.filter((op) => op.type === 'ok' && op.value === huge)).toHaveLength(30);
  expect(storms).toBeGreaterThan(0);
});

test('clients that answer one another: every answer ends the operation whose promise it is', async () => {
  const waiting: { readonly op: Op; readonly resolve: (completion: Completion) => void }[] = [];
  const swapping = clientOf(
    (op) =>
      new Promise((resolve) => {
        waiting.push({ op, resolve });
        const [first, second] = waiting;
        if (first === undefined || second === undefined) return;
        waiting.length = 0;
        first.resolve({ ...second.op, type: 'ok', value: second.op.process } as Completion);
        second.resolve({ ...first.op, type: 'fail', value: first.op.process } as Completion);
      }),
  );
  const { history } = await run(clients(limit(20, repeat({ f: 'r', key: 'k' }))), {
    openClient: async () => swapping,
    deadlineMs: 200,
  });
  const open = new Map<unknown, Op>();
  for (const [index, op] of history.entries()) {
    expect(op.index).toBe(index);
    if (op.type === 'invoke') {
      expect(open.has(op.process)).toBe(false);
      open.set(op.process, op);
    } else {
      expect(open.get(op.process)).toMatchObject({ f: op.f, key: op.key });
      open.delete(op.process);
    }
  }
  expect([history.length, open.size]).toEqual([40, 0]);
});
