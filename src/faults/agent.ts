// The controller's half of the node agent: sends `agent.sh` once per run and node, and speaks its commands.
import { readFileSync } from 'node:fs';
import { assert } from '../base/assert.ts';
import { infrastructureError, messageOf } from '../base/errors.ts';
import type { Command, Plan } from '../contract/faults.ts';
import type { Node } from '../contract/node.ts';
import type { ExecResult } from '../contract/remote.ts';

/** Where runs keep their undo on a node; a tmpfs, so nothing outlives a reboot. */
export const defaultDirectory = '/run/ordeal';

const script = readFileSync(new URL('./agent.sh', import.meta.url), 'utf8');

/** Puts the script in place without a second round trip; everything that varies is an argument. */
const installer =
  'umask 077; mkdir -p "$1" && cat >"$1/agent.new" && mv "$1/agent.new" "$1/agent" && exec sh "$1/agent" "$@"';

export type AgentOptions = {
  readonly node: Node;
  readonly run: string;
  /** Parent of the run's folder on the node. */
  readonly directory?: string;
};

/** Exit codes of `agent.sh`; 2 and 127 are the shell's own when the script itself is gone. */
const lostCodes: readonly number[] = [2, 3, 127];
const heldCode = 4;

/** One node's agent for one run. Every call is one program on the node, run as root. */
export class Agent {
  readonly node: Node;
  readonly #folder: string;
  constructor({ node, run, directory = defaultDirectory }: AgentOptions) {
    assert(/^[\w.:+-]+$/.test(run), `run ${run} cannot name a folder`);
    this.node = node;
    this.#folder = `${directory}/${run}`;
  }

  /** Takes the node for this run; throws `node-held` naming the owner while another run's lease is running. */
  async prepare(leaseSeconds: number, owner: string): Promise<void> {
    const result = await this.node.remote.exec(
      ['sh', '-c', installer, 'sh', this.#folder, 'prepare', String(leaseSeconds), oneLine(owner)],
      { stdin: script, sudo: true, check: false, timeoutMs: 20_000 },
    );
    if (result.exitCode === heldCode) throw nodeHeld(this.node.name, result.stderr.trim());
    this.#expectDone(result, 'prepare');
  }

  /** Renews the lease and undoes the faults named; resolves with the ids that are armed, `undefined` when the node is lost. */
  async renew(
    leaseSeconds: number,
    options: { readonly undo: readonly string[]; readonly timeoutMs: number },
  ): Promise<readonly string[] | undefined> {
    const argv = ['renew', String(leaseSeconds), ...options.undo];
    const result = await this.#run(argv, { timeoutMs: options.timeoutMs });
    if (lostCodes.includes(result.exitCode)) return undefined;
    this.#expectDone(result, 'renew');
    return result.stdout.split('\n').filter((id) => id !== '');
  }

  /** Stores the undo, renews the lease and strikes, in this order and in one round trip. */
  async inject(
    id: string,
    options: {
      readonly leaseSeconds: number;
      readonly commands: Plan['nodes'][string];
      readonly signal?: AbortSignal;
    },
  ): Promise<void> {
    const argv = ['inject', String(options.leaseSeconds), id];
    const result = await this.#run(argv, {
      stdin: encodePlan(options.commands),
      timeoutMs: options.leaseSeconds * 1000,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    this.#expectDone(result, 'inject');
  }

  /** Undoes one fault. A node that lost the lease, or never had the fault, has nothing to undo. */
  async heal(id: string): Promise<void> {
    const result = await this.#run(['heal', id], { timeoutMs: 20_000 });
    if (!lostCodes.includes(result.exitCode)) this.#expectDone(result, 'heal');
  }

  /** Undoes everything and gives the node back; also when the script on the node is gone. Resolves with what was armed. */
  async close(): Promise<readonly string[]> {
    const result = await this.#send(['close'], 30_000);
    return result.stdout.split('\n').filter((id) => id !== '');
  }

  /** Gives back every run whose lease is out (`force`: every run); says which were swept and which are live. */
  async sweep(
    force: boolean,
  ): Promise<{ readonly swept: readonly string[]; readonly live: readonly string[] }> {
    const result = await this.#send(['sweep', ...(force ? ['force'] : [])], 60_000);
    const runs = (word: string): readonly string[] =>
      result.stdout.split('\n').flatMap((line) => {
        const [state, run] = line.split(' ');
        return state === word && run !== undefined ? [run] : [];
      });
    return { swept: runs('swept'), live: runs('live') };
  }

  /** Pings addresses at the same time, each for its seconds; resolves with those that answered. */
  async ping(
    targets: readonly { readonly address: string; readonly seconds: number }[],
  ): Promise<ReadonlySet<string>> {
    const argv = ['ping', ...targets.flatMap((t) => [String(t.seconds), t.address])];
    const result = await this.#send(argv, 20_000);
    const answers = result.stdout.split('\n').filter((line) => line.endsWith(' answers'));
    return new Set(answers.map((line) => line.slice(0, line.indexOf(' '))));
  }

  #run(
    argv: readonly string[],
    options: {
      readonly stdin?: string;
      readonly timeoutMs: number;
      readonly signal?: AbortSignal;
    },
  ): Promise<ExecResult> {
    return this.node.remote.exec(['sh', `${this.#folder}/agent`, this.#folder, ...argv], {
      sudo: true,
      check: false,
      ...options,
    });
  }

