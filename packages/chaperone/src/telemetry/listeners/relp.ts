import type { Server, Socket } from 'node:net';
import type { Route } from '../intake.ts';
import { release } from '../release.ts';
import { Batcher } from './batcher.ts';
import { deliverOnce } from './deliver.ts';
import { LONGEST_RECORD } from './longest-record.ts';
import { type RelpFrame, RelpFramer } from './relp-framer.ts';
import { type Opened, type StreamConnection, type StreamDeps, streamServer } from './stream-server.ts';
import type { TlsMaterial } from './tls-material.ts';

/** Bytes of long frames that all connections together hold while they come. */
const MOST_HELD = 32 << 20;
const OFFER = 'relp_version=0\nrelp_software=chaperone\ncommands=syslog';
/** A frame that was begun must be whole within this time, or be a mebibyte further. Milliseconds. */
const UNFINISHED = 30_000;
const FURTHER = 1 << 20;

/**
 * RELP, the server's side: each record is answered with 200 once it is stored, and not before: while it can't be, nothing more is read. Frames that
 * come together are stored together.
 */
export function relpServer(
  name: string,
  tls: TlsMaterial | undefined,
  deps: StreamDeps,
): { server: Server; close(): Promise<void> } {
  let held = 0;
  const room = {
    reserve(bytes: number) {
      if (held + bytes > MOST_HELD) return false;
      held += bytes;
      return true;
    },
    release(bytes: number) {
      held -= bytes;
    },
  };
  return streamServer(name, tls, deps, (opened) => new RelpConnection(opened, name, deps, room));
}

class RelpConnection implements StreamConnection {
  readonly #socket: Socket;
  readonly #name: string;
  readonly #route: () => Route | undefined;
  readonly #address: string;
  readonly #deps: StreamDeps;
  readonly #framer: RelpFramer;
  #open = false;
  #storing = false;
  #work: Promise<void> = Promise.resolve();
  #unfinished: NodeJS.Timeout | undefined;
  /** bytes of the unfinished frame when its time began */
  #since = 0;

  constructor(
    { socket, route, address }: Opened,
    name: string,
    deps: StreamDeps,
    room: { reserve(bytes: number): boolean; release(bytes: number): void },
  ) {
    this.#socket = socket;
    this.#name = name;
    this.#route = route;
    this.#address = address;
    this.#deps = deps;
    // The rest is cut, and answered like any other record: turned down, it would be sent again for ever.
    this.#framer = new RelpFramer({ longest: LONGEST_RECORD, ...room });
    // Not `data`: that gives each packet by itself, and rsyslog sends a packet for each record, each of which would be stored by itself.
    socket.on('readable', () => this.#take());
    socket.once('close', () => {
      this.#patience(false);
      this.#framer.end();
    });
  }

  end(): void {
    this.#socket.write('0 serverclose 0\n');
    this.#socket.destroySoon();
  }

  /** Reads all that has come, unless what came before is still being stored: it waits in the connection then, and at last at the sender. */
  #take(): void {
    if (this.#storing) return;
    const chunk = this.#socket.read() as Buffer | null;
    if (chunk !== null) this.#read(chunk);
  }

  #read(chunk: Buffer): void {
    const frames = this.#framer.feed(chunk);
    const { pending, trouble } = this.#framer;
    if (trouble !== undefined) this.#refused(trouble === 'bad' ? 'bad_framing' : 'busy', 1);
    if (trouble !== undefined && frames.length === 0) {
      this.#socket.destroy();
      return;
    }
    if (frames.length > 0 || pending >= this.#since + FURTHER) this.#patience(false);
    if (frames.length === 0) {
      // What is kept of it was copied.
      release(chunk);
      this.#patience(pending > 0);
      return;
    }
    this.#storing = true;
    this.#work = this.#work
      .then(() => this.#answer(frames))
      .then(() => {
        // What came before is taken.
        if (trouble !== undefined) this.#socket.destroySoon();
        if (trouble !== undefined || this.#socket.destroyed) return;
        this.#storing = false;
        this.#patience(this.#framer.pending > 0);
        this.#take();
      });
  }

  #patience(runs: boolean): void {
    if (!runs) {
      clearTimeout(this.#unfinished);
      this.#unfinished = undefined;
      return;
    }
    if (this.#unfinished !== undefined) return;
    this.#since = this.#framer.pending;
    this.#unfinished = setTimeout(() => {
      this.#refused('too_slow', 1);
      this.#socket.destroy();
    }, this.#deps.unfinished ?? UNFINISHED);
  }

  async #answer(frames: readonly RelpFrame[]): Promise<void> {
    const batch = new Batcher();
    const waiting: string[] = [];
    const store = async () => {
      if (waiting.length === 0) return;
      const records = batch.take();
      const route = this.#route();
      if (route === undefined) {
        // Unbound or paused since it connected: without an answer the sender keeps what it has.
        this.#refused('unknown_sender', records.ends.length);
        this.#socket.destroy();
        return;
      }
      this.#deps.meter.received(this.#name, route.organization, records.ends.length, records.bytes.length);
      let stored = false;
      try {
        stored = await deliverOnce(
          this.#deps.intake,
          {
            ...route,
            records,
            received: Date.now() * 1000,
            delivery: 'acknowledged',
            listener: this.#name,
            peer: this.#address,
          },
          () => this.#socket.destroyed,
        );
      } catch {
        this.#refused('fault', records.ends.length);
      }
      // rsyslog takes a record that is answered with an error for lost. Without an answer it opens anew and repeats.
      if (!stored) this.#socket.destroy();
      for (const txnr of waiting.splice(0)) this.#respond(txnr, '200 OK');
    };
    for (const { txnr, command, data, cut } of frames) {
      if (command === 'syslog' && this.#open) {
        if (cut) this.#refused('too_long', 1);
        batch.add(data, cut);
        waiting.push(txnr);
        continue;
      }
      await store();
      if (command === 'open') {
        this.#open = true;
        this.#respond(txnr, `200 OK\n${OFFER}`);
      } else if (command === 'close') {
        this.#respond(txnr, '');
        this.#socket.write('0 serverclose 0\n');
        this.#socket.end();
      } else this.#respond(txnr, '500 unknown command');
    }
    await store();
  }

  #refused(reason: string, count: number): void {
    this.#deps.meter.refused(this.#name, this.#route()?.organization, reason, count);
  }

  #respond(txnr: string, text: string): void {
    const data = Buffer.from(text);
    if (this.#socket.writable)
      this.#socket.write(data.length === 0 ? `${txnr} rsp 0\n` : `${txnr} rsp ${data.length} ${text}\n`);
  }
}
