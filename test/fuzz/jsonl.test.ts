// A bounded run of the JSON Lines fuzzer, and every text that once broke something.
import { test } from 'vitest';
import { checkText, fuzzOnce } from './jsonl.ts';

/** Texts that once broke a law, each with what went wrong. Add what the fuzzer finds. */
const kept: readonly (readonly [why: string, text: string])[] = [
  [
    'nesting exhausted the stack',
    `{"process":0,"type":"ok","f":"r","value":${'['.repeat(9000)}${']'.repeat(9000)}}`,
  ],
  [
    'an own __proto__ was taken for the prototype',
    '{"process":0,"type":"ok","f":"r","__proto__":{"key":1}}',
  ],
  [
    'an index of −0 came back as 0',
    '{"index":-0,"time":0,"process":0,"type":"ok","f":"r","value":1}',
  ],
];

test.each(kept)('%s', (_why, text) => checkText(text));

test('a thousand mutated histories are read exactly or refused with their line', () => {
  for (let seed = 0; seed < 1000; seed++) fuzzOnce(seed);
});
