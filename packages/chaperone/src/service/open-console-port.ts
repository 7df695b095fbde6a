import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { hostname } from 'node:os';
import type { Peer } from '../api/index.ts';
import type { TlsMaterial } from '../telemetry/index.ts';
import type { ServiceConfig } from './config/config-schema.ts';

export interface ConsolePort {
  /** how browsers reach it: `http.public_url`, or what was bound, with the port that was really given */
  readonly url: string;
  /** Begins to answer; until then nothing is read. */
  serve(listener: RequestListener): void;
  close(): Promise<void>;
}

const LIMITS = { headersTimeout: 15_000, requestTimeout: 600_000, maxHeaderSize: 16_384 };

/**
 * Opens the port of the console and the API, before anything is made that names its address: the port may be one that the system chooses.
 *
 * @throws Error that says why it can't be opened
 */
export async function openConsolePort(http: ServiceConfig['http'], tls: TlsMaterial | undefined): Promise<ConsolePort> {
  const server: Server =
    tls === undefined
      ? createServer(LIMITS)
      : createTlsServer({ ...LIMITS, cert: tls.cert, key: tls.key, minVersion: 'TLSv1.2' });
  const early: [IncomingMessage, Parameters<RequestListener>[1]][] = [];
  const hold: RequestListener = (request, response) => void early.push([request, response]);
  server.on('request', hold);
  await new Promise<void>((resolve, reject) =>
    server.once('error', reject).listen(http.port, http.host, () => resolve()),
  ).catch((error: Error) => {
    throw new Error(
      `The console can't be opened on ${http.host}:${http.port}: ${error.message}. Choose another port: --port, or http.port.`,
      { cause: error },
    );
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: http.public_url ?? `${tls === undefined ? 'http' : 'https'}://${shownHost(http.host)}:${port}`,
    serve(listener) {
      server.off('request', hold).on('request', listener);
      for (const [request, response] of early.splice(0)) listener(request, response);
    },
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

/** The ends of the connection that a request came by, as the server's adapter hands them on. */
export function peerOf(env: unknown): Peer {
  const socket = (env as { incoming?: IncomingMessage }).incoming?.socket;
  const plain = (address: string | undefined) => address?.replace(/^::ffff:(?=\d+\.)/, '');
  return { address: plain(socket?.remoteAddress) ?? '', local: plain(socket?.localAddress) };
}

/** What a browser on this machine calls us: passkeys are bound to a name and never to an address. */
export function shownHost(host: string): string {
  if (['0.0.0.0', '::', '127.0.0.1', '::1'].includes(host)) return 'localhost';
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
}

/** What a shipper calls us: by this machine's name where we listen on every address, for no address would be right for all. */
export function shippersHost({
  public_url,
  host,
}: {
  readonly public_url?: string | undefined;
  readonly host: string;
}): string {
  if (public_url !== undefined) return new URL(public_url).hostname;
  return host === '0.0.0.0' || host === '::' ? hostname() : host;
}
