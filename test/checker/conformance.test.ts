// The right verdict, and where it is known the same failing operation, on Knossos' and Porcupine's own histories.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { checkLinearizable } from '../../src/checker/linear/linearizable.ts';
import type { Model } from '../../src/checker/linear/model.ts';
import { models } from '../../src/checker/linear/models.ts';
import type { Op } from '../../src/history/op.ts';
import { verify } from './judges.ts';

type Case = {
  readonly id: string;
  readonly model: 'cas-register' | 'kv';
  readonly initial?: readonly unknown[];
  readonly history: readonly Op[];
  readonly expected: {
    readonly valid: boolean | null;
    readonly op?: { readonly index: number } | null;
    readonly previousOk?: { readonly index: number } | null;
  };
};

const folder = join(import.meta.dirname, '../../../shared/conformance/linear');

const load = (name: string): Case[] => {
  const file = join(folder, `${name}.jsonl.gz`);
  if (!existsSync(file)) return [];
  const text = gunzipSync(readFileSync(file)).toString().trim();
  return text.split('\n').map((line) => JSON.parse(line) as Case);
};

const modelOf = (one: Case, init: unknown): Model =>
  one.model === 'kv' ? (models.keyValue() as Model) : models.casRegister(init);

describe.each(['knossos', 'porcupine'])('%s', (name) => {
  const cases = load(name);
  if (cases.length === 0) test.skip('skipped: no conformance data', () => undefined);

  for (const one of cases)
    test(one.id, () => {
      for (const init of one.initial ?? [null]) {
        const model = modelOf(one, init);
        const { valid, operation, previousOk, certificates } = checkLinearizable(one.history, {
          model,
          certificate: true,
        });
        if (valid === true && one.history.length > 0)
          expect(verify(one.history, certificates?.[0]?.order ?? [], model)).toBeUndefined();
        // One file of Porcupine's is empty: there is nothing to expect of it.
        expect(valid).toBe(one.expected.valid ?? true);
        if (one.expected.op) expect(operation?.index).toBe(one.expected.op.index);
        if (one.expected.previousOk) expect(previousOk?.index).toBe(one.expected.previousOk.index);
      }
    });
});
