// Steps backwards and steps too far: within one operation (int-), and from one operation of a process to its next.
import type { KafkaError } from './cases.ts';
import { between, distance, type Exchange, type KafkaOp, type Logs, type Message } from './log.ts';

/** Findings of a kind of step: messages left out, and steps that do not go forward. */
export type Steps = { readonly skip: KafkaError[]; readonly nonmonotonic: KafkaError[] };

type Side = 'sends' | 'polls';
const verbs = { sends: 'sent', polls: 'polled' } as const;

class StepJudge {
  readonly steps: Steps = { skip: [], nonmonotonic: [] };
  readonly #logs: Logs;
  readonly #verb: string;

  constructor(logs: Logs, side: Side) {
    this.#logs = logs;
    this.#verb = verbs[side];
  }

  step(key: string, values: readonly [unknown, unknown], ops: readonly number[]): void {
    const delta = distance(this.#logs, key, values);
    if (delta === 1) return;
    const who =
      ops.length === 1
        ? `T${ops[0]} ${this.#verb}`
        : `T${ops[0]} and then T${ops[1]} ${this.#verb}`;
    const base = { key, values, ops, delta };
    if (delta > 1) {
      const skipped = between(this.#logs, key, values);
      const text = `${who} ${values.join(' and then ')} of ${key}, skipping ${skipped.join(', ')}`;
      this.steps.skip.push({ ...base, skipped, text });
      return;
    }
    const how = delta === 0 ? 'is the same place' : 'is backwards';
    const text = `${who} ${values.join(' and then ')} of ${key}, which ${how}`;
    this.steps.nonmonotonic.push({ ...base, text });
  }
}

const rebalanced = (exchange: Exchange): ReadonlySet<string> => {
  const op = exchange.op as KafkaOp & { readonly 'rebalance-log'?: KafkaOp['rebalanceLog'] };
  const log = op.rebalanceLog ?? op['rebalance-log'] ?? [];
  return new Set(log.flatMap(({ keys }) => (keys ?? []).map((key) => `${key}`)));
};

/** Steps within single operations. Keys that were rebalanced meanwhile owe nothing. */
export const internalSteps = (logs: Logs, side: Side): Steps => {
  const judge = new StepJudge(logs, side);
  for (const exchange of logs.exchanges) {
    const excused = side === 'polls' ? rebalanced(exchange) : new Set<string>();
    for (const [key, messages] of exchange[side]) {
      if (excused.has(key)) continue;
      for (let i = 1; i < messages.length; i++)
        judge.step(
          key,
          [(messages[i - 1] as Message).value, (messages[i] as Message).value],
          [exchange.index],
        );
    }
  }
  return judge.steps;
};

/** The last message of each key that a process sent or polled, and by which operation. */
type Lasts = Map<string, { readonly value: unknown; readonly index: number }>;

/** A new assignment: what is no longer assigned owes nothing, nor does anything after a seek to the beginning. */
const reassign = (last: Lasts, exchange: Exchange): void => {
  const op = exchange.op as KafkaOp & { readonly seekToBeginning?: boolean };
  if (op.type === 'fail') return;
  const kept = new Set((Array.isArray(op.value) ? op.value : []).map((key) => `${key}`));
  for (const key of [...last.keys()])
    if (op.seekToBeginning === true || !kept.has(key)) last.delete(key);
};

/** Steps from one operation of a process to the next that touches the key. Another assignment begins anew. */
export const externalSteps = (logs: Logs, side: Side): Steps => {
  const judge = new StepJudge(logs, side);
  const byProcess = new Map<unknown, Lasts>();
  for (const exchange of logs.exchanges) {
    const { op, index } = exchange;
    const last: Lasts = byProcess.get(op.process) ?? new Map();
    byProcess.set(op.process, last);
    if (op.f === 'assign' || op.f === 'subscribe') reassign(last, exchange);
    // Sends of unknown outcome count, as in Jepsen; polls only move on once they have completed.
    else if (side === 'polls' || op.type !== 'fail')
      for (const [key, messages] of exchange[side]) {
        const before = last.get(key);
        const values = messages.map(({ value }) => value);
        if (before !== undefined) judge.step(key, [before.value, values[0]], [before.index, index]);
        if (op.type === 'ok' || side === 'sends') last.set(key, { value: values.at(-1), index });
      }
  }
  return judge.steps;
};
