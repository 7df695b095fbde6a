import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import type { LogEvent } from '../../../src/telemetry/event.ts';
import type { DecodeContext, Format } from '../../../src/telemetry/format.ts';
import { formats } from '../../../src/telemetry/formats/index.ts';
import { corpus, describeCorpus } from '../corpus.ts';

const context = (): DecodeContext => ({ file: 'f', zone: 'UTC', reference: Date.UTC(2026, 10, 25) * 1000, state: {} });
type Json = Record<string, unknown>;

/** The format that is surest of the records on the whole, as sniffing chooses it. */
function choose(records: readonly { text: string; json?: Json }[]): Format | undefined {
  let best: Format | undefined;
  let bestSum = 0;
  for (const format of formats) {
    if ((format.framing === 'json') !== (records[0].json !== undefined)) continue;
    const sum = records.slice(0, 24).reduce((total, { text, json }) => total + format.recognise(text, json), 0);
    if (sum > bestSum) [best, bestSum] = [format, sum];
  }
  return best;
}

function read(records: readonly { text: string; json?: Json }[]): {
  format: string;
  events: LogEvent[];
  unread: unknown[];
} {
  const format = choose(records) as Format;
  const shared = context();
  const events: LogEvent[] = [];
  const unread: unknown[] = [];
  for (const [at, { text, json }] of records.entries()) {
    const event = format.decode(text, json, { file: 'f', record: at + 1 }, shared);
    if (event === undefined) continue;
    if ('kind' in event) unread.push(event);
    else events.push(event);
  }
  return { format: format.name, events, unread };
}

const text = (path: string) => {
  const bytes = readFileSync(join(corpus, path));
  return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
};
const lines = (path: string) =>
  text(path)
    .split(/\r?\n/)
    .filter((line) => line !== '');
const jsonLines = (path: string) => lines(path).map((line) => ({ text: line, json: JSON.parse(line) as Json }));

const IDENTITY: Readonly<Record<string, readonly string[]>> = {
  auth0: ['auth0'],
  'aws-cloudtrail': ['cloudtrail'],
  'azure-activity': ['azure-activity'],
  'azure-audit': ['entra-audit', 'entra-signin'],
  'duo-admin': ['duo'],
  'duo-auth': ['duo'],
  'gcp-audit': ['gcp-audit'],
  'github-audit': ['github'],
  'gsuite-activity': ['google-workspace'],
  okta: ['okta'],
  onelogin: ['onelogin'],
  zendesk: ['zendesk'],
};

