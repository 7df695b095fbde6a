// What indicators cost an event: a thousand against a million, of the kinds that feeds are made of, looked up in lines of a proxy, a name
// server and a firewall whose values hardly repeat. Target: an event costs at most 10 % more with a million.
//
//   node bench/indicators.ts
//
// An event's cost is decoding a line and looking up each of its values; look-ups alone are shown too. CPU time of this process, medians of
// rounds in turn. The hits say that both looked for the same: the thousand are among the million, and some lines hold one of them.
import { createIndicatorMatcher, type IndicatorMatcher } from '../packages/chaperone/src/detection/indicators/index.ts';
import { ipKey } from '../packages/chaperone/src/detection/indicators/normalise.ts';
import { IndicatorStore } from '../packages/chaperone/src/detection/indicators/store.ts';
import { createRecordDecoder, type LogEvent } from '../packages/chaperone/src/telemetry/index.ts';
import { machine, median, table } from './harness.ts';

const EVENTS = 30_000;
const ROUNDS = 9;
const LIMIT = 1.1;

/** mulberry32, so that each run sees the same. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const hex = (next: () => number, length: number) =>
  Array.from({ length }, () => Math.floor(next() * 16).toString(16)).join('');
const address = (next: () => number) =>
  [1 + Math.floor(next() * 222), ...Array.from({ length: 3 }, () => Math.floor(next() * 256))].join('.');
const name = (next: () => number) =>
  `${hex(next, 4 + Math.floor(next() * 12))}.${['com', 'net', 'ru', 'top'][Math.floor(next() * 4)]}`;

interface Listed {
  readonly names: string[];
  readonly addresses: string[];
  readonly matcher: IndicatorMatcher;
}

function make(count: number): Listed {
  const next = random(1);
  const store = new IndicatorStore();
  const [names, addresses]: [string[], string[]] = [[], []];
  for (let number = 0; number < count; number += 1) {
    const kind = number % 10;
    if (kind < 4) {
      const value = name(next);
      names.push(value);
      store.add({ type: 'domain', value, written: value, feed: 'bench' });
    } else if (kind < 7) {
      const written = address(next);
      addresses.push(written);
      store.add({ type: 'ip', value: ipKey(written)!, written, feed: 'bench' });
    } else if (kind < 8) {
      const value = `${name(next)}/${hex(next, 8)}/${hex(next, 4)}.php`;
      store.add({ type: 'url', value, written: value, feed: 'bench' });
    } else {
      const value = hex(next, 64);
      store.add({ type: 'sha256', value, written: value, feed: 'bench' });
    }
  }
  return { names, addresses, matcher: createIndicatorMatcher(store.pack()) };
}

function lines({ names, addresses }: Listed): string[] {
  const next = random(2);
  return Array.from({ length: EVENTS }, (_, number) => {
    const listed = number % 500 === 0;
    const host = listed ? names[number % names.length]! : `www.${name(next)}`;
    const to = listed ? addresses[number % addresses.length]! : address(next);
    const from = `10.0.${Math.floor(next() * 4)}.${Math.floor(next() * 256)}`;
    const stamp = 1_770_000_000 + number;
    if (number % 3 === 0)
      return `${stamp}.123     45 ${from} TCP_MISS/200 1234 GET http://${host}/${hex(next, 12)}?q=${hex(next, 6)} - HIER_DIRECT/${to} text/html`;
    if (number % 3 === 1)
      return JSON.stringify({
        ts: stamp,
        uid: `C${hex(next, 16)}`,
        'id.orig_h': from,
        'id.orig_p': 50_000,
        'id.resp_h': '10.0.0.53',
        'id.resp_p': 53,
        proto: 'udp',
        trans_id: 4_711,
        query: host,
        qclass_name: 'C_INTERNET',
        qtype_name: 'A',
        rcode_name: 'NOERROR',
        answers: [to],
        _path: 'dns',
      });
    return `date=2026-02-02 time=10:00:00 devname="fw" devid="FG1" logid="0000000013" type="traffic" subtype="forward" level="notice" vd="root" srcip=${from} srcport=50000 srcintf="lan" dstip=${to} dstport=443 dstintf="wan" proto=6 action="accept" policyid=1 service="HTTPS" sentbyte=1200 rcvdbyte=5300`;
  });
}

function lookUp(event: LogEvent, { matcher }: Listed): number {
  let hits = 0;
  for (const { field, as } of event.class.roles) {
    if (!matcher.paths.includes(as)) continue;
    const value = event.get(field);
    if (typeof value === 'string') hits += matcher.match(as, value).length;
  }
  return hits;
}

const few = make(1_000);
const many = make(1_000_000);
const texts = lines(few);
const decode = () => {
  const decoder = createRecordDecoder({ name: 'bench', zone: 'UTC' });
  return (text: string, record: number) => decoder.decode(text, { file: 'bench', record }, 0);
};
const decoded = texts.map(decode()).filter((event): event is LogEvent => event !== undefined && !('kind' in event));

/** Microseconds of CPU per event. */
function timed(work: () => number): { cost: number; hits: number } {
  const before = process.cpuUsage();
  const hits = work();
  const { user, system } = process.cpuUsage(before);
  return { cost: (user + system) / EVENTS, hits };
}

const whole = (listed: Listed) => () => {
  const read = decode();
  let hits = 0;
  texts.forEach((text, record) => {
    const event = read(text, record);
    if (event !== undefined && !('kind' in event)) hits += lookUp(event, listed);
  });
  return hits;
};
const alone = (listed: Listed) => () => decoded.reduce((sum, event) => sum + lookUp(event, listed), 0);

const costs: Record<string, number[]> = {};
const hits = new Map<string, number>();
const ways = {
  'event, 1,000': whole(few),
  'event, 1,000,000': whole(many),
  'look-ups, 1,000': alone(few),
  'look-ups, 1,000,000': alone(many),
};
for (let round = -2; round < ROUNDS; round += 1) {
  for (const [way, work] of Object.entries(ways)) {
    const { cost, hits: found } = timed(work);
    hits.set(way, found);
    costs[way] ??= [];
    if (round >= 0) costs[way].push(cost);
  }
}
const cost = (way: string) => median(costs[way]!);
console.log(`${machine()}\n- ${texts.length} lines, ${decoded.length} read\n`);
console.log(
  table(
    ['what', '1,000', '1,000,000', 'ratio', 'hits'],
    ['event', 'look-ups'].map((what) => {
      const [small, large] = [cost(`${what}, 1,000`), cost(`${what}, 1,000,000`)];
      const found = `${hits.get(`${what}, 1,000`)} / ${hits.get(`${what}, 1,000,000`)}`;
      return [what, `${small.toFixed(2)} µs`, `${large.toFixed(2)} µs`, (large / small).toFixed(2), found];
    }),
  ),
);
const ratio = cost('event, 1,000,000') / cost('event, 1,000');
console.log(`\nat most ${LIMIT} times: ${ratio <= LIMIT ? 'met' : 'not met'} (${ratio.toFixed(2)})`);
