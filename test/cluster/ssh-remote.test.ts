// The SSH remote does what every remote does, and what only a connection can: it is pinned, shared, lost and renewed.
import { mkdir, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { OrdealError } from '../../src/base/errors.ts';
import type { Remote } from '../../src/contract/remote.ts';
import { connectSsh, sshRemote } from '../../src/control/remote.ts';
import type { SshTarget } from '../../src/control/ssh-connect.ts';
import { remoteConformance } from '../control/conformance.ts';
import { noSshdBecause, type Sshd, startSshd } from '../control/sshd.ts';

const because = noSshdBecause === undefined ? '' : ` (skipped: ${noSshdBecause})`;

describe.skipIf(noSshdBecause !== undefined)(`over SSH${because}`, () => {
  let sshd: Sshd;
  const open: Remote[] = [];
  const remoteTo = (changes: Partial<SshTarget> = {}): Remote => {
    const remote = sshRemote({ ...sshd.target, ...changes });
    open.push(remote);
    return remote;
  };
  beforeAll(async () => {
    sshd = await startSshd();
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((remote) => remote.close()));
  });
  afterAll(async () => {
    await sshd.stop();
  });

  remoteConformance('every remote', async () => {
    const remote = await connectSsh(sshd.target);
    return { remote, dispose: () => remote.close() };
  });

  /** Process number of the sshd that serves this connection: the parent of what it runs. */
  const serverOf = async (remote: Remote): Promise<number> =>
    Number((await remote.exec(['sh', '-c', 'echo $PPID'])).stdout);

  describe('one connection', () => {
    test('serves all commands: no handshake per command', async () => {
      const remote = remoteTo();
      const servers = await Promise.all(Array.from({ length: 20 }, () => serverOf(remote)));
      servers.push(await serverOf(remote));
      expect(new Set(servers).size).toBe(1);
    });

    test('is lost: what was under way says so and is not run again; the next command connects anew', async () => {
      const remote = remoteTo();
      const server = await serverOf(remote);
      const marks = join(sshd.folder, 'marks');
      const script = 'echo ran >>"$1"; sleep 5';
      const running = Array.from({ length: 4 }, () =>
        errorOf(remote.exec(['sh', '-c', script, 'sh', marks])),
      );
      await sleep(300);
      process.kill(server, 'SIGKILL');
      for (const error of await Promise.all(running)) expect(error.code).toBe('connection-lost');
      expect(await serverOf(remote)).not.toBe(server);
      expect(await readFile(marks, 'utf8')).toBe('ran\n'.repeat(4));
      await remote.exec(['pkill', '-f', `^sh -c ${script.slice(0, 8)}`], { check: false });
    });

    test('is lost in the middle of an upload: what was there stays as it was', async () => {
      const remote = remoteTo();
      const server = await serverOf(remote);
      const there = join(sshd.folder, 'there');
      await mkdir(there);
      await writeFile(join(there, 'file'), 'old');
      await writeFile(join(sshd.folder, 'large'), '');
      await truncate(join(sshd.folder, 'large'), 400_000_000);
      const upload = errorOf(remote.upload(join(sshd.folder, 'large'), join(there, 'file')));
      await expect.poll(() => readdir(there), { interval: 5 }).toHaveLength(2);
      process.kill(server, 'SIGKILL');
      expect((await upload).code).toBe('connection-lost');
      await expect.poll(() => readdir(there)).toEqual(['file']);
      expect(await readFile(join(there, 'file'), 'utf8')).toBe('old');
    });

    test('comes back after sshd was away for a moment: waited for, with pauses', async () => {
      const remote = remoteTo();
      const server = await serverOf(remote);
      await sshd.halt();
      process.kill(server, 'SIGKILL');
      await sleep(50);
      const waiting = remote.exec(['echo', 'back']);
      await sleep(400);
      await sshd.start();
      expect((await waiting).stdout).toBe('back\n');
    });

    test('sshd stays away: each command fails with its place and reason, within its deadline', async () => {
      const remote = remoteTo();
      const server = await serverOf(remote);
      await sshd.halt();
      try {
        process.kill(server, 'SIGKILL');
        await sleep(50);
        const hasty = await errorOf(remote.exec(['true'], { timeoutMs: 100 }));
        expect(hasty.code).toBe('timeout');
        const error = await errorOf(remote.exec(['true']));
        expect(error.code).toBe('connection-refused');
        expect(error.message).toContain(`127.0.0.1:${sshd.target.port}`);
      } finally {
        await sshd.start();
      }
    });
  });

  test('a node that falls silent: the deadline holds, and it is said that the command may still run', async () => {
    const remote = remoteTo();
    const server = await serverOf(remote);
    const sleeping = errorOf(remote.exec(['sleep', '1.25'], { timeoutMs: 300 }));
    await sleep(150);
    process.kill(server, 'SIGSTOP');
    try {
      const error = await sleeping;
      expect(error.code).toBe('timeout');
      expect(error.message).toContain('may still run');
    } finally {
      process.kill(server, 'SIGCONT');
    }
    expect((await remote.exec(['echo', 'awake'])).stdout).toBe('awake\n');
  });

  test('a node without sudo', async () => {
    const bare = await startSshd('PATH=/no/such/folder');
    const remote = sshRemote(bare.target);
    try {
      const error = await errorOf(remote.exec(['/bin/true'], { sudo: 'nobody' }));
      expect(error.code).toBe('sudo-missing');
      expect(error.exitCode).toBe(4);
      // Who is root already needs none.
      expect((await remote.exec(['/bin/echo', 'fine'], { sudo: true })).stdout).toBe('fine\n');
    } finally {
      await remote.close();
      await bare.stop();
    }
  });

  const errorOf = async (work: Promise<unknown>): Promise<OrdealError> => {
    const thrown = await work.then(
      () => undefined,
      (cause: unknown) => cause,
    );
    expect(thrown).toBeInstanceOf(OrdealError);
    return thrown as OrdealError;
  };

  describe('a connection that cannot be had says why, in one line, exit code 4', () => {
    const refused = async (changes: Partial<SshTarget>): Promise<OrdealError> => {
      const error = await errorOf(remoteTo(changes).exec(['true']));
      expect(error.exitCode).toBe(4);
      expect(error.message).not.toContain('\n');
      expect(error.message).toContain('n1 (');
      expect(error.hint).toBeDefined();
      return error;
    };

    test('nobody listens', async () => {
      expect((await refused({ port: 1 })).code).toBe('connection-refused');
    });

    test('a name without address', async () => {
      expect((await refused({ host: 'no-such-host.invalid' })).code).toBe('host-unknown');
    });

    test('a host that answers nothing', async () => {
      const mute = createServer(() => undefined);
      await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
      const address = mute.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      const error = await refused({ port, connectTimeoutMs: 200 });
      expect(error.code).toBe('connect-timeout');
      mute.close();
    });

    test('a host that is not an SSH server', async () => {
      const other = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
      await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
      const address = other.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      expect((await refused({ port })).code).toBe('ssh-failed');
      other.close();
    });

    test('another host key than the pinned one, of the same type and of another', async () => {
      const hostKeys = [await readFile(join(sshd.folder, 'other-key.pub'), 'utf8')];
      expect((await refused({ hostKeys })).code).toBe('wrong-host-key');
      const ecdsa = 'ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBA==';
      expect((await refused({ hostKeys: [ecdsa] })).code).toBe('wrong-host-key');
    });

    test('one of several pinned keys is enough', async () => {
      const other = await readFile(join(sshd.folder, 'other-key.pub'), 'utf8');
      const remote = remoteTo({ hostKeys: [other, ...sshd.target.hostKeys] });
      expect((await remote.exec(['echo', 'in'])).stdout).toBe('in\n');
    });

    test('a wrong key and a wrong user', async () => {
      const privateKey = await readFile(join(sshd.folder, 'other-key'), 'utf8');
      const wrongKey = await refused({ privateKey });
      expect(wrongKey.code).toBe('login-refused');
      const wrongUser = await refused({ user: 'no-such-user' });
      expect(wrongUser.code).toBe('login-refused');
      expect(wrongUser.message).toContain('no-such-user');
    });

    test('a private key that is none; it is not printed', async () => {
      const error = await refused({ privateKey: 'not-a-key-but-secret' });
      expect(error.code).toBe('bad-private-key');
      expect(`${error.message} ${error.hint}`).not.toContain('secret');
    });

    test('a host key that is none', async () => {
      const error = await errorOf(remoteTo({ hostKeys: ['garbage'] }).exec(['true']));
      expect(error.exitCode).toBe(254);
    });
  });
});
