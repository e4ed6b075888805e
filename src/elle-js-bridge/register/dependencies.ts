// From versions and their order to dependencies between transactions.
import { Dependencies } from '../graph/dependencies.ts';
import type { Layout } from '../graph/edges.ts';
import { bits } from '../graph/relations.ts';
import type { RegisterTable } from './table.ts';
import type { Users } from './users.ts';

class Builder {
  readonly graph: Dependencies;
  readonly #users: Users;
  readonly #order: Layout;

  constructor(table: RegisterTable, users: Users, order: Layout) {
    this.graph = new Dependencies(table.txns.count, table.mopF.length * 2 + order.to.length);
    this.#users = users;
    this.#order = order;
  }

  #writersOf(version: number): Int32Array {
    const { writers, writerStart } = this.#users;
    return writers.subarray(writerStart[version], writerStart[version + 1]);
  }

  #link(from: number, to: number, mask: number): void {
    this.graph.touched = true;
    if (from !== to) this.graph.edges.add(from, to, mask);
  }

  /** Whoever read a version comes after its writer, even if that is the reader itself. */
  linkReads(version: number): void {
    const { readers, readerStart } = this.#users;
    for (const writer of this.#writersOf(version))
      for (let at = readerStart[version]!; at < readerStart[version + 1]!; at++) {
        this.graph.touched = true;
        this.graph.edges.add(writer, readers[at]!, bits.wr);
      }
  }

  /** Writers and readers of a version come before the writers of the next ones. */
  linkNext(version: number): void {
    const { start, to } = this.#order;
    const { readers, readerStart } = this.#users;
    const own = readers.subarray(readerStart[version], readerStart[version + 1]);
    const next: number[] = [];
    for (let at = start[version]!; at < start[version + 1]!; at++)
      next.push(...this.#writersOf(to[at]!));
    for (const writer of this.#writersOf(version))
      for (const later of next) this.#link(writer, later, bits.ww);
    if (own.length < 2 || next.length < 2)
      for (const reader of own) for (const later of next) this.#link(reader, later, bits.rw);
    else this.#linkThroughHub(own, next);
  }

  #linkThroughHub(readers: Int32Array, writers: readonly number[]): void {
    const hub = this.graph.addHub();
    this.graph.touched = true;
    for (const reader of readers) this.graph.edges.add(reader, hub, bits.rw);
    for (const writer of new Set(writers)) this.graph.edges.add(hub, writer, 0);
  }
}

/** Data dependencies of a register history. */
export const registerDependencies = (
  table: RegisterTable,
  users: Users,
  order: Layout,
): Dependencies => {
  const builder = new Builder(table, users, order);
  for (let version = 0; version < table.versionValue.length; version++) {
    builder.linkReads(version);
    builder.linkNext(version);
  }
  return builder.graph;
};
