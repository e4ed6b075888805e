// Places: never more taken than there are, none lost, first come first served, whoever gives up in between.
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Slots } from '../../src/control/slots.ts';

const visitor = fc.record({
  stays: fc.nat(4),
  givesUpAfter: fc.option(fc.nat(6)),
  leavesTwice: fc.boolean(),
});

test('any visitors', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 4 }),
      fc.array(visitor, { maxLength: 15 }),
      async (count, visitors) => {
        const slots = new Slots(count);
        const order: number[] = [];
        let inside = 0;
        let most = 0;
        const visit = async (
          { stays, givesUpAfter, leavesTwice }: (typeof visitors)[number],
          index: number,
        ) => {
          const stop = new AbortController();
          if (givesUpAfter !== null)
            void wait(givesUpAfter).then(() => stop.abort(new Error('gave up')));
          const leave = await slots.take(stop.signal).catch(() => undefined);
          if (leave === undefined) return;
          order.push(index);
          most = Math.max(most, ++inside);
          await wait(stays);
          inside--;
          leave();
          if (leavesTwice) leave();
        };
        await Promise.all(visitors.map(visit));
        expect(most).toBeLessThanOrEqual(count);
        expect(order).toEqual([...order].sort((a, b) => a - b));
        // Every place is free again, and no more than there were.
        const never = new AbortController();
        for (let i = 0; i < count; i++) await slots.take(never.signal);
        await expect(slots.take(AbortSignal.timeout(1))).rejects.toThrow('timeout');
      },
    ),
    { numRuns: 60 },
  );
});

const wait = async (turns: number): Promise<void> => {
  for (let i = 0; i < turns; i++) await turn();
};
