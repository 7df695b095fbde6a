import type { Server, Socket } from 'node:net';
import type { Route } from '../intake.ts';
import { release } from '../release.ts';
import { Batcher } from './batcher.ts';
import { deliverOnce } from './deliver.ts';
import { type Opened, type StreamConnection, type StreamDeps, streamServer } from './stream-server.ts';
import { SyslogFramer } from './syslog-framer.ts';
import type { TlsMaterial } from './tls-material.ts';

/** Records gathered before they are handed over, or milliseconds. */
const MOST_RECORDS = 5_000;
const MOST_BYTES = 4 << 20;
const GATHER = 20;
/** A sender that has begun a record must end it within this time. Milliseconds. */
const UNFINISHED = 30_000;

/** Syslog over TCP, or over TLS where material is given (RFC 6587, 5425). */
export function syslogServer(
  name: string,
  tls: TlsMaterial | undefined,
  deps: StreamDeps,
): { server: Server; close(): Promise<void> } {
  return streamServer(name, tls, deps, (opened) => new Connection(opened, name, deps));
}

class Connection implements StreamConnection {
  readonly #socket: Socket;
  readonly #name: string;
  readonly #route: () => Route | undefined;
  readonly #address: string;
  readonly #deps: StreamDeps;
  readonly #stopped: () => boolean;
  readonly #batch = new Batcher();
  readonly #framer: SyslogFramer;
  #cut = false;
  #timer: NodeJS.Timeout | undefined;
  #unfinished: NodeJS.Timeout | undefined;
  #flushing: Promise<void> | undefined;

  constructor({ socket, route, address, closing }: Opened, name: string, deps: StreamDeps) {
    this.#socket = socket;
    this.#name = name;
    this.#route = route;
    this.#address = address;
    this.#deps = deps;
    this.#stopped = closing;
    this.#framer = new SyslogFramer({
      onRecord: (record) => {
        this.#batch.add(record, this.#cut);
        this.#cut = false;
      },
      onTrouble: (trouble) => {
        // Told of the record that comes next.
        this.#cut = trouble === 'too_long';
        this.#refused(trouble, 1);
      },
    });
    socket.on('data', (chunk) => this.#read(chunk));
    socket.once('end', () => {
      this.#framer.end();
      void this.flush();
    });
    socket.once('close', () => clearTimeout(this.#unfinished));
  }

  /** Ends the connection once what it holds is handed over. */
  end(): void {
    this.#socket.pause();
    void this.flush().then(() => this.#socket.destroy());
  }

  #read(chunk: Buffer): void {
    const before = this.#batch.records;
    this.#framer.feed(chunk);
    // What is kept of it was copied.
    release(chunk);
    if (this.#batch.records > before) this.#patience(false);
    this.#patience(this.#framer.pending > 0);
    if (this.#batch.records >= MOST_RECORDS || this.#batch.size >= MOST_BYTES) void this.flush();
    else this.#timer ??= setTimeout(() => void this.flush(), GATHER);
  }

  /** Whether the time for an unfinished record runs: from its first byte on, but not while we don't read. */
  #patience(runs: boolean): void {
    if (!runs) {
      clearTimeout(this.#unfinished);
      this.#unfinished = undefined;
      return;
    }
    this.#unfinished ??= setTimeout(() => {
      this.#refused('too_slow', 1);
      this.#framer.end();
      this.#socket.destroy();
    }, this.#deps.unfinished ?? UNFINISHED);
  }

  /** Hands over what was gathered; nothing more is read until it is stored. Resolves when all that was handed over is stored or given up. */
  flush(): Promise<void> {
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
    const count = records.ends.length;
    const route = this.#route();
    if (route === undefined) {
      // Unbound or paused since it connected.
      this.#refused('unknown_sender', count);
      this.#socket.destroy();
      return;
    }
    this.#deps.meter.received(this.#name, route.organization, count, records.bytes.length);
    try {
      await this.#deps.intake.whenRoom();
      const stored = await deliverOnce(
        this.#deps.intake,
        {
          ...route,
          records,
          received: Date.now() * 1000,
          delivery: 'once',
          listener: this.#name,
          peer: this.#address,
        },
        this.#stopped,
      );
      if (!stored) this.#refused('not_stored', count);
    } catch {
      this.#refused('fault', count);
      this.#socket.destroy();
    }
    if (this.#socket.destroyed) return;
    this.#patience(this.#framer.pending > 0);
    this.#socket.resume();
  }

  #refused(reason: string, count: number): void {
    this.#deps.meter.refused(this.#name, this.#route()?.organization, reason, count);
  }
}
