// Quoting, judged by the shells themselves.
import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { commandLine } from '../../src/control/quote.ts';

const piece = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 8 }),
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.constantFrom(
    "'",
    '"',
    '\\',
    '\n',
    '~',
    '$HOME',
    '`id`',
    '$(id)',
    '!',
    '*',
    '#',
    '-',
    '',
    ' ',
    '\r',
    '\t',
    ';',
    "''",
    "\\'",
  ),
);
// Lone surrogates are not text that UTF-8 can carry.
const word = fc
  .array(piece, { maxLength: 4 })
  .map((parts) => parts.join('').replaceAll('\0', '').toWellFormed());

test.each(['/bin/sh', '/bin/bash'])('%s reads back exactly the words', (shell) => {
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 60 }), (words) => {
      const line = commandLine(['printf', '%s\\0', ...words]);
      const out = execFileSync(shell, ['-c', line], { encoding: 'utf8' });
      expect(out.split('\0').slice(0, -1)).toEqual(words);
    }),
    { numRuns: 60 },
  );
});
