// The part of ssh_config(5) that says how to reach a host: Host sections; the first value said of a keyword holds.
import { takesHost } from './host-pattern.ts';

/** Keywords that are read, in lower case. Match sections and Include are passed over. */
const keywords = ['hostname', 'user', 'port', 'identityfile', 'proxyjump', 'hostkeyalias'] as const;
export type SshSettings = { readonly [keyword in (typeof keywords)[number]]?: string };

const wordsOf = (text: string): readonly string[] =>
  [...text.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');

/** What a configuration's text says of a host. */
export const settingsFor = (text: string, host: string): SshSettings => {
  const found: Record<string, string> = {};
  let isMeant = true;
  for (const line of text.split('\n')) {
    const [, keyword = '', rest = ''] = /^\s*([A-Za-z]+)(?:\s*=\s*|\s+)(.*\S)\s*$/.exec(line) ?? [];
    const words = wordsOf(rest);
    const key = keyword.toLowerCase();
    if (key === 'host') isMeant = takesHost(words, host);
    else if (key === 'match') isMeant = false;
    else if (isMeant && (keywords as readonly string[]).includes(key))
      found[key] ??= words[0] ?? '';
  }
  return found;
};
