// Patterns of host names as in ssh_config(5) and known_hosts (sshd(8)): * and ?, and ! for all but these.

const matches = (pattern: string, host: string): boolean => {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`).test(host);
};

/** Whether a list of patterns takes a host: one that fits, and none of those with `!`. */
export const takesHost = (patterns: readonly string[], host: string): boolean =>
  patterns.some((pattern) => !pattern.startsWith('!') && matches(pattern, host)) &&
  !patterns.some((pattern) => pattern.startsWith('!') && matches(pattern.slice(1), host));
