import { loadCsvMapping } from '../src/telemetry/formats/csv/load-csv-mapping.ts';
import { csvFormat, formats, parseEnvelope } from '../src/telemetry/formats/index.ts';
import type { DecodeContext, LogEvent, Unread } from '../src/telemetry/index.ts';
import { SAMPLES } from '../test/telemetry/formats/samples.ts';

const context = (): DecodeContext => ({ file: 'f', zone: 'UTC', reference: 1.79e15, state: {} });

/** Asks an event everything that the engine asks. */
function probe(result: LogEvent | Unread | undefined): void {
  if (result === undefined || 'kind' in result) return;
  for (const { field } of result.class.roles) result.get(field);
  for (const field of ['message', 'a.b.c', '__proto__', 'Status', 'properties.message', 'execve.command_line'])
    result.get(field);
  result.class.outcome?.(result);
  result.values(() => {});
  JSON.stringify(result.fields());
  result.raw();
  if (result.time !== undefined && !Number.isFinite(result.time)) throw new Error(`${result.time} is no time`);
}

const MAPPING = `name: m
delimiter: ";"
time: { column: [d, t], format: "dd.MM.yyyy HH:mm:ss", zone: Europe/Berlin }
fields: { u: user }
logsource: { product: x }
roles: { user.name: user }
`;

function mapped() {
  const loaded = loadCsvMapping(MAPPING, 'm.yaml');
  if (!('mapping' in loaded)) throw new Error('the mapping of the fuzz target is wrong');
  return csvFormat(loaded.mapping);
}

const ZEEK =
  '#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tdns\n#fields\tts\tquery\tanswers\tAA\n#types\ttime\tstring\tvector[string]\tbool\n1785238121.5\ta.b\\x2c\tx,y\tT\n';
const W3C =
  '#Fields: date time cs-method cs-uri-stem sc-status\n2026-07-28 11:28:41 GET /a 200\n2026-07-28 11:28:41 "G T" /a 200\n';
const M365 =
  'RecordId,CreationDate,Operation,AuditData\n1,2026-07-28T11:28:41Z,x,"{""Operation"":""x"",""Workload"":""y""}"\n';
const CSV = 'd;t;u\n28.07.2026;11:28:41;anna\n28.07.2026;11:28:41;"a\nb"\n';

const bytes = (texts: readonly string[]) => texts.map((text) => Buffer.from(text));

export default [
  {
    name: 'formats-lines',
    seeds: () => bytes([...SAMPLES.map((sample) => sample.text), ZEEK, W3C, M365, CSV]),
    // Every line format on every input, whatever it would be taken for
    run(data: Uint8Array) {
      const lines = Buffer.from(data).toString().split('\n', 200);
      for (const format of [...formats, mapped()]) {
        if (format.framing === 'json') continue;
        const shared = context();
        for (const [at, line] of lines.entries())
          probe(format.decode(line, undefined, { file: 'f', record: at + 1 }, shared));
        probe(format.finish?.(shared));
      }
    },
  },
  {
    name: 'formats-json',
    seeds: () => bytes(SAMPLES.map((sample) => sample.text).filter((text) => text.startsWith('{'))),
    run(data: Uint8Array) {
      const text = Buffer.from(data).toString();
      let json: unknown;
      try {
        json = JSON.parse(text);
      } catch {
        return;
      }
      if (typeof json !== 'object' || json === null || Array.isArray(json)) return;
      for (const format of formats) {
        if (format.framing !== 'json') continue;
        probe(format.decode(text, json as Record<string, unknown>, { file: 'f', record: 1 }, context()));
      }
    },
  },
  {
    name: 'formats-envelope',
    seeds: () => bytes(SAMPLES.filter((sample) => sample.format === 'syslog').map((sample) => sample.text)),
    run(data: Uint8Array) {
      const text = Buffer.from(data).toString();
      const envelope = parseEnvelope(text, context());
      // Nothing but the envelope may be taken off
      if (!text.endsWith(envelope.body)) throw new Error('the body is no end of the line');
    },
  },
  {
    name: 'formats-mapping',
    seeds: () => bytes([MAPPING]),
    run(data: Uint8Array) {
      const loaded = loadCsvMapping(Buffer.from(data).toString(), 'm.yaml');
      if (!('mapping' in loaded)) return;
      const format = csvFormat(loaded.mapping);
      const shared = context();
      for (const [at, line] of CSV.split('\n').entries()) {
        format.recognise(line, undefined);
        probe(format.decode(line, undefined, { file: 'f', record: at + 1 }, shared));
      }
      probe(format.finish?.(shared));
    },
  },
];
