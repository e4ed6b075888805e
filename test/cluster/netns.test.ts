// Clusters of namespaces, for real: what nodes are to each other and to the machine, and what is left of them afterwards.
import { existsSync } from 'node:fs';
import { access, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { parseDisks } from '../../src/cluster/netns/mount-points.ts';
import { netnsProvider } from '../../src/cluster/netns/provider.ts';
import type { Cluster } from '../../src/contract/cluster.ts';
import type { Node } from '../../src/contract/node.ts';
import { isDaemonRunning, startDaemon } from '../../src/control/daemon.ts';
import { heldSubnets, processesOf, tracesOf } from './netns-traces.ts';

const because = process.getuid?.() === 0 ? '' : ' (skipped: needs root)';

describe.skipIf(because !== '')(`clusters of namespaces${because}`, () => {
  let stateFolder: string;
  const provider = () => netnsProvider({ stateFolder });
  beforeAll(async () => {
    stateFolder = await mkdtemp('/var/tmp/ordeal-netns-test-');
  });
  afterAll(async () => {
    await provider().downAll();
    await rm(stateFolder, { recursive: true });
  });

  const say = async (node: Node | undefined, ...argv: readonly string[]): Promise<string> =>
    (await node?.remote.exec(argv))?.stdout.trim() ?? '';
  const isOk = async (node: Node | undefined, ...argv: readonly string[]): Promise<boolean> =>
    (await node?.remote.exec(argv, { check: false }))?.exitCode === 0;

  describe('three nodes', () => {
    let cluster: Cluster;
    let n1: Node | undefined;
    let n2: Node | undefined;
    beforeAll(async () => {
      cluster = await provider().up({ name: 'three', nodeCount: 3 });
      [n1, n2] = cluster.nodes;
    });
    afterAll(async () => {
      const subnets = await heldSubnets(stateFolder);
      await cluster.down();
      expect(await tracesOf(stateFolder, subnets)).toEqual([]);
    });

    test('are named, and know each other by name and by both addresses', async () => {
      expect(cluster.nodes.map(({ name }) => name)).toEqual(['n1', 'n2', 'n3']);
      for (const node of cluster.nodes) {
        expect(await say(node, 'hostname')).toBe(node.name);
        expect(await say(node, 'id', '-un')).toBe('root');
        expect(node.addresses).toContain(node.address);
        for (const other of cluster.nodes)
          for (const target of [other.name, ...other.addresses])
            expect(
              await isOk(node, 'ping', '-c1', '-W2', target),
              `${node.name} to ${target}`,
            ).toBe(true);
      }
    });

    test('reach the controller, and it reaches them', async () => {
      for (const address of cluster.controllerAddresses)
        expect(await isOk(n1, 'ping', '-c1', '-W2', address)).toBe(true);
      for (const address of n1?.addresses ?? []) await execa('ping', ['-c1', '-W2', address]);
    });

    test('have every address of theirs listed: what a partition must cut', async () => {
      const shown = await say(n1, 'ip', '-o', 'addr', 'show', 'dev', 'eth0');
      const found = shown.split('\n').map((line) => /inet6? ([^/]+)/.exec(line)?.[1]);
      expect(found.sort()).toEqual([...(n1?.addresses ?? [])].sort());
    });

    test('see their own processes only', async () => {
      const processes = (await say(n1, 'ps', '-e', '-o', 'args=')).split('\n');
      expect(processes.length).toBeLessThan(12);
      expect(processes.join('\n')).not.toContain('ordeal-three-n2');
      expect(await say(n1, 'cat', '/proc/1/cmdline')).toContain('ordeal-three-n1');
    });

    test('have every program of the machine, and a root of their own', async () => {
      for (const path of [
        '/etc/ordeal-was-here',
        '/usr/bin/ordeal-was-here',
        '/tmp/ordeal-was-here',
        '/dev/shm/ordeal-was-here',
      ]) {
        await n1?.remote.exec(['tee', path], { stdin: 'x' });
        expect(await isOk(n2, 'test', '-e', path), path).toBe(false);
        await expect(access(path)).rejects.toThrow();
      }
      const before = await readFile('/etc/fstab', 'utf8').catch(() => undefined);
      await n1?.remote.exec(['rm', '-rf', '/etc/fstab', '/etc/apt']);
      expect(await readFile('/etc/fstab', 'utf8').catch(() => undefined)).toBe(before);
      await access('/etc/apt');
    });

    test('have no way out of the cluster', async () => {
      expect(await say(n1, 'ip', 'route', 'show', 'default')).toBe('');
      expect(await say(n1, 'ip', '-6', 'route', 'show', 'default')).toBe('');
      expect(await isOk(n1, 'ping', '-c1', '-W1', '198.51.100.1')).toBe(false);
      const [subnet] = await heldSubnets(stateFolder);
      for (const version of ['ipv4', 'ipv6'])
        expect(
          await readFile(`/proc/sys/net/${version}/conf/ordeal${subnet}/forwarding`, 'utf8'),
        ).toBe('0\n');
    });

    test('have power over themselves, not over the machine: clock, kernel settings, devices', async () => {
      // The very time it is: should this test fail, the machine's clock is not harmed.
      expect(await isOk(n1, 'sh', '-c', 'date -s "@$(date +%s)"')).toBe(false);
      expect(await isOk(n1, 'sh', '-c', 'echo 1 >/proc/sys/vm/drop_caches')).toBe(false);
      expect(await isOk(n1, 'mknod', '/root/disk', 'b', '8', '0')).toBe(false);
      expect(await isOk(n1, 'sh', '-c', 'echo 4 >/proc/sys/net/ipv4/tcp_retries2')).toBe(true);
      expect(await readFile('/proc/sys/net/ipv4/tcp_retries2', 'utf8')).not.toBe('4\n');
      expect(
        await isOk(n1, 'iptables', '-w', '-A', 'INPUT', '-s', '203.0.113.1', '-j', 'DROP'),
      ).toBe(true);
      expect((await execa('iptables', ['-w', '-S', 'INPUT'])).stdout).not.toContain('203.0.113.1');
    });

    test('reap orphans: no zombie stays', async () => {
      const script = 'i=0; while [ $i -lt 50 ]; do (sleep 0.05 &) ; i=$((i+1)); done';
      await n1?.remote.exec(['sh', '-c', script], { timeoutMs: 20_000 });
      await expect.poll(() => say(n1, 'sh', '-c', 'ps -e -o stat= | grep -c ^Z || :')).toBe('0');
    });

    test('keep daemons beyond the session; attaching finds them', async () => {
      const place = { name: 'sleeper', pidFile: '/run/sleeper.pid' };
      const first = await provider().attach('three');
      const [node] = first.nodes;
      if (node === undefined) throw new Error('no node');
      await startDaemon(node.remote, {
        ...place,
        argv: ['sleep', '1000'],
        logFile: '/var/log/sleeper.log',
      });
      await first.close();
      const second = await provider().attach('three');
      const [again] = second.nodes;
      if (again === undefined) throw new Error('no node');
      expect(await isDaemonRunning(again.remote, place)).toBe(true);
      await second.close();
    });

    test('are listed with who made them', async () => {
      const [info] = await provider().list();
      expect(info).toMatchObject({
        name: 'three',
        kind: 'netns',
        nodes: ['n1', 'n2', 'n3'],
        owner: { pid: process.pid, alive: true },
      });
      expect(Date.parse(info?.createdAt ?? '')).toBeGreaterThan(Date.now() - 600_000);
    });

    test('can be entered with ssh', async () => {
      const [file, ...args] = (await provider().sshCommand?.('three', 'n2')) ?? ['false'];
      const { stdout } = await execa(file, args, { input: 'hostname\nexit\n' });
      expect(stdout).toContain('n2');
      await expect(provider().sshCommand?.('three', 'n9')).rejects.toMatchObject({ exitCode: 254 });
    });

    test('a name is taken once', async () => {
      await expect(provider().up({ name: 'three', nodeCount: 1 })).rejects.toMatchObject({
        code: 'cluster-exists',
        exitCode: 4,
      });
      expect(await isOk(n1, 'true')).toBe(true);
    });

    test('a node whose sshd died lives on, and says so to who comes', async () => {
      const n3 = cluster.nodes[2];
      await n3?.remote.exec(['sh', '-c', 'kill -9 $(pgrep -f "^sshd:.*listener")']);
      expect(await say(n3, 'hostname')).toBe('n3');
      await expect(provider().attach('three')).rejects.toMatchObject({
        code: 'connection-refused',
        exitCode: 4,
      });
    });
  });

  describe('several at once', () => {
    afterEach(async () => {
      const subnets = await heldSubnets(stateFolder);
      await provider().downAll();
      expect(await tracesOf(stateFolder, subnets)).toEqual([]);
    });

    test('do not collide and do not meet', async () => {
      const names = ['red', 'red-2', 'green', 'blue'];
      const clusters = await Promise.all(
        names.map((name) => provider().up({ name, nodeCount: 1 })),
      );
      const addresses = clusters.flatMap(({ nodes }) => nodes.flatMap((node) => node.addresses));
      expect(new Set(addresses).size).toBe(addresses.length);
      const [red, red2] = clusters;
      expect(await isOk(red?.nodes[0], 'ping', '-c1', '-W1', red2?.nodes[0]?.address ?? '')).toBe(
        false,
      );
      // Its name begins like another's: only the one that is meant goes.
      await red?.down();
      expect((await provider().list()).map(({ name }) => name)).toEqual(['blue', 'green', 'red-2']);
      expect(await say(red2?.nodes[0], 'hostname')).toBe('n1');
      await Promise.all(clusters.map((cluster) => cluster.close()));
    });

    test('do not collide though their state is kept in different places', async () => {
      const elsewhere = await mkdtemp('/var/tmp/ordeal-netns-test-');
      const other = netnsProvider({ stateFolder: elsewhere });
      try {
        const [one, two] = await Promise.all([
          provider().up({ name: 'same', nodeCount: 1 }),
          other.up({ name: 'same', nodeCount: 1 }),
        ]);
        expect(one?.nodes[0]?.address).not.toBe(two?.nodes[0]?.address);
        await two?.down();
        expect(await say(one?.nodes[0], 'hostname')).toBe('n1');
        await one?.close();
      } finally {
        await other.downAll();
        await rm(elsewhere, { recursive: true });
      }
    });

    test('a number whose holder is gone without a word is taken again', async () => {
      const cluster = await provider().up({ name: 'same', nodeCount: 1 });
      const [subnet] = await heldSubnets(stateFolder);
      await cluster.down();
      await symlink('/var/tmp/ordeal-no-such-folder', `/run/ordeal-subnets/${subnet}`);
      const again = await provider().up({ name: 'same', nodeCount: 1 });
      expect(await heldSubnets(stateFolder)).toContain(subnet);
      await again.down();
      expect(existsSync(`/run/ordeal-subnets/${subnet}`)).toBe(false);
    });

    test('of the same name, one is made', async () => {
      const tries = await Promise.allSettled(
        Array.from({ length: 3 }, () => provider().up({ name: 'same', nodeCount: 1 })),
      );
      const made = tries.filter((result) => result.status === 'fulfilled');
      expect(made).toHaveLength(1);
      await Promise.all(made.map((result) => result.value.close()));
    });

    test('a making that is cancelled leaves nothing', async () => {
      for (const step of [0, 2, 3, 4, 5, 6]) {
        const stop = new AbortController();
        let steps = step;
        const onProgress = () => {
          if (steps-- === 0) stop.abort(new Error('enough'));
        };
        const made = provider().up({
          name: 'cancelled',
          nodeCount: 2,
          signal: stop.signal,
          onProgress,
        });
        await expect(made).rejects.toThrow('enough');
        expect(await tracesOf(stateFolder, [])).toEqual([]);
      }
    });
  });

  describe('other disks of the machine', () => {
    test('are those with a file system on a disk, outer ones first', () => {
      const mountinfo = [
        '22 1 254:0 / / rw,relatime - ext4 /dev/vda rw',
        '30 22 8:2 / /var/lib/db rw - xfs /dev/sda2 rw',
        '29 22 8:1 / /var rw,relatime shared:1 master:2 - ext4 /dev/sda1 rw',
        '31 22 8:1 /x /var rw - ext4 /dev/sda1 rw',
        '32 22 0:5 / /dev rw - devtmpfs devtmpfs rw',
        '33 22 8:3 / /boot rw - ext4 /dev/sda3 rw',
        '34 22 8:3 / /srv/with\\040space rw - ext4 /dev/sda3 rw',
        '35 22 8:4 / /var/lib/ordeal/clusters/x rw - ext4 /dev/sda4 rw',
        '36 22 0:40 / /home rw - tmpfs tmpfs rw',
        '',
      ].join('\n');
      expect(parseDisks(mountinfo, '/var/lib/ordeal/clusters/x')).toEqual(['/var', '/var/lib/db']);
    });

    const noLoop = existsSync('/dev/loop-control') ? '' : ' (skipped: needs loop devices)';
    test.skipIf(noLoop !== '')(`are seen on the nodes, and not written to${noLoop}`, async () => {
      const point = await mkdtemp('/var/tmp/ordeal-disk-');
      const script = [
        'truncate -s 16M "$1/image" && mkfs.ext4 -q "$1/image" && mkdir "$1/disk" || exit',
        'mount -o loop "$1/image" "$1/disk" && echo here >"$1/disk/file" && chmod 751 "$1/disk" || exit',
        'shift; exec "$@"',
      ].join('\n');
      const maker = [
        process.execPath,
        join(import.meta.dirname, 'netns-maker.ts'),
        stateFolder,
        'disk',
        'step',
        '99',
      ];
      try {
        // In a mount namespace of its own: with its processes goes the mount.
        const made = await execa(
          'unshare',
          ['--mount', 'sh', '-c', script, 'sh', point, ...maker],
          {
            reject: false,
          },
        );
        expect(made).toMatchObject({ stdout: 'ready', stderr: '' });
        const cluster = await provider().attach('disk');
        const [node] = cluster.nodes;
        expect(await say(node, 'cat', `${point}/disk/file`)).toBe('here');
        expect(await say(node, 'stat', '-c', '%a', `${point}/disk`)).toBe('751');
        expect(await isOk(node, 'tee', `${point}/disk/new`)).toBe(true);
        expect(await isOk(cluster.nodes[1], 'test', '-e', `${point}/disk/new`)).toBe(false);
        await cluster.close();
      } finally {
        await provider().down('disk');
        await rm(point, { recursive: true });
      }
    });
  });

  test('a cluster whose processes are gone says so instead of asking the world for its addresses', async () => {
    const cluster = await provider().up({ name: 'gone', nodeCount: 1 });
    const subnets = await heldSubnets(stateFolder);
    await cluster.close();
    // Some are gone before it is their turn: they die with their launcher.
    await execa('kill', ['-KILL', ...(await processesOf(stateFolder)).map(String)], {
      reject: false,
    });
    await expect.poll(() => processesOf(stateFolder)).toEqual([]);
    await expect(provider().attach('gone')).rejects.toMatchObject({
      code: 'cluster-gone',
      exitCode: 4,
    });
    await provider().down('gone');
    expect(await tracesOf(stateFolder, subnets)).toEqual([]);
  });

  describe('what cannot be', () => {
    test.each([0, 10, -1, 1.5, Number.NaN])('%s nodes', async (nodeCount) => {
      await expect(provider().up({ name: 'x', nodeCount })).rejects.toMatchObject({
        exitCode: 254,
      });
    });

    test.each(['', 'A', 'a b', '../x', '-a', 'a/b', 'x'.repeat(33), "a'"])(
      'a cluster named %j',
      async (name) => {
        await expect(provider().up({ name, nodeCount: 1 })).rejects.toMatchObject({
          exitCode: 254,
        });
        await expect(provider().down(name)).rejects.toMatchObject({ exitCode: 254 });
      },
    );

    test('attaching to what is not there; removing it is fine', async () => {
      await expect(provider().attach('nobody')).rejects.toMatchObject({
        code: 'no-cluster',
        exitCode: 4,
      });
      await provider().down('nobody');
      expect(await provider().list()).toEqual([]);
    });

    test('a state folder that would break mount options', async () => {
      const odd = netnsProvider({ stateFolder: '/var/tmp/a,b' });
      await expect(odd.attach('x')).rejects.toThrow('state folder');
    });

    test('without root: what to do, exit code 4', async () => {
      const script = join(import.meta.dirname, 'netns-maker.ts');
      const { stderr, exitCode } = await execa(
        'setpriv',
        ['--reuid=65534', '--clear-groups', process.execPath, script, '/var/tmp/x', 'x'],
        {
          reject: false,
        },
      );
      expect(exitCode).not.toBe(0);
      expect(stderr).toContain('need root');
    });
  });
});
