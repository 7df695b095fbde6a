import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from '@elastic/elasticsearch';
import { SeverityNumber } from '@opentelemetry/api-logs';
import { OTLPLogExporter as JsonExporter } from '@opentelemetry/exporter-logs-otlp-http';
import { OTLPLogExporter as ProtobufExporter } from '@opentelemetry/exporter-logs-otlp-proto';
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { selfSigned } from '../../../src/service/tls/self-signed.ts';
import { type Listening, listening, TOKEN, until } from '../../../testkit/listening.ts';
import { needs } from '../../../testkit/needs.ts';

const run = promisify(execFile);
const RSYSLOG = '/usr/sbin/rsyslogd';
const LOGGER = '/usr/bin/logger';
const rsyslog = needs(RSYSLOG, 'rsyslog', 'rsyslog-gnutls', 'rsyslog-relp', 'rsyslog-elasticsearch');
const logger = needs(LOGGER, 'bsdutils');

let folder: string;
let tls: { readonly cert: string; readonly key: string; readonly clientCertificate: 'none' };
let here: Listening;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'chaperone-clients-'));
  tls = { ...(await selfSigned(folder, ['localhost', '127.0.0.1'])), clientCertificate: 'none' };
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(async () => {
  here = await listening(tls);
});
afterEach(() => here.close());

const LINES = Array.from({ length: 500 }, (_, i) => `line ${i} of an appliance, ${'x'.repeat(i % 90)}`);

/** rsyslogd that reads a file and sends it by `action`, until `ready`; in between `during` may put the intake into trouble. */
async function rsyslogSends(action: string, ready: () => boolean, during?: () => Promise<void>): Promise<void> {
  const place = mkdtempSync(join(folder, 'rsyslog-'));
  writeFileSync(join(place, 'in.log'), `${LINES.join('\n')}\n`);
  const needed = ['omrelp', 'omelasticsearch'].filter((name) => action.includes(`type="${name}"`));
  writeFileSync(
    join(place, 'rsyslog.conf'),
    `global(workDirectory="${place}" defaultNetstreamDriverCAFile="${join(folder, 'self-signed.crt')}")
module(load="imfile" mode="polling" pollingInterval="1")
${needed.map((name) => `module(load="${name}")`).join('\n')}
template(name="document" type="list") { constant(value="{\\"message\\":\\"") property(name="msg" format="json") constant(value="\\"}") }
input(type="imfile" file="${join(place, 'in.log')}" tag="appliance:")
action(${action} action.resumeRetryCount="-1" action.resumeInterval="1" queue.type="LinkedList")
`,
  );
  const daemon = spawn(RSYSLOG, ['-n', '-f', join(place, 'rsyslog.conf'), '-i', join(place, 'pid')], {
    stdio: 'ignore',
  });
  try {
    await during?.();
    await until(ready, 60);
  } finally {
    daemon.kill('SIGTERM');
    if (daemon.exitCode === null) await once(daemon, 'exit');
  }
}

const allLines = () => LINES.every((line) => here.kept.texts().some((text) => text.includes(line)));
/** Trouble begins before anything is sent, and ends once the sender has met it. */
const troubled = (trouble: 'busy' | 'gone') => async () => {
  here.trouble = trouble;
  await until(() => here.turnedDown > 1, 60);
  here.trouble = 'none';
};

describe.skipIf(!rsyslog)('rsyslog', () => {
  const forward = (kind: 'syslog' | 'syslog-tls', more = '') =>
    `type="omfwd" target="127.0.0.1" port="${here.port(kind)}" protocol="tcp" ${more}`;

  test.each(['traditional', 'octet-counted'])('by TCP, %s', async (framing) => {
    await rsyslogSends(forward('syslog', `TCP_Framing="${framing}"`), () => here.kept.texts().length >= LINES.length);
    expect(here.kept.texts()).toHaveLength(LINES.length);
    expect(allLines()).toBe(true);
  });

  test('by TCP through a busy intake: it waits and nothing is lost', async () => {
    await rsyslogSends(forward('syslog'), () => here.kept.texts().length >= LINES.length, troubled('busy'));
    expect(here.kept.texts()).toHaveLength(LINES.length);
    expect(allLines()).toBe(true);
  });

  test('by TLS', async () => {
    const driver = 'StreamDriver="gtls" StreamDriverMode="1" StreamDriverAuthMode="anon" TCP_Framing="octet-counted"';
    await rsyslogSends(forward('syslog-tls', driver), () => here.kept.texts().length >= LINES.length);
    expect(allLines()).toBe(true);
  });

  test.each(['none', 'busy', 'gone'] as const)('by RELP, trouble: %s; nothing is lost', async (trouble) => {
    const action = `type="omrelp" target="127.0.0.1" port="${here.port('relp')}"`;
    await rsyslogSends(action, allLines, trouble === 'none' ? undefined : troubled(trouble));
    expect(here.kept.events()).toBeGreaterThanOrEqual(LINES.length);
  });

  // omelasticsearch 8.2302 throws away what is answered with 429 or 503, so it gets no answer then (docs/listeners.md).
  test.each(['none', 'busy', 'gone'] as const)('by omelasticsearch, trouble: %s; nothing is lost', async (trouble) => {
    const action = `type="omelasticsearch" server="127.0.0.1" serverport="${here.port('http')}" uid="rsyslog" pwd="${TOKEN}"
      bulkmode="on" template="document" searchIndex="logs" searchType="" retryfailures="off"`;
    await rsyslogSends(action, allLines, trouble === 'none' ? undefined : troubled(trouble));
    expect(here.kept.texts().find((text) => text.includes(LINES[7]))).toMatch(/^\{"message":".*"\}$/);
  });
});