  /** Runs the script from standard input: needs nothing on the node. */
  async #send(argv: readonly string[], timeoutMs: number): Promise<ExecResult> {
    const result = await this.node.remote.exec(['sh', '-s', '--', this.#folder, ...argv], {
      stdin: script,
      sudo: true,
      check: false,
      timeoutMs,
    });
    this.#expectDone(result, argv[0] ?? '');
    return result;
  }

  #expectDone(result: ExecResult, command: string): void {
    if (result.exitCode === 0) return;
    const said = oneLine(result.stderr.trim()) || `exit ${result.exitCode}`;
    const lost = lostCodes.includes(result.exitCode);
    throw infrastructureError(`${this.node.name}: fault agent could not ${command}: ${said}`, {
      code: lost ? 'lease-lost' : 'agent-failed',
      ...(lost ? { hint: 'the controller was out of touch for longer than the lease' } : {}),
    });
  }
}

/** The wire and storage form of a node's part of a plan, as `agent.sh` documents it. */
export const encodePlan = (commands: Plan['nodes'][string]): string => {
  const lines = [
    ...commands.heal.flatMap((command) => encodeCommand('heal', command)),
    ...commands.inject.flatMap((command) => encodeCommand('inject', command)),
    'end',
  ];
  return `${lines.join('\n')}\n`;
};

const encodeCommand = (kind: 'heal' | 'inject', { argv, stdin = '' }: Command): string[] => {
  assert(argv.length > 0, `an empty ${kind} command`);
  for (const word of argv)
    assert(!/[\n\0]/.test(word), `a line break in argument ${JSON.stringify(word)} of ${argv[0]}`);
  return [kind, String(argv.length), ...argv, Buffer.from(stdin).toString('base64')];
};

/** The error of a node that another run holds: exit code 4. */
const nodeHeld = (node: string, owner: string) =>
  infrastructureError(`${node} is held by ${owner}`, {
    code: 'node-held',
    hint: 'wait until that run ends, or heal it with `ordeal heal` when it is dead',
  });

const oneLine = (text: string): string => text.replaceAll(/\s*\n\s*/g, '; ');

/** What went wrong on which nodes, in one line. */
export const sayFailures = (failures: readonly NodeFailure[]): string =>
  failures.map(({ node, cause }) => `${node} (${messageOf(cause)})`).join(', ');
export type NodeFailure = { readonly node: string; readonly cause: unknown };

/** Runs `act` on every node at the same time; no failure keeps another node waiting. */
export const onEach = async <T extends { readonly node: Node }>(
  items: readonly T[],
  act: (item: T) => Promise<unknown>,
): Promise<readonly NodeFailure[]> => {
  const results = await Promise.allSettled(items.map(act));
  return results.flatMap((result, i) =>
    result.status === 'rejected' ? [{ node: items[i]!.node.name, cause: result.reason }] : [],
  );
};
