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

  #link(from: number, to: number, mask: number): void {
    this.graph.touched = true;
    if (from !== to) this.graph.edges.add(from, to, mask);
  }

  /** Whoever read a version comes after its writer, even if that is the reader itself. */
  linkReads(version: number): void {
    const { writers, writerStart, readers, readerStart } = this.#users;
    for (let w = writerStart[version]!; w < writerStart[version + 1]!; w++)
      for (let r = readerStart[version]!; r < readerStart[version + 1]!; r++) {
        this.graph.touched = true;
        this.graph.edges.add(writers[w]!, readers[r]!, bits.wr);
      }
  }

  /** Writers and readers of a version come before the writers of the next ones. */
  linkNext(version: number): void {
    const { start, to } = this.#order;
    const { writers, writerStart, readers, readerStart } = this.#users;
    const [begin, end] = [start[version]!, start[version + 1]!];
    const readerCount = readerStart[version + 1]! - readerStart[version]!;
    if (begin === end || readerCount + writerStart[version + 1]! - writerStart[version]! === 0)
      return;
    const usesHub = readerCount > 1 && end - begin > 1;
    let hub = -1;
    for (let edge = begin; edge < end; edge++)
      for (let l = writerStart[to[edge]!]!; l < writerStart[to[edge]! + 1]!; l++) {
        const later = writers[l]!;
        for (let w = writerStart[version]!; w < writerStart[version + 1]!; w++)
          this.#link(writers[w]!, later, bits.ww);
        if (usesHub && hub < 0) hub = this.#hubOf(version);
        if (usesHub) this.graph.edges.add(hub, later, 0);
        else
          for (let r = readerStart[version]!; r < readerStart[version + 1]!; r++)
            this.#link(readers[r]!, later, bits.rw);
      }
  }

  /** All readers of a version together: they share what comes after. */
  #hubOf(version: number): number {
    const { readers, readerStart } = this.#users;
    const hub = this.graph.addHub();
    this.graph.touched = true;
    for (let r = readerStart[version]!; r < readerStart[version + 1]!; r++)
      this.graph.edges.add(readers[r]!, hub, bits.rw);
    return hub;
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
