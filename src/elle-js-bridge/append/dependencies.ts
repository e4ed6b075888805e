// From version orders to dependencies between transactions: ww, wr and rw.

import { Dependencies } from '../graph/dependencies.ts';
import { bits } from '../graph/relations.ts';
import { mopCodes } from '../history/columns.ts';
import { kinds } from '../history/transactions.ts';
import { nilRead } from './lists.ts';
import { lastRead } from './reads.ts';
import type { AppendTable } from './table.ts';

/** Of each key, who appended what nobody saw: after everything that was seen, in no known order. */
const unseenWriters = (table: AppendTable): Map<number, number[]> => {
  const unseen = new Map<number, number[]>();
  for (let element = 0; element < table.place.length; element++) {
    const writer = table.writer[element]!;
    if (table.place[element]! >= 0 || writer < 0) continue;
    const known = unseen.get(table.elementKey[element]!);
    if (!known) unseen.set(table.elementKey[element]!, [writer]);
    else if (known.at(-1) !== writer) known.push(writer);
  }
  return unseen;
};

class Builder {
  readonly table: AppendTable;
  readonly graph: Dependencies;
  /** Elements of open transactions that were seen: their writers take part as if their end were unknown. */
  readonly writerOf: Int32Array;
  readonly #unseen: Map<number, number[]>;
  readonly #hubs = new Map<number, number>();

  constructor(table: AppendTable) {
    this.table = table;
    this.graph = new Dependencies(table.txns.count, table.mopF.length);
    this.writerOf = writersIn(table);
    this.#unseen = unseenWriters(table);
  }

  link(from: number, to: number, mask: number): void {
    if (from >= 0 && to >= 0 && from !== to) this.graph.edges.add(from, to, mask);
  }

  /** A reader of the last version comes before every append that nobody saw. */
  linkUnseen(key: number, reader: number): void {
    const unseen = this.#unseen.get(key);
    if (!unseen) return;
    if (unseen.length === 1) {
      this.link(reader, unseen[0]!, bits.rw);
      return;
    }
    let hub = this.#hubs.get(key);
    if (hub === undefined) {
      hub = this.graph.addHub();
      this.#hubs.set(key, hub);
      for (const writer of unseen) this.graph.edges.add(hub, writer, 0);
    }
    this.graph.edges.add(reader, hub, bits.rw);
  }

  append(txn: number, element: number): void {
    const { place, order, orderStart, elementKey } = this.table;
    const key = elementKey[element]!;
    const first = orderStart[key]!;
    const at = place[element]! >= 0 ? place[element]! : orderStart[key + 1]!;
    if (at > first) this.link(this.writerOf[order[at - 1]!]!, txn, bits.ww);
  }

  read(txn: number, at: number): void {
    const { table } = this;
    const element = lastRead(table, at);
    const key = table.mopKey[at]!;
    if (element < 0) {
      const isUnknown = table.mopValue[at] === nilRead && table.txns.kind[txn] !== kinds.ok;
      if (!isUnknown) this.linkNext(key, table.orderStart[key]!, txn);
      return;
    }
    this.link(this.writerOf[element]!, txn, bits.wr);
    if (table.place[element]! >= 0) this.linkNext(key, table.place[element]! + 1, txn);
  }

  linkNext(key: number, at: number, reader: number): void {
    if (at < this.table.orderStart[key + 1]!)
      this.link(reader, this.writerOf[this.table.order[at]!]!, bits.rw);
    else this.linkUnseen(key, reader);
  }
}

const writersIn = (table: AppendTable): Int32Array => {
  if (!table.suspects.open) return table.writer;
  const writers = table.writer.slice();
  for (let element = 0; element < writers.length; element++)
    if (writers[element]! < 0 && table.place[element]! >= 0)
      writers[element] = table.openWriter[element]!;
  return writers;
};

/** Data dependencies of a list-append history. */
export const appendDependencies = (table: AppendTable): Dependencies => {
  const builder = new Builder(table);
  const { mopStart, mopF, mopValue, txns } = table;
  for (let txn = 0; txn < txns.count; txn++) {
    if (txns.kind[txn] === kinds.fail) continue;
    for (let at = mopStart[txn]!; at < mopStart[txn + 1]!; at++)
      if (mopF[at] === mopCodes.append) {
        const element = mopValue[at]!;
        if (builder.writerOf[element] === txn) builder.append(txn, element);
      } else builder.read(txn, at);
  }
  return builder.graph;
};
