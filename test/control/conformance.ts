// What every Remote must do, whatever carries it. The remote under test must see this machine's own files and processes.
import { randomBytes } from 'node:crypto';
import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OrdealError } from '../../src/base/errors.ts';
import type { Remote } from '../../src/contract/remote.ts';
import { maxOutputBytes } from '../../src/control/output.ts';
import { maxChannels } from '../../src/control/remote.ts';
import { maxCommandBytes } from '../../src/control/wrapper.ts';

export type RemoteMaker = () => Promise<{ readonly remote: Remote; dispose(): Promise<void> }>;

/** Names that break whoever quotes by hand, and transfers that go through a shell, an scp or a tar carelessly. */
const oddNames = [
  'with space',
  "it's",
  '"quoted"',
  'new\nline',
  'trailing newline\n',
  '~',
  '~root',
  '$HOME',
  '$(touch owned)',
  '`id`',
  'back\\slash',
  '\\',
  '*',
  '-rf',
  '--',
  '!!',
  'ünïcödé ✓ 日本 🎉',
  '\t',
  '#hash',
  'a=b',
  ';&|<>',
];

/** Processes whose command line holds the text. */
const processesWith = async (text: string): Promise<readonly string[]> => {
  const found: string[] = [];
  for (const pid of (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry))) {
    const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (line.includes(text) && Number(pid) !== process.pid) found.push(line.replaceAll('\0', ' '));
  }
  return found;
};

const errorOf = async (work: Promise<unknown>): Promise<OrdealError> => {
  const thrown = await work.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  expect(thrown).toBeInstanceOf(OrdealError);
  const error = thrown as OrdealError;
  expect(error.exitCode).toBe(4);
  expect(error.message).not.toContain('\n');
  return error;
};

/** A number nobody else sleeps for, so that left-over processes can be told. */
const uniqueSeconds = (): string => `1${randomBytes(4).readUInt32BE(0)}.5`;

export const remoteConformance = (about: string, make: RemoteMaker): void => {
  describe(about, () => {
    let remote: Remote;
    let dispose: () => Promise<void>;
    let folder: string;
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'ordeal-remote-'));
      // Other users have to get through.
      await chmod(folder, 0o755);
      ({ remote, dispose } = await make());
    });
    afterAll(async () => {
      await dispose();
      await rm(folder, { recursive: true, force: true });
    });

    commands(() => remote);
    users(() => remote);
    endings(() => remote);
    transfers(
      () => remote,
      () => folder,
    );
    closing(make);
  });
};

