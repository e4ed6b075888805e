// The shapes of the stored records, checked where files are read and where `test.json` is written.
import { z } from 'zod';
import { usageError } from '../base/errors.ts';
import type { RunResult } from '../contract/events.ts';
import type { LedgerEntry, Plan, Proof } from '../contract/faults.ts';
import type { TestRecord } from '../contract/test-record.ts';

const count = z.int().min(0);
const texts = z.array(z.string()).readonly();

/** Unknown fields are dropped at every level: what is not in the type (a secret, say) never reaches the file. */
export const testSchema: z.ZodType<TestRecord> = z.object({
  version: z.literal(1),
  name: z.string(),
  seed: count,
  startedAt: z.iso.datetime(),
  repeat: z.string(),
  workload: z.string(),
  nemeses: texts,
  system: z.object({ name: z.string(), version: z.string() }),
  cluster: z.object({ kind: z.string(), name: z.string() }),
  nodes: z.array(z.object({ name: z.string(), address: z.string() })),
  concurrency: count,
  timeLimitSeconds: z.number(),
  options: z.record(z.string(), z.union([z.boolean(), z.number(), z.string()])),
  bands: z.array(z.object({ name: z.string(), start: texts, stop: texts })),
  timing: z
    .object({
      invocations: count,
      lagMaxMs: z.number(),
      lagP99Ms: z.number(),
      lateInvocations: count,
      lateMaxMs: z.number(),
      lateAfterMs: z.number(),
      strays: count,
    })
    .exactOptional(),
  environment: z.object({
    ordeal: z.string(),
    commit: z.string().exactOptional(),
    node: z.string(),
    kernel: z.string(),
    cpus: count,
    memoryMiB: z.number(),
  }),
});

const valid = z.union([z.boolean(), z.literal('unknown')]);

/** `verdict.json` beside its version: what checkers say stays whole. */
export const verdictSchema: z.ZodType<RunResult> = z.object({
  valid,
  exitCode: count,
  checkers: z.record(z.string(), z.looseObject({ valid })),
  reason: z.string().exactOptional(),
  healed: z.boolean(),
});

const command = z.looseObject({ argv: texts, stdin: z.string().exactOptional() });
const plan: z.ZodType<Plan> = z.looseObject({
  fault: z.looseObject({ kind: z.string() }),
  nodes: z.record(z.string(), z.looseObject({ inject: z.array(command), heal: z.array(command) })),
});
const proof: z.ZodType<Proof> = z.looseObject({
  holds: z.boolean().optional(),
  says: z.string(),
  detail: z.unknown().exactOptional(),
}) as z.ZodType<Proof>; // `holds: undefined` is absent in JSON and means the same
const stamped = { id: z.string(), time: z.int() };

/** One line of `faults.jsonl`. */
export const ledgerSchema: z.ZodType<LedgerEntry> = z.discriminatedUnion('type', [
  z.looseObject({
    type: z.literal('run'),
    version: z.literal(1),
    run: z.string(),
    cluster: z.looseObject({ kind: z.string(), name: z.string() }),
    nodes: texts,
  }),
  z.looseObject({ type: z.literal('planned'), ...stamped, plan }),
  z.looseObject({ type: z.literal('injected'), ...stamped, tookMs: z.number() }),
  z.looseObject({ type: z.literal('verified'), ...stamped, proof }),
  z.looseObject({
    type: z.literal('healed'),
    ...stamped,
    by: z.enum(['runner', 'lease', 'command']),
    proof,
  }),
  z.looseObject({ type: z.literal('failed'), ...stamped, message: z.string() }),
]);

/** Checks a record; throws a usage error that names the file and the field. */
export const checkShape = <T>(schema: z.ZodType<T>, raw: unknown, where: string): T => {
  const result = schema.safeParse(raw);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const field = issue?.path.join('.') || 'the record';
  throw usageError(`${where}: ${field}: ${issue?.message ?? 'wrong shape'}`);
};
