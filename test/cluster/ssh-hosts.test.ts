// Hosts from an inventory, for real: namespace nodes play the hosts of a user, behind jump hosts, agents and host keys.
import { spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { netnsProvider } from '../../src/cluster/netns/provider.ts';
import { sshProvider } from '../../src/cluster/ssh/provider.ts';
import type { Cluster } from '../../src/contract/cluster.ts';
import type { Node } from '../../src/contract/node.ts';
import { ordeal } from './ordeal-command.ts';

const because = process.getuid?.() === 0 ? '' : ' (skipped: needs root)';

describe.skipIf(because !== '')(`hosts of an inventory${because}`, () => {
  let folder: string;
  let hosts: Cluster;
  let key: string;
  let hostKey: string;
  const opened: Cluster[] = [];
  const environment = { ...process.env };
  const addressOf = (index: number): string => hosts.nodes[index]?.address ?? '';
  beforeAll(async () => {
    folder = await mkdtemp('/var/tmp/ordeal-ssh-hosts-');
    hosts = await netnsProvider({ stateFolder: join(folder, 'state') }).up({
      name: 'hosts',
      nodeCount: 3,
    });
    const made = join(folder, 'state/clusters/hosts');
    key = join(made, 'key');
    hostKey = (await readFile(join(made, 'known-hosts'), 'utf8')).split(' ').slice(1, 3).join(' ');
    await mkdir(join(folder, '.ssh'), { mode: 0o700 });
  });
  beforeEach(() => {
    process.env['HOME'] = folder;
    delete process.env['SSH_AUTH_SOCK'];
  });
  afterEach(async () => {
    process.env = { ...environment };
    await Promise.all(opened.splice(0).map((cluster) => cluster.close()));
    for (const file of ['config', 'known_hosts'])
      await rm(join(folder, '.ssh', file), { force: true });
  });
  afterAll(async () => {
    await hosts?.down();
    await rm(folder, { recursive: true });
  });

  /** Writes an inventory and opens it. JSON is YAML. */
  const open = async (inventory: unknown): Promise<Cluster> => {
    const file = join(folder, 'hosts.yaml');
    await writeFile(file, JSON.stringify(inventory, undefined, 1));
    const cluster = await sshProvider().attach(file);
    opened.push(cluster);
    return cluster;
  };
  const login = () => ({ user: 'root', key, hostKey });
  const say = async (node: Node | undefined, ...argv: readonly string[]): Promise<string> =>
    (await node?.remote.exec(argv))?.stdout.trim() ?? '';

  test('are reached, with all their addresses, and see where the controller is', async () => {
    const cluster = await open({
      defaults: { ...login(), tier: 'db' },
      hosts: [0, 1, 2].map((index) => ({
        name: `db-${index}`,
        host: addressOf(index),
        labels: { rack: String(index) },
      })),
    });
    expect(cluster.nodes.map(({ name }) => name)).toEqual(['db-0', 'db-1', 'db-2']);
    for (const [index, node] of cluster.nodes.entries()) {
      expect(await say(node, 'hostname')).toBe(`n${index + 1}`);
      expect([...node.addresses].sort()).toEqual([...(hosts.nodes[index]?.addresses ?? [])].sort());
      expect(node).toMatchObject({ tier: 'db', labels: { rack: String(index) } });
    }
    expect(cluster.controllerAddresses).toEqual([hosts.controllerAddresses[0]]);
    await cluster.down();
    expect(await say(hosts.nodes[0], 'hostname')).toBe('n1');
  });

  test('are reached by way of jump hosts, one after another', async () => {
    const cluster = await open({
      defaults: login(),
      jumps: {
        gate: { ...login(), host: addressOf(0) },
        inner: { ...login(), host: addressOf(1), jump: 'gate' },
      },
      hosts: [{ host: addressOf(2), jump: 'inner' }],
    });
    expect(await say(cluster.nodes[0], 'hostname')).toBe('n3');
    expect(cluster.controllerAddresses).toEqual([addressOf(1)]);
    const sessions = await say(hosts.nodes[0], 'pgrep', '-c', '-f', 'sshd: root');
    await cluster.close();
    // The way there closes with the session at its end.
    const count = async () => Number(await say(hosts.nodes[0], 'pgrep', '-c', '-f', 'sshd: root'));
    await expect.poll(count).toBeLessThan(Number(sessions));
  });

  test("are found as the user's ssh finds them: config, known hosts, agent", async () => {
    const socket = join(folder, 'agent');
    const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
    try {
      await expect
        .poll(() => execa('test', ['-S', socket], { reject: false }))
        .toMatchObject({ exitCode: 0 });
      await execa('ssh-add', ['-q', key], { env: { SSH_AUTH_SOCK: socket } });
      process.env['SSH_AUTH_SOCK'] = socket;
      const config = `Host lab-1\n HostName ${addressOf(1)}\n ProxyJump root@${addressOf(0)}\nHost *\n User root\n`;
      await writeFile(join(folder, '.ssh/config'), config);
      const known = [0, 1].map((index) => `${addressOf(index)} ${hostKey}\n`).join('');
      await writeFile(join(folder, '.ssh/known_hosts'), known);
      await execa('ssh-keygen', ['-q', '-H', '-f', join(folder, '.ssh/known_hosts')]);
      const cluster = await open({ hosts: [{ host: 'lab-1' }] });
      expect(await say(cluster.nodes[0], 'hostname')).toBe('n2');
    } finally {
      agent.kill();
    }
  });

  test('who logs in as another becomes root by sudo, or is told that it cannot', async () => {
    const n1 = hosts.nodes[0];
    await n1?.remote.exec(['useradd', '--create-home', '--password', '*', 'tester']);
    const inventory = { hosts: [{ ...login(), user: 'tester', host: addressOf(0) }] };
    await expect(open(inventory)).rejects.toMatchObject({ code: 'not-root', exitCode: 4 });
    const rule = '/etc/sudoers.d/tester';
    await n1?.remote.exec(['sh', '-c', `echo 'tester ALL=(ALL) NOPASSWD: ALL' >${rule}`]);
    const [node] = (await open(inventory)).nodes;
    expect(await say(node, 'id', '-un')).toBe('tester');
    expect((await node?.remote.exec(['id', '-un'], { sudo: true }))?.stdout).toBe('root\n');
  });

  test('let in by a password from the environment, and not by a wrong one', async () => {
    const n2 = hosts.nodes[1];
    await n2?.remote.exec(['chpasswd', '-c', 'SHA512'], { stdin: 'root:correct horse\n' });
    const how = {
      PasswordAuthentication: 'yes',
      AuthenticationMethods: 'password',
      PermitRootLogin: 'yes',
    };
    const options = Object.entries(how).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
    const sshd = ['/usr/sbin/sshd', '-p', '2222', ...options, '-f', '/etc/ssh/ordeal/sshd_config'];
    await n2?.remote.exec(sshd);
    // It goes into the background before it listens.
    await expect
      .poll(async () => (await n2?.remote.exec(['ss', '-ltn']))?.stdout)
      .toContain(':2222');
    const host = {
      host: addressOf(1),
      port: 2222,
      user: 'root',
      hostKey,
      passwordEnv: 'LAB_PASSWORD',
    };
    process.env['LAB_PASSWORD'] = 'correct horse';
    expect(await say((await open({ hosts: [host] })).nodes[0], 'hostname')).toBe('n2');
    process.env['LAB_PASSWORD'] = 'battery staple';
    const refused = await open({ hosts: [host] }).catch((thrown: Error) => thrown);
    expect(refused).toMatchObject({ code: 'login-refused', exitCode: 4 });
    expect(String(refused)).not.toContain('battery');
  });

  describe('that cannot be had: one line with the place', () => {
    const other =
      'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl';
    type Case = readonly [name: string, inventory: () => unknown, code: string, says: RegExp];
    const cases: readonly Case[] = [
      [
        'a changed host key',
        () => ({ hosts: [{ ...login(), hostKey: other, host: addressOf(0) }] }),
        'wrong-host-key',
        /the host key is not the pinned one/,
      ],
      [
        'a host key that nobody knows',
        () => ({ hosts: [{ user: 'root', key, host: addressOf(0) }] }),
        'host-key-unknown',
        /no host key is known for 10\./,
      ],
      [
        'a jump host that refuses',
        () => ({
          hosts: [{ ...login(), host: addressOf(0), jump: 'gate' }],
          jumps: { gate: { ...login(), host: addressOf(1), port: 23 } },
        }),
        'connection-refused',
        /n1 by way of gate \(root@10\.[\d.]+:23\): connection refused/,
      ],
      [
        'a host that its jump host cannot reach',
        () => ({
          hosts: [{ ...login(), host: addressOf(0), port: 23, jump: 'gate' }],
          jumps: { gate: { ...login(), host: addressOf(1) } },
        }),
        'host-unreachable',
        /unreachable from 10\./,
      ],
      [
        'a key that is not let in',
        () => ({
          hosts: [{ user: 'root', hostKey, key: join(folder, 'stranger'), host: addressOf(0) }],
        }),
        'login-refused',
        /login refused for user 'root' with this key/,
      ],
    ];
    beforeAll(async () => {
      await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, 'stranger')]);
    });

    test.each(cases)('%s', async (_, inventory, code, says) => {
      const error = await open(inventory()).then(
        () => undefined,
        (thrown: unknown) => thrown as Error,
      );
      expect(error).toMatchObject({ code, exitCode: 4 });
      expect(error?.message).toMatch(/^\S+hosts\.yaml:\d+: [^\n]+$/);
      expect(error?.message).toMatch(says);
    });

    test.each([
      [
        'a secret that is not set',
        () => ({ ...login(), passwordEnv: 'ORDEAL_TEST_NOTHING' }),
        /variable ORDEAL_TEST_NOTHING is not set/,
      ],
      [
        'a key file that is not there',
        () => ({ ...login(), key: 'nope' }),
        /cannot read the key: ENOENT/,
      ],
      [
        'a way in a circle',
        () => ({ ...login(), jump: 'a' }),
        /jump host a is reached by way of itself/,
      ],
    ] as const)('%s', async (_, entry, says) => {
      const jumps = {
        a: { ...login(), host: 'a', jump: 'b' },
        b: { ...login(), host: 'b', jump: 'a' },
      };
      const opening = open({ jumps, hosts: [{ ...entry(), host: addressOf(0) }] });
      await expect(opening).rejects.toMatchObject({
        exitCode: 254,
        message: expect.stringMatching(says),
      });
    });

    test('a host whose key is taken unseen when told so, and only then', async () => {
      const inventory = { hosts: [{ user: 'root', key, host: addressOf(0) }] };
      const cluster = await open({ ...inventory, hostKeys: 'any' });
      expect(await say(cluster.nodes[0], 'hostname')).toBe('n1');
    });
  });

  test('are not touched without consent, and tested with it', async () => {
    const file = join(folder, 'test.yaml');
    const inventory = {
      defaults: { ...login(), disposable: true },
      hosts: [0, 1, 2].map((index) => ({ host: addressOf(index), disposable: index !== 1 })),
    };
    await writeFile(file, JSON.stringify(inventory));
    await chmod(file, 0o600);
    const results = join(folder, 'results');
    const argv = [
      ...['test', 'register', '--nemesis', 'partition', '--inventory', file, '--results', results],
      ...['--time-limit', '6', '--nemesis-interval', '2', '--recovery', '2', '--seed', '1'],
    ];
    const refused = await ordeal(...argv);
    expect(refused.code).toBe(254);
    expect(refused.output).toContain(`not marked disposable: n2 (${addressOf(1)})`);
    expect(await say(hosts.nodes[1], 'sh', '-c', 'pgrep etcd || true')).toBe('');
    const { code, output } = await ordeal(...argv, '--yes');
    expect(code, output).toBe(0);
    expect(output).toMatch(/healed by runner, proven/);
    expect(output).toContain(`--inventory ${file} --yes`);
    for (const node of hosts.nodes) {
      expect(await say(node, 'sh', '-c', 'pgrep etcd || true')).toBe('');
      expect(await say(node, 'nft', 'list', 'tables')).toBe('');
    }
  });
});