const commands = (remote: () => Remote): void => {
  describe('commands', () => {
    test('no argument is read by a shell, whatever it contains', async () => {
      const words = ['', ...oddNames, '', 'x'.repeat(100_000)];
      const { stdout } = await remote().exec(['printf', '%s\\0', ...words]);
      expect(stdout.split('\0').slice(0, -1)).toEqual(words);
    });

    test('any arguments arrive unchanged', async () => {
      const word = fc
        .string({ unit: 'grapheme', maxLength: 12 })
        .filter((text) => !text.includes('\0'));
      await fc.assert(
        fc.asyncProperty(fc.array(word, { minLength: 1, maxLength: 20 }), async (words) => {
          const { stdout } = await remote().exec(['printf', '%s\\0', ...words]);
          expect(stdout.split('\0').slice(0, -1)).toEqual(words);
        }),
        { numRuns: 30 },
      );
    });

    test('a program whose name has spaces and quotes', async () => {
      const { exitCode, stderr } = await remote().exec(["/no such/it's a program"], {
        check: false,
      });
      expect(exitCode).toBe(127);
      expect(stderr).toContain("it's a program");
    });

    test('standard output and error are kept apart and untrimmed', async () => {
      const script = 'printf " out \\n\\n"; printf "\\n err " >&2';
      const result = await remote().exec(['sh', '-c', script]);
      expect(result).toEqual({ exitCode: 0, stdout: ' out \n\n', stderr: '\n err ' });
    });

    test('text and bytes as standard input, and an end of input without any', async () => {
      expect((await remote().exec(['cat'], { stdin: 'ünï\n\0x' })).stdout).toBe('ünï\n\0x');
      expect((await remote().exec(['cat'])).stdout).toBe('');
      const bytes = randomBytes(10_000_000);
      const { stdout } = await remote().exec(['sha256sum'], { stdin: bytes });
      const { createHash } = await import('node:crypto');
      expect(stdout.split(' ')[0]).toBe(createHash('sha256').update(bytes).digest('hex'));
    });

    test('a program that does not read its input', async () => {
      const stdin = new Uint8Array(5_000_000);
      expect((await remote().exec(['true'], { stdin })).exitCode).toBe(0);
    });

    test('characters that are split between packets', async () => {
      const text = '✓é🎉'.repeat(300_000);
      expect((await remote().exec(['cat'], { stdin: text })).stdout).toBe(text);
    });

    test('environment and folder', async () => {
      const env = { ODD: oddNames.join(''), EMPTY: '', ordeal_mark: '7', PATH: '/usr/bin:/bin' };
      const argv = ['sh', '-c', 'printf "%s\\0" "$ODD" "$EMPTY" "$ordeal_mark" "$PWD"'];
      const { stdout } = await remote().exec(argv, { env, cwd: '/usr/bin' });
      expect(stdout.split('\0')).toEqual([env.ODD, '', '7', '/usr/bin', '']);
    });

    test('a program whose name holds =, with an environment', async () => {
      const { stderr } = await remote().exec(['A=B', 'sh'], { env: { X: '1' }, check: false });
      expect(stderr).toContain('A=B: not found');
    });

    test('a folder that is not there, a name that is none, a path that is not absolute', async () => {
      const error = await errorOf(remote().exec(['true'], { cwd: '/no such' }));
      expect(error.code).toBe('cwd-missing');
      expect(error.message).toContain('/no such');
      await expect(remote().exec(['true'], { env: { 'A B': '1' } })).rejects.toMatchObject({
        exitCode: 254,
      });
      await expect(remote().exec(['true'], { cwd: 'usr' })).rejects.toMatchObject({
        exitCode: 254,
      });
    });

    test('a command that is too long, or holds a NUL, is refused and not cut', async () => {
      await expect(remote().exec(['true', 'x'.repeat(maxCommandBytes)])).rejects.toMatchObject({
        exitCode: 254,
      });
      await expect(remote().exec(['echo', 'a\0b'])).rejects.toMatchObject({ exitCode: 254 });
    });

    test(`more than ${maxChannels} at once wait their turn`, async () => {
      const results = await Promise.all(
        Array.from({ length: 3 * maxChannels }, (_, i) =>
          remote().exec(['sh', '-c', 'sleep 0.02; echo $1', 'sh', `${i}`]),
        ),
      );
      expect(results.map(({ stdout }) => stdout)).toEqual(results.map((_, i) => `${i}\n`));
    });

    test('never more than the channels run at the same time', async () => {
      const seconds = uniqueSeconds();
      const stop = new AbortController();
      const many = Array.from({ length: maxChannels + 4 }, () =>
        remote()
          .exec(['sleep', seconds], { signal: stop.signal })
          .catch(() => undefined),
      );
      let most = 0;
      for (let look = 0; look < 12; look++) {
        // Exactly the program itself, not the shells that start it.
        most = Math.max(
          most,
          (await processesWith(seconds)).filter((line) => line.startsWith('sleep')).length,
        );
        await sleep(10);
      }
      stop.abort();
      await Promise.all(many);
      expect(most).toBe(maxChannels);
    });
  });
};