describeCorpus('corpus', () => {
  it('decodes all 2,000 lines of a real sshd, each as a message it knows', () => {
    const { format, events, unread } = read(lines('syslog/openssh-2k.log').map((line) => ({ text: line })));
    expect(format).toBe('syslog');
    expect(unread).toEqual([]);
    expect(events).toHaveLength(2000);
    const unknown = events.filter((event) => event.class.format === 'syslog');
    // `PAM service(sshd) ignoring max retries`: says nothing of its own
    expect(unknown.every((event) => event.raw().includes('PAM service(sshd) ignoring max retries'))).toBe(true);
    expect(events.every((event) => event.time !== undefined && event.get('hostname') === 'LabSZ')).toBe(true);
    const failures = events.filter(
      (event) => event.class.outcome?.(event) === 'failure' && event.class.activity === 'Logon',
    );
    expect(failures.length).toBeGreaterThan(1000);
    expect(
      failures.every((event) => event.get('src_ip') === undefined || /^[\d.]+$/.test(String(event.get('src_ip')))),
    ).toBe(true);
    const accepted = events.filter((event) => event.class.key === 'sshd/accepted');
    expect(accepted.map((event) => event.get('user'))).toEqual(['fztu']);
  });

  for (const file of readdirSync(join(corpus, 'zeek')).sort()) {
    it(`decodes every row of zeek/${file}`, () => {
      const rows = lines(`zeek/${file}`);
      const records = rows.map((line) =>
        line.startsWith('{') ? { text: line, json: JSON.parse(line) as Json } : { text: line },
      );
      const { format, events, unread } = read(records);
      expect(format).toBe(file.includes('json') ? 'zeek-json' : 'zeek-tsv');
      expect(unread).toEqual([]);
      expect(events).toHaveLength(rows.filter((row) => !row.startsWith('#')).length);
      expect(events.every((event) => event.time !== undefined && event.class.key !== 'zeek/unknown')).toBe(true);
    });
  }

  it('decodes a Zeek row to the values of the same row as JSON', () => {
    const tsv = read(lines('zeek/rdp.log.gz').map((line) => ({ text: line }))).events;
    const json = read(jsonLines('zeek/rdp.json.gz')).events;
    const key = (event: LogEvent) =>
      JSON.stringify(
        ['uid', 'id.orig_h', 'id.orig_p', 'id.resp_h', 'cookie', 'result', 'security_protocol'].map((name) =>
          String(event.get(name)),
        ),
      );
    expect(tsv.map(key).sort()).toEqual(json.map(key).sort());
    const times = (events: LogEvent[]) => events.map((event) => event.time).sort();
    expect(times(tsv)).toEqual(times(json));
  });

  it('unescapes paths of Zeek rows', () => {
    const { events } = read(lines('zeek/smb_mapping.log.gz').map((line) => ({ text: line })));
    expect(events[0].get('path')).toBe('\\\\10.47.21.25\\ADMIN$');
  });

  it('decodes Suricata alerts', () => {
    for (const file of readdirSync(join(corpus, 'suricata'))) {
      const alerts = JSON.parse(text(`suricata/${file}`)) as Json[];
      const { format, events, unread } = read(alerts.map((json) => ({ text: JSON.stringify(json), json })));
      expect([format, events.length, unread.length]).toEqual(['suricata', alerts.length, 0]);
      expect(events.every((event) => event.time !== undefined)).toBe(true);
    }
  });

  it('decodes every CloudTrail record', () => {
    for (const file of readdirSync(join(corpus, 'cloudtrail/invictus-aws')).filter((name) => name.endsWith('.json'))) {
      const { Records } = JSON.parse(text(`cloudtrail/invictus-aws/${file}`)) as { Records: Json[] };
      const { format, events } = read(Records.map((json) => ({ text: JSON.stringify(json), json })));
      expect([format, events.length]).toEqual(['cloudtrail', Records.length]);
      expect(events.every((event) => event.time !== undefined && event.class.key.includes('.amazonaws.com/'))).toBe(
        true,
      );
    }
  });

  for (const [file, expected] of Object.entries(IDENTITY)) {
    it(`gives every event of identity-events/${file} to ${expected.join(' or ')}`, () => {
      const events = jsonLines(`identity-events/${file}.jsonl`).map(({ json }) => json.event as Json);
      const wrong: string[] = [];
      for (const json of events) {
        const record = { text: JSON.stringify(json), json };
        const format = choose([record]);
        // Panther cuts some of its cases to the few fields that its rule reads; what is left belongs to nobody
        if (format === undefined && Object.keys(json).length <= 2) continue;
        if (format === undefined || !expected.includes(format.name))
          wrong.push(`${format?.name}: ${record.text.slice(0, 200)}`);
        else expect(format.decode(record.text, json, { file: 'f', record: 1 }, context())).toHaveProperty('class');
      }
      expect(wrong).toEqual([]);
    });
  }

  it('decodes Linux audit records and puts program and arguments together', () => {
    const { format, events } = read(
      [
        'type=SYSCALL msg=audit(1604996384.965:93777): arch=c000003e syscall=59 success=yes exit=0 a0=1 a1=2 a2=3 a3=4 items=2 ppid=29002 pid=2168 auid=1000 uid=0 euid=0 tty=pts0 ses=104 comm="dd" exe="/bin/dd" key=(null)',
        'type=EXECVE msg=audit(1604996384.965:93777): argc=3 a0="dd" a1="if=/dev/zero" a2=612062',
      ].map((line) => ({ text: line })),
    );
    expect(format).toBe('auditd');
    const [, execve] = events;
    const offer = execve.class.offers.find((one) => one.category === 'process_creation');
    const asked = (field: string) => execve.get(offer?.fields?.[field] ?? field);
    expect([asked('Image'), asked('CommandLine'), asked('User')]).toEqual(['/bin/dd', 'dd if=/dev/zero a b', 'root']);
    expect([execve.get('a2'), execve.get('type')]).toEqual(['a b', 'EXECVE']);
  });
});
