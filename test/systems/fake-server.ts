// A tiny real TCP server that treats each request as the test says, and knows what it was sent.
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';

export type Visit = {
  readonly socket: Socket;
  /** Everything this connection has sent so far. */
  received(): string;
};

/** Called with every piece of data that arrives on a connection; `piece` is how many have come on it. */
export type Behaviour = (visit: Visit, piece: number) => void;

export type FakeServer = {
  readonly port: number;
  /** Everything that arrived, a text a connection. */
  readonly connections: string[];
  close(): Promise<void>;
};

/** Listens on a free port of the loopback. */
export const fakeServer = async (behaviour: Behaviour): Promise<FakeServer> => {
  const connections: string[] = [];
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    const index = connections.push('') - 1;
    let pieces = 0;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.on('data', (data) => {
      connections[index] += data.toString('latin1');
      behaviour({ socket, received: () => connections[index] as string }, ++pieces);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    connections,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
};

/** A whole HTTP answer as text. */
export const answerText = (status: string, body: string): string =>
  `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

/** The same, in chunks, as etcd sends its errors. */
export const chunkedText = (status: string, body: string): string =>
  `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n` +
  `${Buffer.byteLength(body).toString(16)}\r\n${body}\r\n0\r\n\r\n`;

/** Whether `text` holds one complete POST with its whole body. */
export const isWholeRequest = (text: string): boolean => {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return false;
  const length = /content-length: (\d+)/i.exec(text.slice(0, end))?.[1];
  return text.length - end - 4 >= Number(length ?? 0);
};