const users = (remote: () => Remote): void => {
  const because = process.getuid?.() === 0 ? '' : ' (skipped: needs root to become others)';
  describe.skipIf(because !== '')(`users${because}`, () => {
    test('sudo true is root', async () => {
      expect((await remote().exec(['id', '-un'], { sudo: true })).stdout).toBe('root\n');
    });

    test('sudo as a named user, with environment, folder and input', async () => {
      const argv = ['sh', '-c', 'echo "$(id -un) $X $PWD $(cat)"'];
      const { stdout } = await remote().exec(argv, {
        sudo: 'nobody',
        env: { X: 'y  z' },
        cwd: '/usr',
        stdin: 'in',
      });
      expect(stdout).toBe('nobody y  z /usr in\n');
    });

    test('a user that sudo does not know', async () => {
      const error = await errorOf(remote().exec(['true'], { sudo: 'no-such-user' }));
      expect(error.code).toBe('sudo-refused');
      expect(error.message).toContain('no-such-user');
    });
  });
};

const endings = (remote: () => Remote): void => {
  describe('endings', () => {
    test('a non-zero exit throws with its code and the last line of standard error', async () => {
      const error = await errorOf(
        remote().exec(['sh', '-c', 'echo one >&2; echo the reason >&2; exit 7']),
      );
      expect(error.code).toBe('command-failed');
      expect(error.message).toContain('exit code 7: the reason');
      expect(error).toMatchObject({ result: { exitCode: 7, stderr: 'one\nthe reason\n' } });
    });

    test('without check it is returned', async () => {
      const result = await remote().exec(['sh', '-c', 'echo x; exit 255'], { check: false });
      expect(result).toEqual({ exitCode: 255, stdout: 'x\n', stderr: '' });
    });

    test('death by a signal is 128 and its number', async () => {
      const result = await remote().exec(['sh', '-c', 'kill -KILL $$'], { check: false });
      expect(result.exitCode).toBe(137);
    });

    test.each([
      ['a child', 'sleep "$1" & sleep "$1"'],
      [
        'children in sessions of their own',
        'setsid sleep "$1" & setsid sh -c "sleep \\"\\$1\\"; :" sh "$1" & wait',
      ],
      [
        'children that ignore every polite signal',
        'trap "" HUP INT TERM; (trap "" TERM; sleep "$1"; :) & wait',
      ],
      ['timeout(1), which makes a process group', 'timeout 1000 sleep "$1"; :'],
    ])('at the deadline the command is killed: %s', async (_, script) => {
      const seconds = uniqueSeconds();
      const error = await errorOf(
        remote().exec(['sh', '-c', script, 'sh', seconds], { timeoutMs: 250 }),
      );
      expect(error.code).toBe('timeout');
      expect(await processesWith(seconds)).toEqual([]);
    });

    test.skipIf(process.getuid?.() !== 0)(
      'at the deadline a command of another user is killed',
      async () => {
        const seconds = uniqueSeconds();
        const error = await errorOf(
          remote().exec(['sleep', seconds], { timeoutMs: 300, sudo: 'nobody' }),
        );
        expect(error.code).toBe('timeout');
        expect(await processesWith(seconds)).toEqual([]);
      },
    );

    test('a deadline so short that the command may not have begun', async () => {
      const seconds = uniqueSeconds();
      for (const timeoutMs of [1, 2, 4, 8]) {
        const error = await errorOf(remote().exec(['sleep', seconds], { timeoutMs }));
        expect(error.code).toBe('timeout');
      }
      await sleep(100);
      expect(await processesWith(seconds)).toEqual([]);
    });

    test('cancelled by a signal: before, in the queue, and while it runs', async () => {
      const seconds = uniqueSeconds();
      const gone = await errorOf(
        remote().exec(['sleep', seconds], { signal: AbortSignal.abort() }),
      );
      expect(gone.code).toBe('cancelled');
      const stop = new AbortController();
      const many = Array.from({ length: 2 * maxChannels }, () =>
        errorOf(remote().exec(['sleep', seconds], { signal: stop.signal })),
      );
      await sleep(150);
      stop.abort();
      for (const error of await Promise.all(many)) expect(error.code).toBe('cancelled');
      expect(await processesWith(seconds)).toEqual([]);
      expect((await remote().exec(['echo', 'fine'])).stdout).toBe('fine\n');
    });

    test('a daemon outlives the command that started it', async () => {
      const seconds = uniqueSeconds();
      const script = 'setsid sleep "$1" </dev/null >/dev/null 2>&1 &';
      await remote().exec(['sh', '-c', script, 'sh', seconds]);
      await sleep(50);
      expect(await processesWith(seconds)).toHaveLength(1);
      await remote().exec(['pkill', '-f', `^sleep ${seconds}`]);
    });

    test('50 MB on both outputs at once', async () => {
      const script = 'head -c 50000000 /dev/zero & head -c 50000000 /dev/zero >&2; wait';
      const { stdout, stderr } = await remote().exec(['sh', '-c', script]);
      expect([stdout.length, stderr.length]).toEqual([50_000_000, 50_000_000]);
    });

    test('a flood is cut at the cap, and its program killed', async () => {
      const mark = `flood-${uniqueSeconds()}`;
      const error = await errorOf(remote().exec(['yes', mark]));
      expect(error.code).toBe('output-too-large');
      expect(error.message).toContain(String(maxOutputBytes));
      expect(await processesWith(mark)).toEqual([]);
    });
  });
};

