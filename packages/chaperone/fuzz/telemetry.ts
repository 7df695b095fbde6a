import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { Feed } from '../src/telemetry/containers/feed.ts';
import { CONTAINER_LIMITS } from '../src/telemetry/containers/limits.ts';
import { gunzip, unzstd } from '../src/telemetry/containers/unpack.ts';
import { zipMembers } from '../src/telemetry/containers/zip.ts';
import {
  allFormats,
  type LogEvent,
  parseTime,
  readText,
  type SniffedText,
  sniffSource,
} from '../src/telemetry/index.ts';
import { windowsFormats } from '../src/telemetry/windows/index.ts';
import { memorySource } from '../testkit/memory-source.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '../../..');
const corpus = resolve(root, process.env.CHAPERONE_CORPUS ?? '../shared/corpus');

/** The start of each file of some folders of the corpus, where it is there. */
function corpusHeads(...folders: string[]): Uint8Array[] {
  const heads: Uint8Array[] = [];
  for (const folder of folders) {
    const path = join(corpus, folder);
    if (!existsSync(path)) continue;
    for (const entry of readdirSync(path, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || heads.length > 60) continue;
      let data: Buffer = readFileSync(join(entry.parentPath, entry.name)).subarray(0, 4_000_000);
      if (entry.name.endsWith('.gz')) data = gunzipSync(data);
      heads.push(data.subarray(0, 8192));
    }
  }
  return heads;
}

const flat = {
  EventID: 4688,
  SourceName: 'Microsoft-Windows-Security-Auditing',
  Channel: 'Security',
  Hostname: 'dc01',
  EventTime: '2026-07-28 11:28:00',
  NewProcessName: 'C:\\x.exe',
  SubjectUserName: 'eve',
  Keywords: Number(-9214364837600034816n),
};
const tree = {
  Event: {
    System: {
      Provider: { '#attributes': { Name: 'Microsoft-Windows-Sysmon' } },
      EventID: { '#text': 12, '#attributes': { Qualifiers: 1 } },
      TimeCreated: { '#attributes': { SystemTime: '2026-07-28T11:28:00.123456Z' } },
      Channel: 'Microsoft-Windows-Sysmon/Operational',
    },
    EventData: { Data: [{ '@Name': 'EventType', '#text': 'CreateKey' }] },
  },
};
const snare = `<131>Jul 28 11:28:41 dc MSWinEventLog\t1\tSecurity\t1\tTue Jul 28 11:28:00 2026\t4688\tMicrosoft-Windows-Security-Auditing\tu\tN/A\tSuccess Audit\tdc\tx\t\tCreator Subject:   Security ID:  X   Account Name:  y   Process Command Line: z\t1`;

function windowsSeeds(): Uint8Array[] {
  const line = JSON.stringify(flat);
  return [
    line,
    `${line}\n${line}\n`,
    `[${line},${line}]`,
    JSON.stringify({ Records: [flat], next: 1 }, null, 2),
    JSON.stringify(tree, null, 1),
    JSON.stringify({
      '@timestamp': '2026-07-28T11:28:00Z',
      event: { code: 1 },
      winlog: { channel: 'Security', event_data: flat },
    }),
    JSON.stringify({
      EventId: 1,
      Channel: 'x',
      Provider: 'y',
      Payload: JSON.stringify({ EventData: { Data: [{ '@Name': 'a', '#text': 'b' }] } }),
    }),
    JSON.stringify({
      Id: 1,
      ProviderName: 'x',
      LogName: 'y',
      TimeCreated: '/Date(1)/',
      Message: 'Subject:\r\n\tSecurity ID:\tS-1',
    }),
    JSON.stringify({ product: 'windows', category: 'process_creation', message: snare }),
    '<Events><Event><System><Provider Name="x"/><EventID>1</EventID></System><EventData><Data Name="a">b&amp;</Data></EventData></Event></Events>',
    snare,
    '#Fields: date time action protocol src-ip dst-ip src-port dst-port\n2026-07-28 13:28:05 DROP TCP 1.2.3.4 10.0.0.5 5 3389\n',
  ].map((text) => Buffer.from(text));
}

/** Asks an event everything that the engine asks. */
function probe(event: LogEvent): void {
  for (const role of event.class.roles) event.get(role.field);
  for (const field of ['EventID', 'Channel', 'CommandLine', 'Data', 'a.b.c', '__proto__', 'TargetObject'])
    event.get(field);
  event.class.outcome?.(event);
  event.values(() => {});
  JSON.stringify(event.fields());
  event.raw();
}

async function readAll(data: Uint8Array): Promise<void> {
  const source = memorySource(data, 4096);
  const sniffed = await sniffSource(source);
  if (sniffed.kind !== 'text') return;
  await readText(source, sniffed, { onEvent: probe, onUnread: () => {} });
}

export default [
  {
    name: 'telemetry-text',
    seeds: () => [...windowsSeeds(), ...corpusHeads('lanes', 'zeek', 'suricata', 'cloudtrail', 'syslog')],
    run: (data: Uint8Array) => readAll(data),
  },
  {
    name: 'telemetry-windows',
    seeds: windowsSeeds,
    // Each format on input that it would never have been chosen for
    async run(data: Uint8Array) {
      for (const format of windowsFormats) {
        const layout = format.framing === 'json' ? 'json-documents' : format.framing;
        const sniffed: SniffedText = {
          kind: 'text',
          format,
          encoding: 'utf-8',
          mark: 0,
          layout,
          carriageReturns: false,
          containers: ['Records'],
        };
        await readText(memorySource(data, 4096), sniffed, { onEvent: probe, onUnread: () => {} });
      }
    },
  },
  {
    name: 'telemetry-recognise',
    seeds: windowsSeeds,
    run(data: Uint8Array) {
      const text = Buffer.from(data).toString();
      let json: Record<string, unknown> | undefined;
      try {
        const parsed: unknown = JSON.parse(text);
        if (parsed !== null && typeof parsed === 'object' && !Array.isArray(parsed))
          json = parsed as Record<string, unknown>;
      } catch {
        // no JSON: then as a line
      }
      for (const format of allFormats) {
        const score = format.recognise(text, json);
        if (!(score >= 0 && score <= 1)) throw new Error(`${format.name} is ${score} sure`);
      }
    },
  },
  {
    name: 'telemetry-containers',
    seeds: () => [
      gzipSync('hello '.repeat(100)),
      zstdCompressSync(Buffer.from('hello '.repeat(100))),
      ...corpusHeads('security-datasets').slice(0, 5),
    ],
    async run(data: Uint8Array) {
      const limits = { ...CONTAINER_LIMITS, maxUnpacked: 16 * 1024 * 1024 };
      const once = async function* () {
        yield data;
      };
      const job = () => ({ feed: new Feed(once()), name: 'x', limits, report: () => {} });
      for await (const _ of gunzip(job()));
      for await (const _ of unzstd(job()));
      for await (const _ of zipMembers(Buffer.from(data), 'x', limits));
    },
  },
  {
    name: 'telemetry-time',
    seeds: () =>
      [
        '2026-07-28T11:28:00.1234567Z',
        'Jul 28 11:28:00',
        '7/28/2026 1:28:00 PM',
        '1785238080',
        'Tue Jul 28 11:28:00 2026',
      ].map((text) => Buffer.from(text)),
    run(data: Uint8Array) {
      const time = parseTime(Buffer.from(data).toString(), 'Europe/Berlin', 1.7e15);
      if (time !== undefined && !Number.isFinite(time)) throw new Error(`${time} is no time`);
    },
  },
];
