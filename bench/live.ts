// `npm run bench -- live [PROTOCOLS, bulk,syslog] [RATE, 25000] [SECONDS, 600] [PEER, yes]`: the whole service under a steady stream of Windows
// events with all of SigmaHQ's rules loaded, everything on this machine, the sender too. Says what was decoded, judged, stored and acknowledged a
// second, how long an event took to be a finding that the API shows, and what memory the service's processes took. Then rsigma's daemon gets the
// same stream (it stores nothing) as fast as it takes it, and so does the service; the ratio is of these two.
//
// A marker event every 200 ms, of a host named after the moment at which it was sent, makes a finding of its own; the list of findings is asked
// for them every 100 ms, so what is said is too long by that at most.
import { fork, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { corpus, folderHash, machine, peer, peerVersion, root, scratch, table } from './harness.ts';
import { freePort, memoryByPart, served, threads, usage } from './served.ts';

const [protocols, rate, seconds, race] = [
  (process.argv[2] ?? 'bulk,syslog').split(','),
  Number(process.argv[3] ?? 25_000),
  Number(process.argv[4] ?? 600),
  process.argv[5] ?? 'yes',
];
mkdirSync(scratch, { recursive: true });
const lines = join(scratch, 'live-lines.ndjson');
writeFileSync(lines, gunzipSync(readFileSync(join(corpus, 'lanes', 'structured_windows.ndjson.gz'))));
const MARKER = 'c0ffee00-0000-4000-8000-00000000beac';
const markerRules = join(scratch, 'live-rules');
mkdirSync(markerRules, { recursive: true });
writeFileSync(
  join(markerRules, 'marker.yml'),
  [
    'title: Marker of the bench',
    `id: ${MARKER}`,
    'level: low',
    'logsource: { product: windows, category: process_creation }',
    "detection: { a: { Image|endswith: 'chaperone-marker.exe' }, condition: a }",
    '',
  ].join('\n'),
);

interface Told {
  readonly sent: number;
  readonly acknowledged: number;
  readonly refused: number;
  readonly p50?: number;
  readonly p99?: number;
  readonly done?: boolean;
}

function client(
  args: readonly (string | number)[],
  onTold: (told: Told) => void,
): { done: Promise<Told>; pid: number } {
  const child = fork(join(root, 'bench', 'live-client.ts'), args.map(String), { stdio: 'inherit' });
  const done = new Promise<Told>((resolve, reject) => {
    let last: Told = { sent: 0, acknowledged: 0, refused: 0 };
    child.on('message', (told: Told) => {
      last = told;
      onTold(told);
    });
    child.once('exit', (code) => (code === 0 ? resolve(last) : reject(new Error(`the sender ended with ${code}`))));
  });
  return { done, pid: child.pid ?? 0 };
}

const at = (values: readonly number[], share: number) =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? Number.NaN;
const say = (n: number) => Math.round(n).toLocaleString('en');

console.log(
  `${machine()}\n- corpus ${folderHash(corpus)}; rules: all of sigma-rules and our own; lane structured_windows\n`,
);
const rows: string[][] = [];
let fastest = 0;
for (const protocol of protocols) {
  const one = await sustained(protocol, rate, seconds);
  fastest = Math.max(fastest, one);
}
console.log(
  table(
    [
      'by',
      'asked /s',
      'stored /s',
      'answered p50, p99 ms',
      'event to finding p50, p99, max s',
      'memory MiB: begin, middle, end, most',
      'CPU cores: service, sender',
    ],
    rows,
  ),
);
if (race === 'yes') {
  const rsigma = peer('rsigma');
  if (rsigma === undefined) console.log('\nrsigma is not installed: cargo install rsigma --locked');
  else {
    const theirs = await daemon(rsigma, 60);
    console.log(
      `\n${peerVersion(rsigma)} as a daemon over HTTP, as fast as it answers: ${say(theirs)}/s. Ratio (ours stores, theirs doesn't): ${(fastest / theirs).toFixed(2)}`,
    );
  }
}

/** @returns stored events a second */
async function sustained(protocol: string, asked: number, time: number): Promise<number> {
  const service = await served(
    `rules: [${JSON.stringify(join(corpus, 'sigma-rules'))}, ${JSON.stringify(markerRules)}]`,
    process.env.CHAPERONE_BENCH_PROFILE === undefined
      ? {}
      : { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${process.env.CHAPERONE_BENCH_PROFILE}` },
  );
  const pid = service.process.pid ?? 0;
  const { call, organization } = service;
  const source = await call<{ id: string }>('POST', `/organizations/${organization}/sources`, {
    name: 'load',
    kind: protocol === 'bulk' ? 'elastic' : 'syslog',
  });
  const { secret } = await call<{ secret: string }>(
    'POST',
    `/organizations/${organization}/sources/${source.id}/tokens`,
    {
      name: 'load',
    },
  );
  await call('POST', `/organizations/${organization}/sources/${source.id}/bindings`, {
    kind: 'listener',
    listener: 'syslog-tls',
    value: 'syslog-tls',
  });
  const idle = await idling(pid);
  console.log(
    `${protocol}: ready after ${service.ready.toFixed(1)} s; idle ${say(idle.memory)} MiB (resident added up: ${say(idle.resident)}), ${(idle.share * 100).toFixed(1)} % of a core`,
  );

  const seen = new Map<string, number>();
  let over = false;
  const watching = (async () => {
    while (!over) {
      const { items } = await call<{ items: { host: string | null }[] }>(
        'GET',
        `/organizations/${organization}/findings?rule=${MARKER}&limit=50`,
      );
      const now = Date.now();
      for (const { host } of items) {
        if (host === null || seen.has(host) || host.endsWith('-0000000000000')) continue;
        seen.set(host, now - Number(host.slice('marker-'.length)));
      }
      await new Promise((later) => setTimeout(later, 100));
    }
  })();
  const begun = Date.now();
  const before = usage(pid).cpu;
  const before2 = threads(pid);
  let told: Told = { sent: 0, acknowledged: 0, refused: 0 };
  const sender = client(
    [protocol, protocol === 'bulk' ? service.ports.http : service.ports.tls, secret, lines, asked, time],
    (now) => {
      told = now;
    },
  );
  const memory: number[] = [];
  let senderCpu = 0;
  const polling = setInterval(() => {
    memory.push(usage(pid).memory);
    senderCpu = usage(sender.pid).cpu;
    if (memory.length % 12 === 0)
      console.log(
        `  ${say((Date.now() - begun) / 1000)} s: ${say(told.acknowledged)} ${protocol === 'bulk' ? 'acknowledged' : 'sent'}, refused ${told.refused}, ${say(memory[memory.length - 1])} MiB (${memoryByPart(pid)}), newest finding after ${([...seen.values()].at(-1) ?? Number.NaN) / 1000} s`,
      );
  }, 5_000);
  const last = await sender.done;
  clearInterval(polling);
  const cores = (usage(pid).cpu - before) / ((Date.now() - begun) / 1000);
  // What syslog has sent may still be on its way; the time until all of it is stored counts.
  const stored = await settled(service, source.id, last.acknowledged);
  const took = (stored.at - begun) / 1000;
  over = true;
  await watching;
  const after = threads(pid);
  if (process.env.CHAPERONE_BENCH_THREADS !== undefined)
    for (const [name, cpu] of [...after].sort((a, b) => b[1] - a[1]).slice(0, 16))
      console.log(`    ${((cpu - (before2.get(name) ?? 0)) / took).toFixed(3)} cores ${name}`);
  const waits = [...seen.values()].map((ms) => ms / 1000);
  rows.push([
    protocol,
    say(asked),
    `${say(stored.events / took)}${stored.events === last.acknowledged ? '' : ` (${say(stored.events)} stored of ${say(last.acknowledged)} sent)`}`,
    last.p50 === undefined ? '-' : `${say(last.p50)}, ${say(last.p99 ?? 0)}`,
    `${at(waits, 0.5).toFixed(2)}, ${at(waits, 0.99).toFixed(2)}, ${Math.max(...waits).toFixed(2)} (${waits.length} markers)`,
    `${[memory[0], memory[memory.length >> 1], memory[memory.length - 1], Math.max(...memory)].map(say).join(', ')}`,
    `${cores.toFixed(2)}, ${(senderCpu / took).toFixed(2)}`,
  ]);
  await service.close();
  return stored.events / took;
}

/** Waits until as many events of a source are stored as were sent, at most 2 minutes. */
async function settled(
  { call, organization }: Awaited<ReturnType<typeof served>>,
  source: string,
  sent: number,
): Promise<{ events: number; at: number }> {
  let [events, moment] = [0, Date.now()];
  for (const end = Date.now() + 120_000; Date.now() < end; ) {
    const { items } = await call<{ items: { events: number }[] }>(
      'GET',
      `/organizations/${organization}/sources/${source}/volume`,
    );
    const now = items.reduce((sum, one) => sum + one.events, 0);
    if (now > events) moment = Date.now();
    events = now;
    if (events >= sent) break;
    await new Promise((later) => setTimeout(later, 200));
  }
  return { events, at: moment };
}

async function idling(pid: number): Promise<{ memory: number; resident: number; share: number }> {
  await new Promise((later) => setTimeout(later, 10_000));
  const before = usage(pid).cpu;
  await new Promise((later) => setTimeout(later, 30_000));
  const { cpu, memory, resident } = usage(pid);
  return { memory, resident, share: (cpu - before) / 30 };
}

/** @returns events a second that rsigma's daemon answers */
async function daemon(rsigma: string, time: number): Promise<number> {
  const port = await freePort();
  const out = join(scratch, 'rsigma-out.ndjson');
  if (existsSync(out)) rmSync(out);
  const child = spawn(
    rsigma,
    [
      'engine',
      'daemon',
      '-r',
      join(corpus, 'sigma-rules'),
      '--input',
      'http',
      '--api-addr',
      `127.0.0.1:${port}`,
      '--output',
      `file://${out}`,
      '--logsource-routing',
      '-q',
    ],
    { stdio: ['ignore', 'ignore', 'ignore'] },
  );
  for (let tries = 0; ; tries += 1) {
    const up = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined);
    if (up?.ok === true) break;
    if (tries > 300) throw new Error('rsigma’s daemon did not start');
    await new Promise((later) => setTimeout(later, 100));
  }
  const begun = Date.now();
  const last = await client(['rsigma', port, '-', lines, 1_000_000, time], () => {}).done;
  // It answers before it has judged: what counts is what its own counter says when that stands still.
  let [judged, moment] = [0, Date.now()];
  for (const end = Date.now() + 120_000; Date.now() < end; ) {
    const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    const now = Number(/^rsigma_events_processed_total\S*\s+(\d+)/m.exec(metrics)?.[1] ?? 0);
    if (now > judged) moment = Date.now();
    judged = now;
    if (judged >= last.acknowledged) break;
    await new Promise((later) => setTimeout(later, 200));
  }
  child.kill('SIGTERM');
  await new Promise((done) => child.once('exit', done));
  rmSync(out, { force: true });
  return judged / ((moment - begun) / 1000);
}
