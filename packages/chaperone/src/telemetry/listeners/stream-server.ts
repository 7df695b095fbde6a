import { createHash } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import type { Intake, ListenerMeter, Route, Router } from '../intake.ts';
import { type TlsMaterial, tlsOptions } from './tls-material.ts';

export interface StreamDeps {
  readonly intake: Intake;
  readonly router: Router;
  readonly meter: ListenerMeter;
  /** milliseconds within which a sender must end a record that it began; 30,000 where left out */
  readonly unfinished?: number;
}

/** A connection whose sender is known. */
export interface Opened {
  readonly socket: Socket;
  readonly address: string;
  /** Whose it is now; undefined: nobody's any more, for what bound it was taken away. */
  readonly route: () => Route | undefined;
  /** whether the listener is being closed */
  readonly closing: () => boolean;
}

export interface StreamConnection {
  /** Ends the connection once what it holds is handed over. */
  end(): void;
  /** Hands over what it holds; resolves when all that was handed over is stored or given up. For senders that don't repeat what isn't confirmed. */
  flush?(): Promise<void>;
}

/** Connections in all, and of one address. */
const CONNECTIONS = 2_000;
const PER_ADDRESS = 200;
/** One that says nothing may stay long. Milliseconds. */
const IDLE = 2 * 3_600_000;

/** A server for senders that keep their connection: lets in whom the router knows, and not too many of them; over TLS where material is given. */
export function streamServer(
  name: string,
  tls: TlsMaterial | undefined,
  { router, meter }: Pick<StreamDeps, 'router' | 'meter'>,
  open: (opened: Opened) => StreamConnection,
): { server: Server; close(): Promise<void> } {
  const connections = new Set<StreamConnection>();
  const perAddress = new Map<string, number>();
  let closing = false;
  const connected = (socket: Socket) => {
    const address = addressOf(socket);
    const print = fingerprintOf(socket);
    const find = () =>
      (print === undefined ? undefined : router.byCertificate(print, name)) ?? router.byAddress(address, name);
    const route = find();
    const count = perAddress.get(address) ?? 0;
    socket.on('error', () => {});
    if (closing || route === undefined || connections.size >= CONNECTIONS || count >= PER_ADDRESS) {
      meter.refused(name, route?.organization, route === undefined ? 'unknown_sender' : 'too_many_connections', 1);
      socket.destroy();
      return;
    }
    perAddress.set(address, count + 1);
    socket.setTimeout(IDLE, () => socket.destroy());
    const connection = open({ socket, route: find, address, closing: () => closing });
    connections.add(connection);
    socket.once('close', () => {
      // What it left behind may still wait to be stored.
      void Promise.resolve(connection.flush?.()).then(() => connections.delete(connection));
      const left = (perAddress.get(address) ?? 1) - 1;
      if (left > 0) perAddress.set(address, left);
      else perAddress.delete(address);
    });
  };
  const server =
    tls === undefined
      ? createServer({ noDelay: true }, connected)
      : createTlsServer({ ...tlsOptions(tls), handshakeTimeout: 10_000 }, connected);
  server.on('tlsClientError', () => meter.refused(name, undefined, 'tls', 1));
  return {
    server,
    async close() {
      closing = true;
      await new Promise<void>((closed) => {
        server.close(() => closed());
        for (const one of connections) one.end();
      });
      await Promise.all([...connections].map((one) => one.flush?.()));
    },
  };
}

/** SHA-256 of the certificate that the client presented, hex; undefined: none, or no TLS. It decides before the address does. */
export function fingerprintOf(socket: Socket): string | undefined {
  const raw = (socket as Partial<TLSSocket>).getPeerCertificate?.().raw;
  return raw === undefined ? undefined : createHash('sha256').update(raw).digest('hex');
}

export function addressOf(socket: { readonly remoteAddress?: string | undefined }): string {
  return (socket.remoteAddress ?? '').replace(/^::ffff:(?=\d+\.)/, '');
}
