// Waits until a PostgreSQL server serves, and tells from its log why it never does.
import { setTimeout as sleep } from 'node:timers/promises';
import { infrastructureError, messageOf } from '../../base/errors.ts';
import type { Node } from '../../contract/node.ts';
import type { Layout } from './layout.ts';
import { ConnectionError, openSession } from './session.ts';

export type Health = {
  readonly node: Node;
  readonly layout: Layout;
  /** Milliseconds until it is given up. */
  readonly deadlineMs: number;
  /** Whether the program still runs: waiting for one that ended is in vain. */
  readonly isRunning: () => Promise<boolean>;
  readonly signal: AbortSignal;
};

const attemptMs = 1_000;
const pauseMs = 50;
/** Attempts between two looks at the process, which cost a command on the node. */
const lookEvery = 10;

/** One value, of a statement on a connection of its own; rejects as a session does. */
const ask = async (node: Node, layout: Layout, text: string): Promise<unknown> => {
  const signal = AbortSignal.timeout(attemptMs);
  const session = await openSession({ host: node.address, port: layout.port }, signal);
  try {
    const { rows } = await session.query({ text }, signal);
    return Object.values(rows[0] ?? {})[0];
  } finally {
    session.cut();
  }
};

/** Resolves once the server of this node's data answers a query. */
export const untilServing = async (health: Health): Promise<void> => {
  const { node, layout, deadlineMs, isRunning } = health;
  const deadline = AbortSignal.timeout(deadlineMs);
  for (let attempt = 1; ; attempt++)
    try {
      // Another server on the port would answer as well, and be taken for the one that could not start because of it.
      const data = await ask(node, layout, 'SHOW data_directory');
      if (data === layout.dataDir(node)) return;
      throw new Error(`another PostgreSQL answers on port ${layout.port}, with data in ${data}`);
    } catch (thrown) {
      health.signal.throwIfAborted();
      if (deadline.aborted)
        throw await sick(health, `did not serve within ${deadlineMs / 1_000} s`, thrown);
      const slow = thrown instanceof ConnectionError && thrown.code === 'timeout';
      if ((slow || attempt % lookEvery === 0) && !(await isRunning()))
        throw await sick(health, 'ended right after its start', thrown);
      await sleep(pauseMs);
    }
};

/** The nodes whose server takes writes. */
export const writableNodes = async (
  nodes: readonly Node[],
  layout: Layout,
): Promise<readonly string[]> => {
  const answers = await Promise.allSettled(
    nodes.map((node) => ask(node, layout, 'SELECT pg_is_in_recovery()')),
  );
  return nodes.flatMap(({ name }, i) => {
    const answer = answers[i];
    return answer?.status === 'fulfilled' && answer.value === false ? [name] : [];
  });
};

const logLines = 200;
const shownLines = 3;
const shownChars = 300;

/** The last grave lines of a log, or its last lines when there is none; oldest first, shortened. */
const lastWords = (log: string): readonly string[] => {
  const lines = log.split('\n').filter((line) => line.trim() !== '');
  const grave = lines.filter((line) =>
    /\b(FATAL|PANIC|ERROR)\b|could not|^\S*postgres: /.test(line),
  );
  const chosen = grave.length > 0 ? grave : lines;
  return chosen.slice(-shownLines).map((line) => line.slice(0, shownChars));
};

const sick = async ({ node, layout }: Health, what: string, cause: unknown): Promise<Error> => {
  const file = layout.logFile(node);
  const log = await node.remote
    .exec(['tail', '-n', String(logLines), file], { sudo: true, check: false })
    .then(({ stdout }) => stdout, messageOf);
  const words = lastWords(log);
  const said = words.length > 0 ? `its log ends: ${words.join(' | ')}` : 'its log is empty';
  return infrastructureError(`${node.name}: PostgreSQL ${what}; ${said}`, {
    code: 'postgres-not-healthy',
    hint: `The whole log is ${file} on ${node.name}; the last attempt said: ${messageOf(cause)}.`,
    cause,
  });
};
