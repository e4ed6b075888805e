// Sets without search: what random histories once found.
import { expect, test } from 'vitest';
import type { Call } from '../../src/checker/linear/calls.ts';
import { judge, judgeBySearch } from '../../src/checker/linear/judge.ts';
import { models } from '../../src/checker/linear/models.ts';
import { callsIn } from '../../src/checker/linear/parts.ts';
import { Part } from '../../src/checker/linear/strand.ts';
import { History } from '../../src/history/history.ts';
import { timeline } from './timeline.ts';

test('an add that need not have happened, but was found, happened before it returned', () => {
  const history = timeline`
    0 add      3           |--|
    1 contains [3,true]      |-------------|
    2 contains [3,false]          |--|`;
  const model = models.set();
  const whole = new Part(History.from(history), undefined, callsIn(History.from(history), model.fs))
    .calls;
  const calls = whole.map(
    (call): Call => (call.invoke.f === 'add' ? { ...call, optional: true } : call),
  );
  expect(judgeBySearch({ model, calls, budget: 1e6 }).valid).toBe(false);
  expect(judge({ model, calls, budget: 1e6 })).toMatchObject({ valid: false, engine: 'elements' });
});
