// Numbers and values for people: bounded, honest about rounding, harmless whatever they hold.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  duration,
  percent,
  plural,
  showEvidence,
  showValue,
  visible,
} from '../../src/report/format.ts';

describe('durations', () => {
  test.each([
    [0, '0 s'],
    [999, '999 ns'],
    [820_000, '820 µs'],
    [3_200_000, '3.2 ms'],
    [999_600_000, '1 s'],
    [12_400_000_000, '12.4 s'],
    [185e9, '3 min 5 s'],
    [3600e9, '1 h 0 min'],
  ])('%d ns is %s', (ns, said) => expect(duration(ns)).toBe(said));
});

test('a share is 100 % only when it is all of it, and – of nothing', () => {
  expect(percent(0, 0)).toBe('–');
  expect(percent(99_999, 100_000)).toBe('99.9 %');
  expect(percent(7, 7)).toBe('100 %');
  expect(plural(0, 'fault')).toBe('no faults');
});

test('what hides or reorders text is shown as an escape', () => {
  expect(visible('a\u202eb\u0000c\u001b[31m\nd\u200b')).toBe(
    'a\\u202eb\\u0000c\\u001b[31m⏎d\\u200b',
  );
  expect(visible('naïve 漢字 😀')).toBe('naïve 漢字 😀');
});

test('whatever a value is, it becomes one short line', () => {
  fc.assert(
    fc.property(fc.anything({ withBigInt: true, withNullPrototype: true }), (value) => {
      const said = showValue(value);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
      expect(said).not.toMatch(/[\u0000-\u001f\u202a-\u202e]/);
      expect(said.length).toBeLessThan(60 * 8 + 40);
    }),
  );
});

test('ten megabytes become a short line that says how long they are', () => {
  const huge = 'x'.repeat(10_000_000);
  expect(showValue(huge)).toMatch(/^"x{59}… \(1?\d+ characters\)$/);
  expect(showValue([huge, huge]).length).toBeLessThan(200);
  expect(showEvidence({ huge: Array.from({ length: 9000 }, () => huge) }).length).toBeLessThan(
    30_000,
  );
  expect(showEvidence({ big: 2n ** 70n })).toContain('1180591620717411303424');
});
