// How a member is started, and what is told of its log when it does not serve.
import { describe, expect, test } from 'vitest';
import { etcdCommand, layoutOf, newCluster } from '../../src/systems/etcd/layout.ts';
import { lastWords } from '../../src/systems/etcd/log-tail.ts';
import { nodeAt } from './real-etcd.ts';

const flagsOf = (addresses: readonly string[]) => {
  const nodes = addresses.map((address, i) => nodeAt(address, `n${i + 1}`));
  const [node] = nodes;
  if (!node) throw new Error('no node');
  const layout = layoutOf();
  const bootstrap = newCluster(nodes, layout);
  return etcdCommand({ node, layout, bootstrap, snapshotCount: 5 });
};

describe('arguments', () => {
  test('of a member of three', () => {
    expect(flagsOf(['10.0.0.1', '10.0.0.2', '10.0.0.3'])).toEqual([
      'etcd',
      '--name=n1',
      '--data-dir=/var/lib/ordeal-etcd/n1',
      '--listen-client-urls=http://10.0.0.1:2379',
      '--advertise-client-urls=http://10.0.0.1:2379',
      '--listen-peer-urls=http://10.0.0.1:2380',
      '--initial-advertise-peer-urls=http://10.0.0.1:2380',
      '--initial-cluster-state=new',
      '--initial-cluster-token=ordeal',
      '--initial-cluster=n1=http://10.0.0.1:2380,n2=http://10.0.0.2:2380,n3=http://10.0.0.3:2380',
      '--heartbeat-interval=100',
      '--election-timeout=1000',
      '--snapshot-count=5',
      '--logger=zap',
      '--log-outputs=stderr',
    ]);
  });
  test('IPv6 addresses stand in brackets', () => {
    expect(flagsOf(['fd00::1'])).toContain('--listen-client-urls=http://[fd00::1]:2379');
  });
  test('a host known by name listens on all its addresses and is advertised by name', () => {
    const flags = flagsOf(['db1.example']);
    expect(flags).toContain('--listen-peer-urls=http://0.0.0.0:2380');
    expect(flags).toContain('--initial-advertise-peer-urls=http://db1.example:2380');
  });
});

describe('the last words of a log', () => {
  const record = (level: string, msg: string, more: object = {}) =>
    JSON.stringify({ level, ts: 't', msg, ...more });
  test('are its errors, with their reasons', () => {
    const log = [
      record('info', 'starting'),
      record('fatal', 'discovery failed', { error: 'listen tcp: address already in use' }),
      record('info', 'closing'),
      '',
    ].join('\n');
    expect(lastWords(log)).toEqual(['discovery failed: listen tcp: address already in use']);
  });
  test('are a panic as it is', () => {
    expect(lastWords(`${record('info', 'up')}\npanic: assertion failed\n`)).toEqual([
      'panic: assertion failed',
    ]);
  });
  test('are its last three lines when nothing is wrong', () => {
    const log = ['a', 'b', 'c', 'd'].map((msg) => record('info', msg)).join('\n');
    expect(lastWords(log)).toEqual(['b', 'c', 'd']);
  });
  test('are short', () => {
    expect(lastWords('x'.repeat(10_000))[0]).toHaveLength(300);
    expect(lastWords('')).toEqual([]);
  });
});
