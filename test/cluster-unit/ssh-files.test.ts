// The user's own ssh files, read as ssh itself reads them: `ssh -G` and `ssh-keygen -F` are the oracles.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hostKeysFor, knownAs } from '../../src/cluster/ssh/known-hosts.ts';
import { settingsFor } from '../../src/cluster/ssh/ssh-config.ts';

const hasSsh = (await execa('ssh', ['-V'], { reject: false })).exitCode === 0;
const because = hasSsh ? '' : ' (skipped: needs openssh-client)';

describe.skipIf(!hasSsh)(`the user's ssh files${because}`, () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ordeal-ssh-files-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const config = `
# Comment
Host lab1 lab2
  HostName 10.0.0.1
  User anna
  Port=2201
	IdentityFile "/keys/with space"
Host *.example !not.example
  User = bert
  ProxyJump carl@gate:2222
Host lab?
  User never-for-1-and-2
  Port 9
Match user nobody
  Port 10
Host *
  User everybody
`;

  test.each(['lab1', 'lab2', 'lab3', 'lab33', 'a.example', 'not.example', 'LAB1', 'else'])(
    'settings for %s',
    async (host) => {
      const file = join(folder, 'config');
      await writeFile(file, config);
      const { stdout } = await execa('ssh', ['-G', '-F', file, host]);
      const said = new Map(
        stdout.split('\n').map((line) => [line.split(' ')[0], line.slice(line.indexOf(' ') + 1)]),
      );
      const ours = settingsFor(config, host);
      expect(ours.hostname ?? host.toLowerCase()).toBe(said.get('hostname')?.toLowerCase());
      expect(ours.user).toBe(said.get('user'));
      expect(ours.port ?? '22').toBe(said.get('port'));
      expect(ours.proxyjump).toBe(said.get('proxyjump'));
      if (ours.identityfile !== undefined)
        expect(ours.identityfile).toBe(said.get('identityfile')?.replaceAll('"', ''));
    },
  );

  test('known hosts: plain, with port, patterns, hashed, revoked', async () => {
    const key = async (name: string): Promise<string> => {
      const path = join(folder, name);
      await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', path]);
      const { stdout } = await execa('ssh-keygen', ['-y', '-f', path]);
      return stdout.split(' ').slice(0, 2).join(' ');
    };
    const [a, b, c, revoked] = await Promise.all(['a', 'b', 'c', 'revoked'].map(key));
    const file = join(folder, 'known');
    const plain = [
      '# comment',
      `alpha,10.0.0.1 ${a} comment`,
      `[beta]:2222 ${b}`,
      `beta ${a}`,
      `*.lab,!x.lab ${c}`,
      `alpha ${revoked}`,
      '',
    ].join('\n');
    await writeFile(file, plain);
    await execa('ssh-keygen', ['-H', '-f', file]);
    const hashed = await readFile(file, 'utf8');
    expect(hashed).not.toContain('alpha');
    const text = `${hashed}\n@revoked * ${revoked}\n`;
    const hosts = ['alpha', '10.0.0.1', 'beta', '[beta]:2222', 'm.lab', 'x.lab', 'other'];
    for (const host of hosts) {
      const found = await execa('ssh-keygen', ['-F', host, '-f', file], { reject: false });
      const theirs = [...found.stdout.matchAll(/(ssh-ed25519 \S+)/g)].map(([, key]) => key);
      expect(hostKeysFor(text, host), host).toEqual(theirs.filter((key) => key !== revoked));
    }
    expect(hostKeysFor(text, knownAs('beta', 2222))).toEqual([b]);
    expect(hostKeysFor(text, knownAs('BETA', 22))).toEqual([a]);
  });
});
