import { connect, createServer, type Socket } from 'node:net';

/** A way to a server on this machine that can be shut, as when the network or the server is gone, or can swallow what passes. */
export interface Gate {
  readonly port: number;
  /** Breaks all connections; nobody gets in. */
  shut(): Promise<void>;
  /** Keeps connections and passes nothing on. */
  swallow(): void;
  open(): Promise<void>;
  close(): Promise<void>;
}

export async function gateTo(port: number): Promise<Gate> {
  const sockets = new Set<Socket>();
  let swallowing = false;
  const server = createServer((inner) => {
    const outer = connect(port, '127.0.0.1');
    for (const [one, other] of [
      [inner, outer],
      [outer, inner],
    ]) {
      sockets.add(one);
      one.on('data', (chunk) => swallowing || other.write(chunk));
      one.on('error', () => {});
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
    }
  });
  const listen = (at: number) => new Promise<void>((resolve) => server.listen(at, '127.0.0.1', resolve));
  await listen(0);
  const address = server.address();
  const own = typeof address === 'object' && address !== null ? address.port : 0;
  const breakAll = () => {
    for (const socket of sockets) socket.destroy();
  };
  const shut = async () => {
    if (!server.listening) return;
    const closed = new Promise((resolve) => server.close(resolve));
    breakAll();
    await closed;
  };
  return {
    port: own,
    shut,
    swallow() {
      swallowing = true;
    },
    async open() {
      swallowing = false;
      breakAll();
      if (!server.listening) await listen(own);
    },
    close: shut,
  };
}
