// The sender of `bench live`: a process of its own. Sends the lines of a file over and over, each made an event of its own by its number and
// time, written into the bytes in place so that the sender costs little. Tells its parent what it sent.
//
//   node live-client.ts PROTOCOL PORT TOKEN FILE RATE SECONDS
//
// PROTOCOL: bulk (Elasticsearch's), syslog (TLS, RFC 5425), rsigma (NDJSON to its daemon). RATE: events a second.
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { connect, type TLSSocket } from 'node:tls';

const [protocol, port, token, file, rate, seconds] = process.argv.slice(2);
const CONNECTIONS = 4;
const BATCH = 2_000;
const MARKER_EVERY = 200;

interface Piece {
  readonly bytes: Buffer;
  readonly numbers: readonly number[];
  readonly times: readonly number[];
  readonly events: number;
  /** where the marker's host stands; the last event of a piece is one */
  readonly marker: number;
}

const NUMBER = '@@NUMBER@@';
const TIME = '@@@@-@@-@@ @@:@@:@@.@@@';
const HOST = 'marker-0000000000000';
const lines = readFileSync(file, 'utf8')
  .split('\n')
  .filter((line) => line !== '');
const marker = JSON.stringify({
  EventID: 1,
  Image: 'C:\\marker\\chaperone-marker.exe',
  CommandLine: 'chaperone-marker.exe',
  User: 'CORP\\marker',
  Computer: HOST,
  UtcTime: '2026-07-28 11:44:53.919',
  product: 'windows',
  category: 'process_creation',
});

/** By syslog Windows events come as NXLog sends them: flat, with the channel, and no Sigma log source. */
function asNxlog(json: string): string {
  const { product: _, category: __, Computer: host, ...rest } = JSON.parse(json) as Record<string, unknown>;
  const channel = { Channel: 'Microsoft-Windows-Sysmon/Operational', SourceName: 'Microsoft-Windows-Sysmon' };
  return JSON.stringify({ EventTime: TIME, Hostname: host, ...channel, ...rest });
}

function frame(json: string): string {
  const own = protocol === 'syslog' ? asNxlog(json) : json;
  const numbered = own
    .replace(/"UtcTime":"[^"]*"/, `"UtcTime":"${TIME}"`)
    .replace(/}$/, `,"RecordNumber":"${NUMBER}"}`);
  if (protocol === 'bulk') return `{"create":{}}\n${numbered}\n`;
  if (protocol === 'rsigma') return `${numbered}\n`;
  const message = `<134>1 2026-11-25T00:00:00Z dc01 nxlog - - - ${numbered}`;
  return `${Buffer.byteLength(message)} ${message}`;
}

function piece(from: number): Piece {
  const own = Array.from({ length: BATCH - 1 }, (_, i) => frame(lines[(from + i) % lines.length]));
  const bytes = Buffer.from(own.join('') + frame(marker));
  const all = (what: string) => {
    const found: number[] = [];
    for (let at = bytes.indexOf(what); at >= 0; at = bytes.indexOf(what, at + what.length)) found.push(at);
    return found;
  };
  return { bytes, numbers: all(NUMBER), times: all(TIME), events: BATCH, marker: bytes.indexOf(HOST) };
}

const pieces = Array.from({ length: Math.ceil(lines.length / (BATCH - 1)) }, (_, i) => piece(i * (BATCH - 1)));
let sent = 0;
let acknowledged = 0;
let refused = 0;
let next = 0;
let lastMarker = 0;
const waits: number[] = [];

/** The next piece's bytes with numbers and times of now. */
function fresh(): Buffer {
  const one = pieces[next % pieces.length];
  next += 1;
  const bytes = Buffer.from(one.bytes);
  const now = Date.now();
  const time = new Date(now).toISOString().replace('T', ' ').slice(0, 23);
  for (const at of one.times) bytes.write(time, at, 'latin1');
  for (const at of one.numbers) {
    sent += 1;
    bytes.write(String(sent).padStart(NUMBER.length, '0'), at, 'latin1');
  }
  // A marker now and then; the others are one host's, and so one finding.
  if (now - lastMarker >= MARKER_EVERY) {
    lastMarker = now;
    bytes.write(`marker-${now}`, one.marker, 'latin1');
  } else bytes.write('marker-0000000000000', one.marker, 'latin1');
  return bytes;
}

const begun = Date.now();
const until = begun + Number(seconds) * 1000;
/** When the piece with this number is due. */
const due = (number: number) => begun + (number * BATCH * 1000) / Number(rate);
const later = (ms: number) => new Promise((done) => setTimeout(done, ms));

async function overHttp(): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const path = protocol === 'bulk' ? '/_bulk' : '/api/v1/events';
  while (Date.now() < until) {
    const wait = due(next) - Date.now();
    if (wait > 0) {
      await later(wait);
      continue;
    }
    const body = fresh();
    for (;;) {
      const asked = performance.now();
      const answer = await new Promise<{ status: number; after: number }>((done, fail) => {
        const one = request(
          {
            port: Number(port),
            path,
            method: 'POST',
            agent,
            headers: {
              authorization: `Bearer ${token}`,
              'content-type': 'application/x-ndjson',
              'content-length': body.length,
            },
          },
          (response) => {
            response.resume();
            response.on('end', () =>
              done({ status: response.statusCode ?? 0, after: Number(response.headers['retry-after'] ?? 1) }),
            );
          },
        );
        one.on('error', fail);
        one.end(body);
      });
      if (answer.status < 300) {
        acknowledged += BATCH;
        waits.push(performance.now() - asked);
        break;
      }
      refused += 1;
      if (answer.status !== 503 && answer.status !== 429) throw new Error(`answered ${answer.status}`);
      await later(answer.after * 1000);
    }
  }
}

async function overTls(): Promise<void> {
  const socket = await new Promise<TLSSocket>((done) => {
    const one = connect({ port: Number(port), rejectUnauthorized: false }, () => done(one));
  });
  while (Date.now() < until) {
    const wait = due(next) - Date.now();
    if (wait > 0) {
      await later(wait);
      continue;
    }
    if (!socket.write(fresh())) await new Promise<void>((done) => socket.once('drain', () => done()));
    acknowledged += BATCH;
  }
  await new Promise<void>((done) => socket.end(() => done()));
}

const tell = setInterval(() => process.send?.({ sent, acknowledged, refused }), 1_000);
await Promise.all(Array.from({ length: CONNECTIONS }, protocol === 'syslog' ? overTls : overHttp));
clearInterval(tell);
waits.sort((a, b) => a - b);
process.send?.({
  sent,
  acknowledged,
  refused,
  p50: waits[waits.length >> 1],
  p99: waits[Math.floor(waits.length * 0.99)],
  done: true,
});
process.disconnect?.();
