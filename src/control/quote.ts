// POSIX shell quoting, in this one place: SSH carries a command as one line that the login shell of the node reads.

const plain = /^[A-Za-z0-9_@%+=:,./-]+$/;

/** One word that a POSIX shell reads back as exactly `text` (which holds no NUL). */
export const quoteWord = (text: string): string =>
  plain.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;

/** The command line that a POSIX shell splits back into exactly `argv`. */
export const commandLine = (argv: readonly string[]): string => argv.map(quoteWord).join(' ');
