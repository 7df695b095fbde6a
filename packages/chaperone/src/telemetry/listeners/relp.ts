import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { Route } from '../intake.ts';
import { Batcher } from './batcher.ts';
import { deliverOnce } from './deliver.ts';
import { addressOf, routeOf, type StreamDeps } from './syslog-stream.ts';
import type { TlsMaterial } from './tls-material.ts';

/** One frame of RELP: transaction number, command, data. */
interface Frame {
  readonly txnr: string;
  readonly command: string;
  readonly data: Buffer;
}

/** A longer record ends the session: rsyslog's own limit is 8 KiB unless it is raised. */
const LONGEST = 1 << 20;
const LONGEST_HEAD = 60;
const OFFER = 'relp_version=0\nrelp_software=chaperone\ncommands=syslog';
const PER_ADDRESS = 200;
const CONNECTIONS = 2_000;
const IDLE = 2 * 3_600_000;
/** A frame that was begun must be whole within this time. Milliseconds. */
const UNFINISHED = 30_000;

/**
 * RELP, the server's side: each record is answered with 200 once it is stored, and not before: while it can't be, nothing more is read. Frames that
 * come together are stored together.
 */
export function relpServer(
  name: string,
  tls: TlsMaterial | undefined,
  deps: StreamDeps,
): { server: Server; close(): Promise<void> } {
  const sockets = new Set<Socket>();
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
    sockets.add(socket);
    perAddress.set(address, count + 1);
    socket.once('close', () => {
      sockets.delete(socket);
      const left = (perAddress.get(address) ?? 1) - 1;
      if (left > 0) perAddress.set(address, left);
      else perAddress.delete(address);
    });
    new RelpConnection(socket, name, route, address, deps);
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
          },
          connected,
        );
  return {
    server,
    close: () =>
      new Promise((closed) => {
        closing = true;
        server.close(() => closed());
        for (const socket of sockets) {
          socket.write('0 serverclose 0\n');
          socket.destroySoon();
        }
      }),
  };
}

class RelpConnection {
  readonly #socket: Socket;
  readonly #name: string;
  readonly #route: Route;
  readonly #address: string;
  readonly #deps: StreamDeps;
  #held: Buffer = Buffer.alloc(0);
  #open = false;
  #work: Promise<void> = Promise.resolve();
  #unfinished: NodeJS.Timeout | undefined;

  constructor(socket: Socket, name: string, route: Route, address: string, deps: StreamDeps) {
    this.#socket = socket;
    this.#name = name;
    this.#route = route;
    this.#address = address;
    this.#deps = deps;
    socket.on('error', () => {});
    socket.setTimeout(IDLE, () => socket.destroy());
    socket.on('data', (chunk) => this.#read(chunk));
    socket.once('close', () => this.#patience(false));
  }

  #read(chunk: Buffer): void {
    this.#held = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    const frames: Frame[] = [];
    for (;;) {
      const taken = takeFrame(this.#held);
      if (taken === undefined) break;
      if (taken === 'bad') {
        this.#deps.meter.refused(this.#name, this.#route.organization, 'bad_framing', 1);
        this.#socket.destroy();
        return;
      }
      frames.push(taken.frame);
      this.#held = this.#held.subarray(taken.size);
    }
    this.#patience(frames.length === 0);
    if (frames.length === 0) return;
    // One after the other, and nothing more is read meanwhile.
    this.#socket.pause();
    this.#work = this.#work
      .then(() => this.#answer(frames))
      .then(() => {
        if (this.#socket.destroyed) return;
        this.#patience(this.#held.length > 0);
        this.#socket.resume();
      });
  }

  #patience(runs: boolean): void {
    if (!runs) {
      clearTimeout(this.#unfinished);
      this.#unfinished = undefined;
      return;
    }
    this.#unfinished ??= setTimeout(() => {
      this.#deps.meter.refused(this.#name, this.#route.organization, 'too_slow', 1);
      this.#socket.destroy();
    }, this.#deps.unfinished ?? UNFINISHED);
  }

  async #answer(frames: readonly Frame[]): Promise<void> {
    const batch = new Batcher();
    const waiting: string[] = [];
    const store = async () => {
      if (waiting.length === 0) return;
      const records = batch.take();
      const { organization, source } = this.#route;
      this.#deps.meter.received(this.#name, organization, records.ends.length, records.bytes.length);
      let stored = false;
      try {
        stored = await deliverOnce(
          this.#deps.intake,
          {
            organization,
            source,
            records,
            received: Date.now() * 1000,
            delivery: 'acknowledged',
            listener: this.#name,
            peer: this.#address,
          },
          () => this.#socket.destroyed,
        );
      } catch {
        this.#deps.meter.refused(this.#name, organization, 'fault', records.ends.length);
      }
      // rsyslog takes a record that is answered with an error for lost. Without an answer it opens anew and repeats.
      if (!stored) this.#socket.destroy();
      for (const txnr of waiting.splice(0)) this.#respond(txnr, '200 OK');
    };
    for (const { txnr, command, data } of frames) {
      if (command === 'syslog' && this.#open) {
        batch.add(data);
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

  #respond(txnr: string, text: string): void {
    const data = Buffer.from(text);
    if (this.#socket.writable)
      this.#socket.write(data.length === 0 ? `${txnr} rsp 0\n` : `${txnr} rsp ${data.length} ${text}\n`);
  }
}

/** The first frame of some bytes (`TXNR SP COMMAND SP DATALEN [SP DATA] LF`); undefined: not whole yet; `bad`: none. */
export function takeFrame(data: Buffer): { frame: Frame; size: number } | 'bad' | undefined {
  const head = /^(\d{1,9}) ([a-zA-Z]{1,32}) (\d{1,9})([ \n])/.exec(data.toString('latin1', 0, LONGEST_HEAD));
  if (head === null)
    return data.length >= LONGEST_HEAD ||
      !/^\d{0,9}( [a-zA-Z]{0,32}( \d{0,9})?)?$/.test(data.toString('latin1', 0, LONGEST_HEAD))
      ? 'bad'
      : undefined;
  const length = Number(head[3]);
  if (length > LONGEST) return 'bad';
  const begin = head[0].length;
  if (length === 0 && head[4] === '\n')
    return { frame: { txnr: head[1], command: head[2], data: Buffer.alloc(0) }, size: begin };
  if (data.length < begin + length + 1) return undefined;
  if (data[begin + length] !== 0x0a) return 'bad';
  return {
    frame: { txnr: head[1], command: head[2], data: data.subarray(begin, begin + length) },
    size: begin + length + 1,
  };
}