/** Every path below a folder with its kind, mode and content. */
const survey = async (folder: string): Promise<readonly unknown[]> => {
  const entries = (await readdir(folder, { recursive: true })).sort();
  return Promise.all(
    ['.', ...entries].map(async (entry) => {
      const path = join(folder, entry);
      const { mode } = await stat(path);
      const content = (await stat(path)).isDirectory() ? undefined : await readFile(path, 'latin1');
      return [entry, mode.toString(8), content];
    }),
  );
};

const transfers = (remote: () => Remote, folder: () => string): void => {
  describe('transfers', () => {
    const place = async (name: string): Promise<string> => {
      const path = join(folder(), name);
      await mkdir(path, { recursive: true });
      return path;
    };

    test('a file goes and comes back: content, mode, missing parents', async () => {
      const here = await place('file');
      const bytes = randomBytes(3_000_000);
      await writeFile(join(here, 'from'), bytes);
      await chmod(join(here, 'from'), 0o751);
      const there = join(here, 'new', "it's a", 'place', 'to');
      await remote().upload(join(here, 'from'), there);
      expect((await stat(there)).mode & 0o7777).toBe(0o751);
      const back = join(here, 'back', 'again', 'file');
      await remote().download(there, back);
      expect((await stat(back)).mode & 0o7777).toBe(0o751);
      expect(bytes.equals(await readFile(back))).toBe(true);
      // Nothing but the file: temporary names are gone.
      expect(await readdir(join(here, 'new', "it's a", 'place'))).toEqual(['to']);
      expect(await readdir(join(here, 'back', 'again'))).toEqual(['file']);
    });

    test('files with odd names, and empty ones', async () => {
      const here = await place('odd');
      for (const name of oddNames) {
        await writeFile(join(here, 'source'), name === '#hash' ? '' : name);
        await remote().upload(join(here, 'source'), join(here, 'there', name));
        expect(await readFile(join(here, 'there', name), 'utf8')).toBe(
          name === '#hash' ? '' : name,
        );
        await remote().download(join(here, 'there', name), join(here, 'back', name));
      }
      expect(await survey(join(here, 'back'))).toEqual(await survey(join(here, 'there')));
      expect((await readdir(join(here, 'there'))).sort()).toEqual([...oddNames].sort());
    });

    test('a folder goes and comes back whole', async () => {
      const here = await place('folder');
      const source = join(here, 'the source\n');
      for (const name of oddNames) {
        await mkdir(join(source, name, 'deep'), { recursive: true });
        await writeFile(join(source, name, 'deep', name), name);
      }
      await mkdir(join(source, 'empty'), { mode: 0o700 });
      await writeFile(join(source, 'nothing'), '', { mode: 0o600 });
      await symlink('nothing', join(source, 'link'));
      await chmod(source, 0o750);
      await remote().upload(source, join(here, 'a', 'b', 'there'));
      expect(await survey(join(here, 'a', 'b', 'there'))).toEqual(await survey(source));
      await remote().download(join(here, 'a', 'b', 'there'), join(here, 'back', 'again'));
      expect(await survey(join(here, 'back', 'again'))).toEqual(await survey(source));
    });

    test('into a folder that exists: files are added and replaced, its mode and the rest stay', async () => {
      const here = await place('merge');
      await mkdir(join(here, 'from'), { mode: 0o700 });
      await writeFile(join(here, 'from', 'new'), 'new');
      await writeFile(join(here, 'from', 'both'), 'newer');
      for (const to of ['there', 'back']) {
        await mkdir(join(here, to));
        await writeFile(join(here, to, 'both'), 'older');
        await writeFile(join(here, to, 'old'), 'old');
      }
      await remote().upload(join(here, 'from'), join(here, 'there'));
      await remote().download(join(here, 'from'), join(here, 'back'));
      for (const to of ['there', 'back']) {
        expect((await stat(join(here, to))).mode & 0o777).toBe(0o755);
        expect((await readdir(join(here, to))).sort()).toEqual(['both', 'new', 'old']);
        expect(await readFile(join(here, to, 'both'), 'utf8')).toBe('newer');
      }
    });

    test('a running program can be replaced', async () => {
      const here = await place('busy');
      await remote().upload('/bin/sleep', join(here, 'program'));
      const running = remote().exec([join(here, 'program'), '0.3']);
      await sleep(100);
      await remote().upload('/bin/true', join(here, 'program'));
      await running;
      expect((await remote().exec([join(here, 'program')])).exitCode).toBe(0);
    });

    test('what cannot be copied says so', async () => {
      const here = await place('bad');
      const missing = await errorOf(remote().download(join(here, 'no'), join(here, 'x')));
      expect(missing.code).toBe('no-such-file');
      expect(missing.message).toContain(join(here, 'no'));
      await expect(remote().upload(join(here, 'no'), join(here, 'x'))).rejects.toMatchObject({
        exitCode: 254,
      });
      await expect(remote().upload('/etc/passwd', 'x')).rejects.toMatchObject({ exitCode: 254 });
      const onFolder = await errorOf(remote().upload('/etc/passwd', here));
      expect(onFolder.code).toBe('transfer-failed');
      expect(onFolder.message).toContain('is a folder');
      const intoFile = await errorOf(remote().upload('/etc/passwd', '/etc/passwd/x'));
      expect(intoFile.code).toBe('transfer-failed');
      expect(await readdir(here)).toEqual([]);
    });

    test('a transfer that is cut short leaves nothing behind', async () => {
      const here = await place('cut');
      await execPipe(join(here, 'pipe'), remote());
      const error = await errorOf(
        remote().download(join(here, 'pipe'), join(here, 'x', 'file'), { timeoutMs: 200 }),
      );
      expect(error.code).toBe('timeout');
      expect(await readdir(join(here, 'x'))).toEqual([]);
      const cancelled = await errorOf(
        remote().upload('/bin/sleep', join(here, 'y', 'file'), { signal: AbortSignal.abort() }),
      );
      expect(cancelled.code).toBe('cancelled');
      expect(await readdir(here)).toEqual(['pipe', 'x']);
    });
  });
};

/** A named pipe that nobody writes to: reading it never ends. */
const execPipe = async (path: string, remote: Remote): Promise<void> => {
  await remote.exec(['mkfifo', '--', path]);
};

const closing = (make: RemoteMaker): void => {
  test('closing cancels what runs, may be done twice, and ends the session', async () => {
    const { remote, dispose } = await make();
    try {
      const seconds = uniqueSeconds();
      const running = errorOf(remote.exec(['sleep', seconds]));
      await sleep(200);
      await Promise.all([remote.close(), remote.close()]);
      expect((await running).code).toBe('closed');
      expect(await processesWith(seconds)).toEqual([]);
      expect((await errorOf(remote.exec(['true']))).code).toBe('closed');
    } finally {
      await dispose();
    }
  });
};
