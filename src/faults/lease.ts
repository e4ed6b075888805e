// The heartbeat: renews every node's lease, and notices when a node has healed itself.
import { messageOf } from '../base/errors.ts';
import type { Agent } from './agent.ts';

/** How a fault ended on a node: we asked for it, its lease ran out, or nothing was heard for longer than the lease. */
export type Ending = 'runner' | 'lease' | 'silence';

export type LeaseOptions = {
  readonly agents: readonly Agent[];
  readonly seconds: number;
  /** Retakes a node whose lease ran out. */
  readonly owner: string;
  /** Ids that may be armed on a node now, those that are just being struck included. */
  readonly armedOn: (node: string) => readonly string[];
  /** Ids that were struck and answered: a node that does not know them has lost them. */
  readonly struckOn: (node: string) => readonly string[];
  readonly onGone: (node: string, ids: readonly string[], by: Ending) => void;
  readonly onWarning: (message: string, node: string) => void;
};

/** Renewals in a row that may fail before it is said. */
const failuresQuietMax = 1;
/** How much later than the lease a node has certainly acted: the watchdog looks every second, and the undo takes time. */
const watchdogSeconds = 2;

type Held = {
  readonly agent: Agent;
  /** Milliseconds (monotonic) of the last answer to a command that renews the lease. */
  renewedAt: number;
  failures: number;
  busy: boolean;
  /** Faults to undo as soon as the node is reached again. */
  readonly undo: Set<string>;
};

/** Keeps the leases of a run's nodes alive until it is stopped. */
export class LeaseKeeper {
  readonly #options: LeaseOptions;
  readonly #held: ReadonlyMap<string, Held>;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(options: LeaseOptions) {
    this.#options = options;
    const renewedAt = performance.now();
    this.#held = new Map(
      options.agents.map((agent) => [
        agent.node.name,
        { agent, renewedAt, failures: 0, busy: false, undo: new Set<string>() },
      ]),
    );
  }

  /** Milliseconds between renewals. */
  get everyMs(): number {
    return Math.round((this.#options.seconds * 1000) / 3);
  }

  start(): void {
    this.#timer = setInterval(() => void this.beat(), this.everyMs);
    this.#timer.unref();
  }

  stop(): void {
    this.#stopped = true;
    clearInterval(this.#timer);
  }

  /** Tells that a command which renews the lease has just been answered. */
  touched(node: string): void {
    const held = this.#held.get(node);
    if (held !== undefined) held.renewedAt = performance.now();
  }

  /** From now on every contact undoes this fault there. */
  undoLater(node: string, id: string): void {
    this.#held.get(node)?.undo.add(id);
  }

  /** Milliseconds until the node has certainly healed itself if it is not reached again; 0 when it has. */
  untilOutMs(node: string): number {
    const held = this.#held.get(node);
    if (held === undefined) return 0;
    const outAt = held.renewedAt + (this.#options.seconds + watchdogSeconds) * 1000;
    return Math.max(0, outAt - performance.now());
  }

  /** Renews every node once; a node that is still being asked is not asked again. */
  async beat(): Promise<void> {
    const idle = [...this.#held].filter(([, held]) => !held.busy);
    await Promise.all(idle.map(([node, held]) => this.#renew(node, held)));
  }

  async #renew(node: string, held: Held): Promise<void> {
    held.busy = true;
    // What was struck before asking has to be in the answer; a fault struck meanwhile may be missing in it.
    const struck = this.#options.struckOn(node);
    const undo = [...held.undo];
    try {
      const { seconds } = this.#options;
      const armed = await held.agent.renew(seconds, { undo, timeoutMs: this.everyMs });
      if (this.#stopped) return;
      this.touched(node);
      this.#answered(node, held);
      this.#compare(node, held, { struck, undo, armed: armed ?? [] });
      if (armed === undefined) await this.#retake(node, held);
    } catch (cause) {
      if (!this.#stopped) this.#unanswered(node, held, cause);
    } finally {
      held.busy = false;
    }
  }

  #compare(
    node: string,
    held: Held,
    ids: {
      readonly struck: readonly string[];
      readonly undo: readonly string[];
      readonly armed: readonly string[];
    },
  ): void {
    const { onGone, armedOn } = this.#options;
    const undone = ids.undo.filter((id) => !ids.armed.includes(id));
    for (const id of undone) held.undo.delete(id);
    const lapsed = ids.struck.filter((id) => !ids.armed.includes(id) && !undone.includes(id));
    // A command that we gave up may have come through late: what nobody knows is undone.
    const known = armedOn(node);
    for (const id of ids.armed) if (!known.includes(id)) held.undo.add(id);
    if (undone.length > 0) onGone(node, undone, 'runner');
    if (lapsed.length > 0) onGone(node, lapsed, 'lease');
  }

  #answered(node: string, held: Held): void {
    if (held.failures > failuresQuietMax)
      this.#options.onWarning('lease renewals are answered again', node);
    held.failures = 0;
  }

  #unanswered(node: string, held: Held, cause: unknown): void {
    held.failures++;
    if (held.failures === failuresQuietMax + 1) {
      const out = `it heals itself ${this.#options.seconds} s after the last answer`;
      this.#options.onWarning(`lease not renewed (${messageOf(cause)}); ${out}`, node);
    }
    const struck = this.#options.struckOn(node);
    if (this.untilOutMs(node) === 0 && struck.length > 0)
      this.#options.onGone(node, struck, 'silence');
  }

  /** The node healed itself and gave itself back: take it again, so that later faults can strike there. */
  async #retake(node: string, held: Held): Promise<void> {
    this.#options.onWarning('the lease ran out and the node healed itself; taking it again', node);
    await held.agent.prepare(this.#options.seconds, this.#options.owner);
  }
}
