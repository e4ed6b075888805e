// A tiny server that speaks as much of PostgreSQL's protocol as a client needs, and answers each statement as told.
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';

/** What to do with a statement: send these bytes, and then perhaps end it all. */
export type Reply = {
  readonly send?: readonly Buffer[];
  readonly end?: 'reset' | 'close';
};

export type FakePostgres = {
  readonly port: number;
  /** Every statement that arrived whole, in order. */
  readonly statements: string[];
  close(): Promise<void>;
};

const message = (type: string, body: Buffer = Buffer.alloc(0)): Buffer => {
  const head = Buffer.alloc(5);
  head.write(type, 0, 'latin1');
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
};
const text = (...words: string[]): Buffer => Buffer.from(words.map((word) => `${word}\0`).join(''));

export const ready = message('Z', Buffer.from('I'));
export const complete = (tag: string): Buffer => message('C', text(tag));
export const errorResponse = (severity: string, sqlState: string, says: string): Buffer =>
  message(
    'E',
    Buffer.concat([text(`S${severity}`, `C${sqlState}`, `M${says}`), Buffer.from('\0')]),
  );

/** One row of one text column `v`. */
export const row = (value: string): Buffer => {
  const column = Buffer.concat([text('v'), Buffer.alloc(18)]);
  column.writeInt32BE(25, 2 + 4 + 2); // type text
  const description = message('T', Buffer.concat([Buffer.from([0, 1]), column]));
  const data = Buffer.alloc(6);
  data.writeInt16BE(1, 0);
  data.writeInt32BE(Buffer.byteLength(value), 2);
  return Buffer.concat([description, message('D', Buffer.concat([data, Buffer.from(value)]))]);
};

/** How a server answers that has nothing against it. */
export const fine = (statement: string): Reply => {
  const [word = ''] = statement.split(' ');
  if (word === 'SELECT') return { send: [row('1,2'), complete('SELECT 1'), ready] };
  return { send: [complete(word === 'INSERT' ? 'INSERT 0 1' : word), ready] };
};

/** Splits what arrives into messages; the first one, without a type, is the startup. */
class Reader {
  #rest: Buffer = Buffer.alloc(0);
  #started = false;
  push(piece: Buffer): { type: string; body: Buffer }[] {
    this.#rest = Buffer.concat([this.#rest, piece]);
    const found = [];
    for (;;) {
      const skip = this.#started ? 1 : 0;
      if (this.#rest.length < skip + 4) return found;
      const length = this.#rest.readInt32BE(skip);
      if (this.#rest.length < skip + length) return found;
      const type = this.#started ? this.#rest.toString('latin1', 0, 1) : 'startup';
      found.push({ type, body: this.#rest.subarray(skip + 4, skip + length) });
      this.#rest = this.#rest.subarray(skip + length);
      this.#started = true;
    }
  }
}

const serve = (socket: Socket, answer: (statement: string) => Reply): void => {
  const reader = new Reader();
  let parsed = '';
  const act = ({ send = [], end }: Reply): void => {
    for (const bytes of send) socket.write(bytes);
    if (end === 'close') socket.end();
    if (end === 'reset') socket.resetAndDestroy();
  };
  socket.on('error', () => socket.destroy());
  socket.on('data', (piece) => {
    for (const { type, body } of reader.push(piece)) {
      if (type === 'startup') act({ send: [message('R', Buffer.alloc(4)), ready] });
      if (type === 'P') parsed = body.toString('utf8').split('\0')[1] ?? '';
      if (type === 'Q') act(answer(body.toString('utf8').replace(/\0$/, '')));
      if (type === 'S') act(answer(parsed));
    }
  });
};

/** Listens on a free port of the loopback. */
export const fakePostgres = async (
  behaviour: (statement: string) => Reply,
): Promise<FakePostgres> => {
  const statements: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    serve(socket, (statement) => {
      statements.push(statement);
      return behaviour(statement);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    statements,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
};
