// Integers beyond 2^53 in a report: every digit, and none for the browser to round.
import { inflateRawSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { Op } from '../../src/history/op.ts';
import { modelOf } from '../../src/report/model.ts';
import { pageOf } from '../../src/report/page/page.ts';
import { sampleRun } from './sample-run.ts';

test('a history with large integers makes a page that keeps their digits as text', () => {
  const large = 2n ** 60n + 1n;
  const ops: Op[] = ['invoke', 'ok'].map((type, index) => ({
    index,
    time: index * 1e6,
    process: 0,
    type: type as 'invoke' | 'ok',
    f: 'write',
    value: { id: large },
    key: 0,
  }));
  const page = pageOf(modelOf(sampleRun({ history: ops })));
  const packed = /<template id="data">([^<]*)</.exec(page)?.[1] ?? '';
  const data = inflateRawSync(Buffer.from(packed, 'base64')).toString();
  expect(data).not.toMatch(/[^"\d]1152921504606846977/);
  expect(page + data).toContain(`${large}`);
});
