// Host keys that are known, from files in the format of sshd(8), hashed names included.
import { createHmac } from 'node:crypto';
import { takesHost } from './host-pattern.ts';

/** `|1|salt|hash`: the name itself is not told. */
const isHashOf = (field: string, host: string): boolean => {
  const [, salt = '', hash = ''] = /^\|1\|([^|]+)\|([^|]+)$/.exec(field) ?? [];
  const made = createHmac('sha1', Buffer.from(salt, 'base64')).update(host).digest('base64');
  return hash !== '' && made === hash;
};

/** Kinds of keys that can be asked for; others, such as certificates, are passed over. */
const kinds = /^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521))$/;

type Line = { readonly marker: string; readonly hosts: string; readonly key: string };

const parseLine = (line: string): Line | undefined => {
  if (/^\s*(#|$)/.test(line)) return undefined;
  const words = line.trim().split(/\s+/);
  const marker = words[0]?.startsWith('@') ? (words.shift() ?? '') : '';
  const [hosts = '', kind = '', key = ''] = words;
  return kinds.test(kind) && key !== '' ? { marker, hosts, key: `${kind} ${key}` } : undefined;
};

/** How a host is written there: with its port when that is not 22. */
export const knownAs = (host: string, port: number): string =>
  port === 22 ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`;

/** Keys that a text tells of a host, without those it revokes. */
export const hostKeysFor = (text: string, host: string): readonly string[] => {
  const lines = text.split('\n').flatMap((line) => parseLine(line) ?? []);
  const revoked = new Set(lines.flatMap(({ marker, key }) => (marker === '@revoked' ? [key] : [])));
  return lines
    .filter(({ marker, hosts }) => {
      const isMeant = hosts.startsWith('|')
        ? isHashOf(hosts, host)
        : takesHost(hosts.toLowerCase().split(','), host);
      return marker === '' && isMeant;
    })
    .map(({ key }) => key)
    .filter((key) => !revoked.has(key));
};
