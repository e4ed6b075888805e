// Daemons: identity, idempotence, signals and survival, on this machine through the local remote.
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  type Daemon,
  isDaemonRunning,
  signalDaemon,
  startDaemon,
  stopDaemon,
} from '../../src/control/daemon.ts';
import { localRemote } from '../../src/control/remote.ts';

const remote = localRemote('n1');
let folder: string;
let daemon: Daemon;
let round = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ordeal-daemon-'));
});
beforeEach(() => {
  const place = join(folder, `round ${round++}`);
  daemon = {
    name: 'sleeper',
    argv: ['sleep', '1234.5'],
    pidFile: join(place, "it's", 'run.pid'),
    logFile: join(place, 'log folder', 'log'),
  };
});
afterEach(async () => {
  await stopDaemon(remote, { ...daemon, signal: 'KILL' });
});
afterAll(async () => {
  await remote.close();
  await rm(folder, { recursive: true, force: true });
});

const stateOf = async (pid: number): Promise<string | undefined> => {
  const stat = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => undefined);
  return stat?.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3);
};

test('starts once, however often and at once it is asked', async () => {
  // A slow setsid holds the moment between looking and starting open.
  const slow = join(folder, 'slow');
  await mkdir(slow, { recursive: true });
  await writeFile(join(slow, 'setsid'), '#!/bin/sh\nsleep 0.2\nexec /usr/bin/setsid "$@"\n', {
    mode: 0o755,
  });
  const env = { PATH: `${slow}:/usr/bin:/bin` };
  const starts = await Promise.all(
    Array.from({ length: 6 }, () => startDaemon(remote, { ...daemon, env })),
  );
  expect(new Set(starts.map(({ pid }) => pid)).size).toBe(1);
  expect(starts.filter(({ isNew }) => isNew)).toHaveLength(1);
  expect(await isDaemonRunning(remote, daemon)).toBe(true);
  expect((await readFile(daemon.pidFile, 'utf8')).split(' ')[0]).toBe(String(starts[0]?.pid));
});

test('gets its arguments, environment and folder untouched, and appends to its log', async () => {
  const script = 'echo "$0|$1|$X|$PWD"; echo oops >&2; exec sleep 1234.5';
  const odd = "it's\n$HOME ~ \\";
  for (const x of ['1  2', '3']) {
    await startDaemon(remote, {
      ...daemon,
      argv: ['sh', '-c', script, odd, ''],
      env: { X: x },
      cwd: '/usr',
    });
    await sleep(50);
    await stopDaemon(remote, daemon);
  }
  expect(await readFile(daemon.logFile, 'utf8')).toBe(
    `${odd}||1  2|/usr\noops\n${odd}||3|/usr\noops\n`,
  );
});

test('it is the leader of a session of its own, without our descriptors', async () => {
  const { pid } = await startDaemon(remote, daemon);
  const { stdout } = await remote.exec(['ps', '-o', 'ppid=,pgid=,sid=', '-p', String(pid)]);
  const [, pgid, sid] = stdout.trim().split(/\s+/).map(Number);
  expect([pgid, sid]).toEqual([pid, pid]);
  const { stdout: open } = await remote.exec(['ls', `/proc/${pid}/fd`]);
  // The lock and the way back to us; others may come from who runs the tests.
  expect(open.trim().split('\n')).toEqual(expect.not.arrayContaining(['3']));
  expect(open.trim().split('\n')).toEqual(expect.not.arrayContaining(['9']));
});

test('stops, pauses and goes on with its children, and is killed', async () => {
  const { pid } = await startDaemon(remote, {
    ...daemon,
    argv: ['sh', '-c', 'sleep 1234.5 & wait'],
  });
  expect(await signalDaemon(remote, daemon, 'STOP')).toBe(true);
  await expect.poll(() => stateOf(pid)).toBe('T');
  expect(await isDaemonRunning(remote, daemon)).toBe(true);
  expect(await signalDaemon(remote, daemon, 'SIGCONT')).toBe(true);
  await expect.poll(() => stateOf(pid)).not.toBe('T');
  expect(await signalDaemon(remote, daemon, 'KILL')).toBe(true);
  await expect.poll(() => isDaemonRunning(remote, daemon)).toBe(false);
  expect(await signalDaemon(remote, daemon, 'KILL')).toBe(false);
  const { stdout } = await remote.exec(['pgrep', '-r', 'D,R,S,T', '-g', String(pid)], {
    check: false,
  });
  expect(stdout).toBe('');
});

test('stopping takes a daemon that is paused, one that ignores TERM, and one that is gone', async () => {
  await startDaemon(remote, daemon);
  await signalDaemon(remote, daemon, 'STOP');
  await stopDaemon(remote, daemon);
  expect(await isDaemonRunning(remote, daemon)).toBe(false);
  const { pid } = await startDaemon(remote, {
    ...daemon,
    argv: ['sh', '-c', 'trap "" TERM; while :; do sleep 1; done'],
  });
  await sleep(50);
  await stopDaemon(remote, { ...daemon, graceMs: 200 });
  expect([undefined, 'Z']).toContain(await stateOf(pid));
  await stopDaemon(remote, daemon);
});

test('a process that got the number of a daemon that died is left alone', async () => {
  const { pid } = await startDaemon(remote, daemon);
  const [, started, boot] = (await readFile(daemon.pidFile, 'utf8')).trim().split(' ');
  const planted = [
    `${process.pid} ${started} ${boot}`,
    `${pid} 1 ${boot}`,
    `${pid} ${started} another-boot`,
    `${pid}`,
    '',
  ];
  for (const text of planted) {
    await writeFile(daemon.pidFile, `${text}\n`);
    expect(await isDaemonRunning(remote, daemon)).toBe(false);
    expect(await signalDaemon(remote, daemon, 'KILL')).toBe(false);
    expect(await stateOf(pid)).toBe('S');
  }
  await writeFile(daemon.pidFile, `${pid} ${started} ${boot}\n`);
  expect(await isDaemonRunning(remote, daemon)).toBe(true);
});

test('a program that is not there, a path that is not absolute, a signal that is none', async () => {
  await expect(startDaemon(remote, { ...daemon, argv: ['no such program'] })).rejects.toMatchObject(
    {
      exitCode: 4,
      message: 'n1: cannot start sleeper: no program no such program',
    },
  );
  await expect(startDaemon(remote, { ...daemon, pidFile: 'x' })).rejects.toMatchObject({
    exitCode: 254,
  });
  await expect(signalDaemon(remote, daemon, 'NONE')).rejects.toMatchObject({ exitCode: 254 });
});
