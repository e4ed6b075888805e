// A real etcd on free loopback ports with its data in a temporary folder, for tests that need no cluster.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Node } from '../../src/contract/node.ts';
import { closeGateway, gatewayOf, range } from '../../src/systems/etcd/gateway.ts';
import { etcdCommand, layoutOf, newCluster } from '../../src/systems/etcd/layout.ts';

/** Why tests with a real etcd cannot run here; undefined when they can. */
export const noEtcd = ((): string | undefined => {
  try {
    execFileSync('etcd', ['--version'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'no etcd on this machine: apt-get install etcd-server';
  }
})();

export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
};

/** A node without a session, for code that only talks to its address. */
export const nodeAt = (address: string, name = 'n1'): Node => {
  const none = () => Promise.reject(new Error(`${name} has no session`));
  const remote = {
    node: name,
    exec: none,
    upload: none,
    download: none,
    close: async () => undefined,
  };
  return { name, address, addresses: [address], remote };
};

export type RealEtcd = {
  readonly node: Node;
  readonly port: number;
  /** Starts it (again, with its data) and waits until it serves. */
  start(): Promise<void>;
  /** Stops every thread of it, and waits until they stand: a stop signal takes a moment. */
  pause(): Promise<void>;
  resume(): void;
  /** `kill -9`, and waits for the end. */
  kill(): Promise<void>;
  /** Kills it and removes its data. */
  remove(): Promise<void>;
};

/** Whether all threads of a process are stopped (state T in proc_pid_stat(5)). */
const allStand = (pid: number | undefined): boolean =>
  readdirSync(`/proc/${pid}/task`).every((thread) =>
    /\) T /.test(readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8')),
  );

const serves = async (port: number): Promise<void> => {
  const gateway = gatewayOf('127.0.0.1', port);
  for (let attempt = 0; attempt < 200; attempt++) {
    const answer = range(gateway, 'health', { timeoutMs: 1_000, serializable: false });
    const ok = await answer.then(
      () => true,
      () => false,
    );
    if (ok) return closeGateway(gateway);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('etcd does not serve');
};

export const realEtcd = async (): Promise<RealEtcd> => {
  const root = mkdtempSync(join(tmpdir(), 'ordeal-etcd-'));
  const layout = layoutOf({ clientPort: await freePort(), peerPort: await freePort(), root });
  const node = nodeAt('127.0.0.1');
  const bootstrap = newCluster([node], layout);
  const [program = '', ...args] = etcdCommand({ node, layout, bootstrap, snapshotCount: 1_000 });
  let child: ChildProcess | undefined;
  const kill = async (): Promise<void> => {
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const closed = once(child, 'exit');
    child.kill('SIGKILL');
    await closed;
  };
  return {
    node,
    port: layout.clientPort,
    start: async () => {
      mkdirSync(dirname(layout.dataDir(node)), { recursive: true });
      child = spawn(program, args, { stdio: 'ignore' });
      await serves(layout.clientPort);
    },
    pause: async () => {
      child?.kill('SIGSTOP');
      while (!allStand(child?.pid)) await new Promise((resolve) => setTimeout(resolve, 2));
    },
    resume: () => void child?.kill('SIGCONT'),
    kill,
    remove: async () => {
      await kill();
      rmSync(root, { recursive: true, force: true });
    },
  };
};
