// Inventories of hosts: what is read, and that whatever is wrong is one line with its place.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OrdealError } from '../../src/base/errors.ts';
import { parseInventory } from '../../src/cluster/ssh/inventory.ts';

const errorOf = (text: string): OrdealError => {
  try {
    parseInventory('hosts.yaml', text);
  } catch (thrown) {
    if (thrown instanceof OrdealError) return thrown;
    throw thrown;
  }
  throw new Error('no error');
};

describe('an inventory', () => {
  test('is YAML, or JSON with the same content', () => {
    const content = {
      defaults: { user: 'root', disposable: true },
      jumps: { bastion: { host: 'b.example', port: 2222 } },
      hosts: [
        { host: '10.0.0.1', name: 'db-1', tier: 'db', labels: { zone: 'a' }, jump: 'bastion' },
        { host: 'fd00::2', address: 'fd00::2', addresses: ['fd00::2', '10.0.0.2'] },
      ],
    };
    const yaml = `
defaults: {user: root, disposable: true}
jumps:
  bastion: {host: b.example, port: 2222}
hosts:
  - host: 10.0.0.1   # the first
    name: db-1
    tier: db
    labels: {zone: a}
    jump: bastion
  - host: "fd00::2"
    address: "fd00::2"
    addresses: ["fd00::2", 10.0.0.2]
`;
    const [first, second] = [
      yaml,
      JSON.stringify(content),
      JSON.stringify(content, null, '\t'),
    ].map((text) => {
      const { placeOf: _, file: __, ...rest } = parseInventory('hosts.yaml', text);
      return rest;
    });
    expect(first).toEqual(second);
    expect(first?.hosts.map(({ name }) => name)).toEqual(['db-1', 'n2']);
    expect(first).toMatchObject({ defaults: content.defaults, jumps: content.jumps });
  });

  test.each<[string, string, string]>([
    ['nothing', '', 'hosts.yaml:1: Invalid input: expected object, received null'],
    ['no hosts', 'hosts: []', 'hosts.yaml:1: hosts: no hosts'],
    ['a wrong type', 'hosts:\n  - host: a\n    port: ssh', 'hosts.yaml:3: hosts[0].port: '],
    [
      'a port too high',
      'hosts:\n  - host: a\n    port: 65536',
      'hosts.yaml:3: hosts[0].port: not a port',
    ],
    ['a host that is missing', 'hosts:\n  - host: a\n  - user: b', 'hosts.yaml:3: hosts[1].host: '],
    [
      'an unknown key',
      'hosts:\n  - host: a\n    usr: b',
      "hosts.yaml:3: hosts[0]: unknown key 'usr'",
    ],
    [
      'an unknown key at the top',
      'host:\n  - a\nhosts: [{host: a}]',
      "hosts.yaml:1: unknown key 'host'",
    ],
    [
      'a password',
      'hosts:\n  - host: a\n    password: b',
      "hosts.yaml:3: hosts[0]: unknown key 'password'",
    ],
    [
      'a host twice',
      'hosts:\n  - host: a\n  - host: b\n  - host: a',
      "hosts.yaml:4: host 'a' is there twice, first as hosts[0]",
    ],
    [
      'a name twice',
      'hosts:\n  - host: a\n    name: n2\n  - host: b',
      "hosts.yaml:4: name 'n2' is there twice, first as hosts[0]",
    ],
    ['a key twice', 'hosts:\n  - host: a\n    host: b', 'hosts.yaml:3: Map keys must be unique'],
    [
      'a name that is a path',
      'hosts:\n  - host: a\n    name: ../b',
      'hosts.yaml:3: hosts[0].name: ',
    ],
    [
      'a host that is an option',
      'hosts:\n  - host: -oProxyCommand=x',
      'hosts.yaml:2: hosts[0].host: ',
    ],
    [
      'no address',
      'hosts:\n  - host: a\n    addresses:\n      - 10.0.0.256',
      'hosts.yaml:4: hosts[0].addresses[0]: not an IP',
    ],
    ['no YAML', 'hosts:\n  - host: a\n bad', 'hosts.yaml:3: '],
    ['an alias of nothing', 'hosts:\n  - *a', 'hosts.yaml:2: Unresolved alias'],
    ['JSON cut short', '{"hosts": [\n{"host": "a"}', 'hosts.yaml:2: '],
  ])('with %s is one line with its place', (_, text, expected) => {
    const error = errorOf(text);
    expect(error.exitCode).toBe(254);
    expect(error.message.startsWith(expected), error.message).toBe(true);
    expect(error.message).not.toContain('\n');
  });

  test('whatever it holds, is read or refused in one line', () => {
    const words = fc.constantFrom(
      'hosts',
      'host',
      'a',
      '-',
      ':',
      '\n',
      '  ',
      '{',
      '}',
      '[',
      ']',
      ',',
      '"',
      '&x',
      '*x',
      '1',
      'null',
      '? ',
      '!!int ',
    );
    fc.assert(
      fc.property(fc.array(words, { maxLength: 25 }), (parts) => {
        try {
          parseInventory('hosts.yaml', parts.join(''));
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(OrdealError);
          expect(String((thrown as OrdealError).message)).toMatch(/^hosts\.yaml:\d+: .+$/);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('a secret is never part of a message', () => {
    const error = errorOf('hosts:\n  - host: a\n    password: hunter2');
    expect(`${error.message}${error.hint}`).not.toContain('hunter2');
    expect(error.hint).toContain('passwordEnv');
  });
});