describe.skipIf(!logger)('logger', () => {
  test.each([
    ['--tcp', '--octet-count', '--rfc5424'],
    ['--tcp', '--rfc5424'],
    ['--tcp', '--rfc3164'],
    ['--udp', '--rfc3164'],
    ['--udp', '--rfc5424'],
  ])('%s %s %s', async (...how) => {
    const port = String(here.port(how[0] === '--udp' ? 'syslog-udp' : 'syslog'));
    await run(LOGGER, ['--server', '127.0.0.1', '--port', port, ...how.filter(Boolean), 'Accepted password for eve']);
    await until(() => here.kept.texts().length === 1);
    expect(here.kept.texts()[0]).toMatch(/^<13>.*Accepted password for eve$/);
  });
});

describe('Elasticsearch’s client', () => {
  test.each(['none', 'busy', 'gone'] as const)('the bulk helper, trouble: %s; nothing is lost', async (trouble) => {
    const client = new Client({
      node: `http://127.0.0.1:${here.port('http')}`,
      auth: { username: 'any', password: TOKEN },
      compression: true,
      // It repeats at once: while the store is gone for a second, that may be hundreds of times.
      maxRetries: 5_000,
    });
    expect((await client.info()).tagline).toBe('You Know, for Search');
    const send = () =>
      client.helpers.bulk({
        datasource: LINES.map((message) => ({ message })),
        onDocument: () => ({ create: { _index: 'logs' } }),
        flushBytes: 10_000,
        concurrency: 2,
        retries: 10,
        wait: 200,
      });
    if (trouble === 'busy') {
      // The client doesn't try 429 again by itself: it tells its caller, who does.
      here.trouble = 'busy';
      await expect(send()).rejects.toMatchObject({ statusCode: 429 });
      expect(here.kept.texts()).toEqual([]);
      here.trouble = 'none';
    }
    const meeting = trouble === 'gone' ? troubled('gone')() : undefined;
    const result = await send();
    await meeting;
    expect(result).toMatchObject({ total: LINES.length, successful: LINES.length, failed: 0 });
    expect(here.kept.texts().sort()).toEqual(LINES.map((message) => JSON.stringify({ message })).sort());
    await client.close();
  });
});

describe('OpenTelemetry’s exporters', () => {
  test.each([
    ['protobuf', ProtobufExporter],
    ['JSON', JsonExporter],
  ] as const)('%s: text and structured bodies, through a busy intake', async (_, Exporter) => {
    const exporter = new Exporter({
      url: `http://127.0.0.1:${here.port('http')}/v1/logs`,
      headers: { authorization: `Bearer ${TOKEN}` },
    });
    const provider = new LoggerProvider({ processors: [new BatchLogRecordProcessor({ exporter })] });
    const log = provider.getLogger('test');
    here.trouble = 'busy';
    for (const body of ['a line of text', { EventID: 4624, user: { name: 'eve' } }])
      log.emit({ severityNumber: SeverityNumber.INFO, body, attributes: { channel: 'Security' } });
    const flushed = provider.forceFlush();
    await until(() => here.turnedDown > 0);
    here.trouble = 'none';
    await flushed;
    await until(() => here.kept.texts().length === 2);
    const [text, structured] = here.kept.texts().map((record) => JSON.parse(record));
    const beside = {
      severity_number: 9,
      attributes: { channel: 'Security' },
      scope: { name: 'test' },
      resource: { 'telemetry.sdk.language': 'nodejs' },
      time_unix_nano: expect.stringMatching(/^\d{19}$/),
    };
    expect(text).toMatchObject({ ...beside, body: 'a line of text' });
    expect(structured).toMatchObject({ ...beside, body: { EventID: 4624, user: { name: 'eve' } } });
    await provider.shutdown();
  });
});
