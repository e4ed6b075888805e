// EDN files: every shape in which tools write them, of any size, packed or not.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { stringifyOp } from '../../src/history/codec.ts';
import { stringifyEdnOp } from '../../src/history/edn-writer.ts';
import { lint } from '../../src/history/lint.ts';
import type { Op } from '../../src/history/op.ts';
import { readHistory } from '../../src/store/reading.ts';
import { writeHistory } from '../../src/store/writing.ts';
import { scratch, someOps } from './scratch.ts';

const fileWith = (content: string | Buffer, name = 'h.edn'): string => {
  const path = join(scratch(), name);
  writeFileSync(path, content);
  return path;
};
const textOf = (ops: readonly Op[]): string => ops.map((op) => `${stringifyOp(op)}\n`).join('');

/** As Jepsen writes it: a record a line. */
const records = `#jepsen.history.Op{:index 0, :time 3291485317, :type :invoke, :process 0, :f :txn, :value [[:r 0 nil] [:append 0 1]]}
#jepsen.history.Op{:index 1, :time 3296209422, :type :invoke, :process :nemesis, :f :start-partition, :value :majority}
#jepsen.history.Op{:index 2, :time 3300209422, :type :ok, :process 0, :f :txn, :value [[:r 0 []] [:append 0 1]]}
`;
/** As Knossos' data have it: one vector, spread as people like, with comments. */
const vector = `; from a test
[{:process 0, :type :invoke, :f :write, :value 0}
 {:process 0, :type :ok,
  :f :write, :value 0} ; acknowledged
 #_ {:process 9, :type :ok}
 {:process :nemesis, :type :info, :f :isolate, :value nil}]
`;

test('a record a line, one vector, one list, and maps in a row', async () => {
  expect(await readHistory(fileWith(records))).toMatchObject([
    {
      index: 0,
      time: 3291485317,
      process: 0,
      value: [
        ['r', 0, null],
        ['append', 0, 1],
      ],
    },
    { process: 'nemesis', f: 'start-partition', value: 'majority' },
    {
      index: 2,
      type: 'ok',
      value: [
        ['r', 0, []],
        ['append', 0, 1],
      ],
    },
  ]);
  const three = [
    { index: 0, time: 0, process: 0, type: 'invoke', f: 'write', value: 0 },
    { index: 1, time: 1, process: 0, type: 'ok', f: 'write', value: 0 },
    { index: 2, time: 2, process: 'nemesis', type: 'info', f: 'isolate', value: null },
  ];
  const ops = await readHistory(fileWith(vector));
  expect(ops).toEqual(three);
  expect(lint(ops)).toEqual([]);
  expect(
    await readHistory(fileWith(vector.replace('[', '(').replace(/\]\n$/, ') ; done'))),
  ).toEqual(three);
  expect(
    await readHistory(fileWith('{:process 0 :type :ok :f :r}{:process 1 :type :ok :f :r}')),
  ).toHaveLength(2);
  expect(await readHistory(fileWith('; nothing'))).toEqual([]);
  expect(await readHistory(fileWith('[]'))).toEqual([]);
});

test.each([
  [
    '[{:process 0 :type :ok :f :r}\n\n',
    /h\.edn:3: the history that began with line 1 is not closed/,
  ],
  ['[{:process 0 :type :ok :f :r}]\n]', /h\.edn:2: \] after the end of the history/],
  ['[{:process 0 :type :ok :f :r}] {}', /h\.edn:1: \{ after the end/],
  [
    '\n{:process 0 :type :ok :f :r}\n {:process 0\n :type',
    /h\.edn:3: the text ends in the middle|h\.edn:4: the text ends in the middle/,
  ],
  ['{:process 0 :type :ok :f :r}\n\n {:process -1 :type :ok :f :r}', /h\.edn:3: expected process/],
  ['{:process 0 :type :ok :f :r :value 1.5M}', /h\.edn:1: 1.5M would lose/],
  [Buffer.from([0x22, 0xff, 0x22]), /h\.edn: not UTF-8 text/],
])('%s is refused', async (content, message) => {
  await expect(readHistory(fileWith(content))).rejects.toMatchObject({
    exitCode: 254,
    message: expect.stringMatching(message),
  });
});

const large = (): Op[] =>
  someOps(12_000).map((op) =>
    op.index % 3 === 0 ? ({ ...op, error: ['timeout', 'ü'], node: 'n1' } as Op) : op,
  );

test.each(['.edn', '.edn.gz', '.edn.zst', '.jsonl', '.jsonl.gz', '.jsonl.zst'])(
  'a history written as %s is read back',
  async (suffix) => {
    const ops = large();
    const path = join(scratch(), `h${suffix}`);
    await writeHistory(path, ops);
    expect(textOf(await readHistory(path, { isIndependent: true }))).toBe(textOf(ops));
  },
);

test('packed by other tools, and larger than one piece', async () => {
  const ops = someOps(15_000).map(({ key, ...op }) => op as Op);
  const text = ops.map(stringifyEdnOp).join('\n');
  expect(text.length).toBeGreaterThan(1 << 20);
  for (const [name, content] of [
    ['h.edn.gz', gzipSync(text)],
    ['h.edn.zst', zstdCompressSync(text)],
    ['h.edn', `[${text}]`],
  ] as const)
    expect(textOf(await readHistory(fileWith(content, name)))).toBe(textOf(ops));
});

test('keys of independent tests are found, unless told otherwise', async () => {
  const lines = [
    '{:process 0 :type :invoke :f :read :value [5 nil]}',
    '{:process 0 :type :ok :f :read :value [5 3]}',
  ];
  const values = async (options?: { isIndependent: boolean }) =>
    (await readHistory(fileWith(lines.join('\n')), options)).map(({ key, value }) => [key, value]);
  expect(await values()).toEqual([
    [5, null],
    [5, 3],
  ]);
  expect(await values({ isIndependent: true })).toEqual([
    [5, null],
    [5, 3],
  ]);
  expect(await values({ isIndependent: false })).toEqual([
    [undefined, [5, null]],
    [undefined, [5, 3]],
  ]);
});

test('the first thousand operations decide about keys, also for what comes later', async () => {
  const op = (i: number, value: string): string =>
    `{:process ${i} :type :invoke :f :read :value ${value}}`;
  const keyed = Array.from({ length: 2500 }, (_, i) => op(i, `[${i % 7} nil]`));
  const read = await readHistory(fileWith([...keyed, op(9999, ':all')].join('\n')));
  expect(read).toHaveLength(2501);
  expect(
    read
      .slice(0, 2500)
      .every((each, i) => each.key === i % 7 && each.value === null && each.process === i),
  ).toBe(true);
  expect(read.at(-1)).toMatchObject({ value: 'all' });
});

test('a value that cannot be written leaves the old file and nothing else', async () => {
  const path = fileWith('old', 'h.jsonl');
  const [first, second] = someOps(2) as [Op, Op];
  await expect(writeHistory(path, [first, { ...second, value: new Map() }])).rejects.toMatchObject({
    exitCode: 254,
    message: expect.stringMatching(/operation 1 .* a Map cannot be written/),
  });
  expect(readFileSync(path, 'utf8')).toBe('old');
  expect(readdirSync(join(path, '..'))).toEqual(['h.jsonl']);
  await expect(writeHistory('h.rows.zst', [])).rejects.toThrow(/only for runs/);
  await expect(writeHistory('/nowhere/h.edn', [])).rejects.toMatchObject({ exitCode: 4 });
});
