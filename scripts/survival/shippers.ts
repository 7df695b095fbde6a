import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { type House, pause } from './house.ts';

let made = 0;

/** A name that no other record has, by which it is found again. */
export function newName(): string {
  made += 1;
  return `event-${made}`;
}

const begun = Date.now();

/** An audit log that was cleared: matches a rule, and all of a host's hour are one finding. A name always gives the same record. */
export function record(name: string): string {
  const number = Number(name.slice(6));
  return JSON.stringify({
    '@timestamp': new Date(begun + number).toISOString(),
    winlog: {
      channel: 'Security',
      provider_name: 'Microsoft-Windows-Eventlog',
      event_id: 1102,
      computer_name: `DC0${number % 5}`,
      record_id: name,
    },
  });
}

/** A sender that does as shippers do: what isn't confirmed it keeps and sends again. */
export interface Shipper {
  readonly name: string;
  /** names of the records that count as delivered */
  readonly delivered: string[];
  /** milliseconds from sending to the answer, of what was confirmed */
  readonly waits: number[];
  /** answers by status, where the protocol has them */
  readonly answers: Map<string, number>;
  /** answers that asked to come again without saying when */
  unsaid: number;
  /** connections that were lost */
  breaks: number;
  stop(): Promise<void>;
}

function shipper(name: string, run: (self: Shipper, going: () => boolean) => Promise<void>): Shipper {
  let going = true;
  const self: Shipper = {
    name,
    delivered: [],
    waits: [],
    answers: new Map(),
    unsaid: 0,
    breaks: 0,
    async stop() {
      going = false;
      await running;
    },
  };
  const running = run(self, () => going);
  return self;
}

/** `_bulk` as a shipper sends it: 503 and 429 are tried again after `Retry-After`, or after `longest` milliseconds. */
export function bulkShipper(
  house: House,
  token: string,
  {
    size = 200,
    rest = 0,
    name = '_bulk',
    longest = 10_000,
  }: { size?: number; rest?: number; name?: string; longest?: number } = {},
): Shipper {
  return shipper(name, async (self, going) => {
    let batch: string[] | undefined;
    while (going() || batch !== undefined) {
      batch ??= Array.from({ length: size }, newName);
      const body = batch.map((one) => `{"create":{}}\n${record(one)}\n`).join('');
      const begun = performance.now();
      const response = await fetch(`http://127.0.0.1:${house.port('http')}/_bulk`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}` },
        body,
        signal: AbortSignal.timeout(90_000),
      }).catch((error: Error) => error);
      const status = response instanceof Error ? response.name : String(response.status);
      self.answers.set(status, (self.answers.get(status) ?? 0) + 1);
      if (response instanceof Error) {
        self.breaks += 1;
        await pause(100);
      } else {
        const answer = (await response.json().catch(() => undefined)) as { errors?: boolean } | undefined;
        if (response.status === 200 && answer?.errors === false) {
          self.delivered.push(...batch);
          self.waits.push(performance.now() - begun);
          batch = undefined;
          if (rest > 0) await pause(rest);
        } else {
          const after = Number(response.headers.get('retry-after'));
          if (!(after > 0)) self.unsaid += 1;
          await pause(Math.min(after > 0 ? after * 1000 : 1_000, longest));
        }
      }
    }
  });
}

/** Plain syslog by TCP or TLS, a line a record. Nothing is confirmed: what was written to a connection that lasts counts as delivered. */
export function syslogShipper(house: House, { tls = false, rest = 50, size = 50 } = {}): Shipper {
  return shipper(tls ? 'syslog by TLS' : 'syslog by TCP', async (self, going) => {
    while (going()) {
      const port = house.port(tls ? 'syslog-tls' : 'syslog');
      const socket: Socket = tls
        ? connectTls({ host: '127.0.0.1', port, rejectUnauthorized: false })
        : connect(port, '127.0.0.1');
      let broken = false;
      let lose = (_: boolean) => {};
      socket.on('error', () => {});
      socket.once('close', () => {
        broken = true;
        lose(false);
      });
      while (going() && !broken) {
        const names = Array.from({ length: size }, newName);
        const lines = names.map((one) => `${record(one)}\n`).join('');
        const written = await new Promise<boolean>((done) => {
          lose = done;
          socket.write(lines, (error) => done(error == null));
        });
        if (written) self.delivered.push(...names);
        await pause(rest);
      }
      if (broken) {
        self.breaks += 1;
        await pause(200);
      } else if (await new Promise<boolean>((closed) => socket.once('close', closed).end())) self.breaks += 1;
    }
  });
}

/** RELP with a window of records that wait for their answer; after a lost connection they are sent again. */
export function relpShipper(house: House, { window = 100, rest = 20 } = {}): Shipper {
  return shipper('RELP', async (self, going) => {
    const waiting: string[] = [];
    while (going() || waiting.length > 0) {
      const socket = connect(house.port('relp'), '127.0.0.1');
      const sent = new Map<number, string>();
      let number = 1;
      let broken = false;
      let heard = '';
      const begun = new Map<number, number>();
      const send = (command: string, data: string) => {
        socket.write(`${number} ${command} ${Buffer.byteLength(data)} ${data}\n`);
        number += 1;
      };
      const post = (one: string) => {
        sent.set(number, one);
        begun.set(number, performance.now());
        send('syslog', record(one));
      };
      socket.on('error', () => {});
      socket.once('close', () => {
        broken = true;
      });
      socket.setEncoding('latin1').on('data', (chunk: string) => {
        heard += chunk;
        for (let found = /^(\d+) rsp \d+ 200 OK\n/.exec(heard); found !== null; ) {
          heard = heard.slice(found[0].length);
          const [, at] = found;
          const one = sent.get(Number(at));
          if (one !== undefined) {
            self.delivered.push(one);
            self.waits.push(performance.now() - begun.get(Number(at))!);
            waiting.splice(waiting.indexOf(one), 1);
          }
          // What follows the answer to `open` is its offer.
          heard = heard.replace(/^relp_version.*?commands=syslog\n/s, '');
          found = /^(\d+) rsp \d+ 200 OK\n/.exec(heard);
        }
      });
      send('open', 'relp_version=0\nrelp_software=survival\ncommands=syslog');
      for (const one of waiting) post(one);
      while (!broken && (going() || waiting.length > 0)) {
        for (let i = 0; i < 20 && going() && waiting.length < window; i += 1) {
          const one = newName();
          waiting.push(one);
          post(one);
        }
        await pause(rest);
      }
      if (broken) {
        self.breaks += 1;
        await pause(200);
      } else socket.destroy();
    }
  });
}

/** Sorted milliseconds' quantile; 0 where there are none. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}
