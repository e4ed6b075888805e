// A bounded run of the EDN fuzzer, and every text that once broke something or easily could.
import { test } from 'vitest';
import { checkText, fuzzOnce } from './edn.ts';

/** Texts at the borders of the laws, each with what went or might go wrong. Add what the fuzzer finds. */
const kept: readonly (readonly [why: string, text: string])[] = [
  [
    'nesting exhausts the stack',
    `{:process 0 :type :ok :f :r :value ${'['.repeat(9000)}${']'.repeat(9000)}}`,
  ],
  [
    'nesting right below the bound',
    `{:process 0 :type :ok :f :r :value ${'['.repeat(400)}${']'.repeat(400)}}`,
  ],
  [
    'a further field that is nil was lost on the way back',
    '{:process 0 :type :ok :f :r :node nil}',
  ],
  [
    'an own __proto__ is no prototype',
    '{:process 0 :type :ok :f :r :__proto__ {:key 1} :value {:__proto__ 2}}',
  ],
  ['the integer −0 is 0, the double is not', '{:process 0 :type :ok :f :r :value [-0 -0.0 -0N]}'],
  ['a discard cut in two', '#_{:a 1}{:process 0 :type :ok :f :r :value [#_ #_ 1 2 3]}'],
  ['half a pair of surrogates', '{:process 0 :type :ok :f :r :value ["\\ud83d" \\ud83d]}'],
  [
    'a tag that cannot be written as one',
    '{:process 0 :type :ok :f :r :value {"#1" 2 "#_" 3} :x {"#" 1}}',
  ],
  [
    'fields that look like numbers',
    '{:process 0 :type :ok :f :r :value {12 1 "012" 2 "-0" 3 :-5 4 99999999999999999999 5}}',
  ],
];

test.each(kept)('%s', (_why, text) => {
  for (let cut = 0; cut < Math.min(text.length, 120); cut++) checkText(text, [cut]);
});

test('a thousand mutated histories are read exactly or refused with their line, in pieces as whole', () => {
  for (let seed = 0; seed < 1000; seed++) fuzzOnce(seed);
});
