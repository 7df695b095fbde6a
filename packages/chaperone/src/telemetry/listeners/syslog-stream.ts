import { createHash } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import type { Intake, ListenerMeter, Route, Router } from '../intake.ts';
import { Batcher } from './batcher.ts';
import { deliverOnce } from './deliver.ts';
import { SyslogFramer } from './syslog-framer.ts';
import type { TlsMaterial } from './tls-material.ts';

export interface StreamDeps {
  readonly intake: Intake;
  readonly router: Router;
  readonly meter: ListenerMeter;
  /** milliseconds within which a sender must end a record that it began; 30,000 where left out */
  readonly unfinished?: number;
}

/** Records gathered before they are handed over, or milliseconds. */
const MOST_RECORDS = 5_000;
const MOST_BYTES = 4 << 20;
const GATHER = 20;
/** Connections in all, and of one address. */
const CONNECTIONS = 2_000;
const PER_ADDRESS = 200;
/** A sender that has begun a record must end it within this time; one that says nothing may stay long. Milliseconds. */
const UNFINISHED = 30_000;
const IDLE = 2 * 3_600_000;

/** Syslog over TCP, or over TLS where material is given (RFC 6587, 5425). */
export function syslogServer(
  name: string,
  tls: TlsMaterial | undefined,
  deps: StreamDeps,
): { server: Server; close(): Promise<void> } {
  const sockets = new Set<Connection>();
  const perAddress = new Map<string, number>();
  let closing = false;
  const connected = (socket: Socket) => {
    const address = addressOf(socket);
    const route = routeOf(socket, name, deps.router, address);
    const count = perAddress.get(address) ?? 0;
    if (closing || route === undefined || sockets.size >= CONNECTIONS || count >= PER_ADDRESS) {
      deps.meter.refused(name, route?.organization, route === undefined ? 'unknown_sender' : 'too_many_connections', 1);
      socket.destroy();
      return;
    }
    perAddress.set(address, count + 1);
    const connection = new Connection(socket, name, route, address, deps, () => closing);
    sockets.add(connection);
    socket.once('close', () => {
      sockets.delete(connection);
      const left = (perAddress.get(address) ?? 1) - 1;
      if (left > 0) perAddress.set(address, left);
      else perAddress.delete(address);
    });
  };
  const server =
    tls === undefined
      ? createServer({ noDelay: true }, connected)
      : createTlsServer(
          {
            cert: tls.cert,
            key: tls.key,
            ...(tls.ca === undefined ? {} : { ca: tls.ca }),
            requestCert: tls.clientCertificate !== 'none',
            rejectUnauthorized: tls.clientCertificate === 'required' && tls.ca !== undefined,
            minVersion: 'TLSv1.2',
            handshakeTimeout: 10_000,
          },
          connected,
        );
  server.on('tlsClientError', () => deps.meter.refused(name, undefined, 'tls', 1));
  return {
    server,
    async close() {
      closing = true;
      await new Promise<void>((closed) => {
        server.close(() => closed());
        for (const one of sockets) one.end();
      });
    },
  };
}

class Connection {
  readonly #socket: Socket;
  readonly #name: string;
  readonly #route: Route;
  readonly #address: string;
  readonly #deps: StreamDeps;
  readonly #stopped: () => boolean;
  readonly #batch = new Batcher();
  readonly #framer: SyslogFramer;
  #timer: NodeJS.Timeout | undefined;
  #unfinished: NodeJS.Timeout | undefined;
  #flushing: Promise<void> | undefined;

  constructor(socket: Socket, name: string, route: Route, address: string, deps: StreamDeps, stopped: () => boolean) {
    this.#socket = socket;
    this.#name = name;
    this.#route = route;
    this.#address = address;
    this.#deps = deps;
    this.#stopped = stopped;
    this.#framer = new SyslogFramer({
      onRecord: (record) => this.#batch.add(record),
      onTrouble: (trouble) => deps.meter.refused(name, route.organization, trouble, 1),
    });
    socket.setTimeout(IDLE, () => socket.destroy());
    socket.on('error', () => {});
    socket.on('data', (chunk) => this.#read(chunk));
    socket.once('end', () => {
      this.#framer.end();
      void this.#flush();
    });
    socket.once('close', () => {
      clearTimeout(this.#unfinished);
      void this.#flush();
    });
  }

  /** Ends the connection once what it holds is handed over. */
  end(): void {
    this.#socket.pause();
    void this.#flush().then(() => this.#socket.destroy());
  }

  #read(chunk: Buffer): void {
    const before = this.#batch.records;
    this.#framer.feed(chunk);
    if (this.#batch.records > before) this.#patience(false);
    this.#patience(this.#framer.pending > 0);
    if (this.#batch.records >= MOST_RECORDS || this.#batch.size >= MOST_BYTES) void this.#flush();
    else this.#timer ??= setTimeout(() => void this.#flush(), GATHER);
  }

  /** Whether the time for an unfinished record runs: from its first byte on, but not while we don't read. */
  #patience(runs: boolean): void {
    if (!runs) {
      clearTimeout(this.#unfinished);
      this.#unfinished = undefined;
      return;
    }
    this.#unfinished ??= setTimeout(() => {
      this.#deps.meter.refused(this.#name, this.#route.organization, 'too_slow', 1);
      this.#framer.end();
      this.#socket.destroy();
    }, this.#deps.unfinished ?? UNFINISHED);
  }

  /** Hands over what was gathered; nothing more is read until it is stored. */
  #flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#flushing = (this.#flushing ?? Promise.resolve()).then(() => this.#hand());
    return this.#flushing;
  }

  async #hand(): Promise<void> {
    if (this.#batch.records === 0) return;
    this.#socket.pause();
    this.#patience(false);
    const records = this.#batch.take();
    const { organization, source } = this.#route;
    this.#deps.meter.received(this.#name, organization, records.ends.length, records.bytes.length);
    try {
      await this.#deps.intake.whenRoom();
      const stored = await deliverOnce(
        this.#deps.intake,
        {
          organization,
          source,
          records,
          received: Date.now() * 1000,
          delivery: 'once',
          listener: this.#name,
          peer: this.#address,
        },
        this.#stopped,
      );
      if (!stored) this.#deps.meter.refused(this.#name, organization, 'not_stored', records.ends.length);
    } catch {
      this.#deps.meter.refused(this.#name, organization, 'fault', records.ends.length);
      this.#socket.destroy();
    }
    if (this.#socket.destroyed) return;
    this.#patience(this.#framer.pending > 0);
    this.#socket.resume();
  }
}

/** The client certificate decides, where there is one that is known; else the address, or the listener itself. */
export function routeOf(socket: Socket, listener: string, router: Router, address: string): Route | undefined {
  if ('getPeerCertificate' in socket) {
    const { raw } = (socket as TLSSocket).getPeerCertificate();
    if (raw !== undefined) {
      const found = router.byCertificate(createHash('sha256').update(raw).digest('hex'), listener);
      if (found !== undefined) return found;
    }
  }
  return router.byAddress(address, listener);
}

export function addressOf(socket: { readonly remoteAddress?: string | undefined }): string {
  return (socket.remoteAddress ?? '').replace(/^::ffff:(?=\d+\.)/, '');
}
