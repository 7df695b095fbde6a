import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from '@elastic/elasticsearch';
import { SeverityNumber } from '@opentelemetry/api-logs';
import { OTLPLogExporter as JsonExporter } from '@opentelemetry/exporter-logs-otlp-http';
import { OTLPLogExporter as ProtoExporter } from '@opentelemetry/exporter-logs-otlp-proto';
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { testAuthority } from '../../../testkit/certificates.ts';
import { needs } from '../../../testkit/needs.ts';
import { runningService, type TestService } from '../../../testkit/running-service.ts';

const RSYSLOG = '/usr/sbin/rsyslogd';
const hasRsyslog = needs(RSYSLOG, 'rsyslog', 'rsyslog-gnutls', 'rsyslog-relp', 'rsyslog-elasticsearch');
const hasLogger = needs('/usr/bin/logger', 'bsdutils');

const run = promisify(execFile);
let it: TestService;
const running: ChildProcess[] = [];
beforeAll(async () => {
  it = await runningService();
});
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
});
afterAll(() => it?.close());

interface Health {
  readonly health: { readonly events: number; readonly unread: number };
}

const health = async (id: string) => (await it.call<Health>('GET', `/organizations/ward/sources/${id}`)).body.health;
const arrived = (id: string, count: number) => it.until(async () => (await health(id)).events >= count, 60);

/** A source that is known by this machine's address on one listener. */
async function bound(name: string, kind: string, listener: string): Promise<string> {
  const { id } = await it.source(name, kind);
  const { items } = (await it.call<{ items: { id: string }[] }>('GET', '/organizations/ward/sources')).body;
  for (const other of items) {
    const bindings = (
      await it.call<{ items: { id: string; listener: string }[] }>(
        'GET',
        `/organizations/ward/sources/${other.id}/bindings`,
      )
    ).body.items;
    for (const one of bindings.filter((binding) => binding.listener === listener))
      await it.call('DELETE', `/organizations/ward/sources/${other.id}/bindings/${one.id}`);
  }
  const made = await it.call('POST', `/organizations/ward/sources/${id}/bindings`, {
    kind: 'address',
    listener,
    value: '127.0.0.0/8',
  });
  expect(made.status).toBe(201);
  return id;
}

/** Runs the real rsyslogd with an input file and one action; it sends each line that stands in the file. */
function rsyslog(
  name: string,
  action: string,
  lines: readonly string[],
  { globals = '', before = '' }: { globals?: string; before?: string } = {},
): ChildProcess {
  const folder = join(it.folder, name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'input.log'), `${lines.join('\n')}\n`);
  const config = `global(workDirectory="${folder}"${globals})
module(load="imfile" mode="inotify")
${before}
input(type="imfile" file="${join(folder, 'input.log')}" tag="sshd[4321]:" addMetadata="off" ruleset="out")
ruleset(name="out") { ${action} }
`;
  writeFileSync(join(folder, 'rsyslog.conf'), config);
  const child = spawn(RSYSLOG, ['-n', '-f', join(folder, 'rsyslog.conf'), '-i', join(folder, 'pid')], {
    stdio: 'ignore',
  });
  running.push(child);
  return child;
}

const lines = (count: number, what: string) =>
  Array.from(
    { length: count },
    (_, i) => `Failed password for invalid user ${what}${i} from 203.0.113.${i % 250} port ${40_000 + i} ssh2`,
  );
const RETRY = 'action.resumeRetryCount="-1" action.resumeInterval="1" queue.type="LinkedList"';

test.runIf(hasRsyslog).each([
  ['octet-counted', 'TCP_Framing="octet-counted"'],
  ['by newline', 'TCP_Framing="traditional"'],
])(
  'rsyslog over TCP, %s',
  async (framing, option) => {
    const id = await bound(`tcp ${framing}`, 'syslog', 'syslog');
    rsyslog(
      `tcp-${framing.replaceAll(' ', '-')}`,
      `action(type="omfwd" target="127.0.0.1" port="${it.port('syslog')}" protocol="tcp" ${option} template="RSYSLOG_SyslogProtocol23Format" ${RETRY})`,
      lines(300, 'tcp'),
    );
    await arrived(id, 300);
    expect(await health(id)).toMatchObject({ events: 300, unread: 0 });
  },
  90_000,
);

test.runIf(hasRsyslog)(
  'rsyslog over TLS, which checks our certificate',
  async () => {
    const id = await bound('tls', 'syslog', 'syslog-tls');
    const authority = join(it.folder, 'data', 'tls', 'self-signed.crt');
    rsyslog(
      'tls',
      `action(type="omfwd" target="localhost" port="${it.port('syslog-tls')}" protocol="tcp" TCP_Framing="octet-counted" template="RSYSLOG_SyslogProtocol23Format" StreamDriver="gtls" StreamDriverMode="1" StreamDriverAuthMode="x509/name" StreamDriverPermittedPeers="localhost" ${RETRY})`,
      lines(200, 'tls'),
      { globals: ` DefaultNetstreamDriverCAFile="${authority}"` },
    );
    await arrived(id, 200);
    expect(await health(id)).toMatchObject({ events: 200, unread: 0 });
  },
  90_000,
);

test.runIf(hasRsyslog)(
  'rsyslog over RELP',
  async () => {
    const id = await bound('relp', 'relp', 'relp');
    rsyslog(
      'relp',
      `action(type="omrelp" target="127.0.0.1" port="${it.port('relp')}" template="RSYSLOG_SyslogProtocol23Format" ${RETRY})`,
      lines(500, 'relp'),
      { before: 'module(load="omrelp")' },
    );
    await arrived(id, 500);
    expect(await health(id)).toMatchObject({ events: 500, unread: 0 });
  },
  90_000,
);

/** A certificate of a sender, laid where rsyslog can read it. */
async function certificateOf(name: string) {
  const made = await (await testAuthority()).sign(`${name}.clinic.example`);
  const files = { cert: join(it.folder, `${name}.crt`), key: join(it.folder, `${name}.key`) };
  writeFileSync(files.cert, made.cert);
  writeFileSync(files.key, made.key);
  return { ...files, fingerprint: made.fingerprint };
}

/** A source that is known by a certificate. */
async function certified(name: string, kind: string) {
  const made = await certificateOf(name);
  const { id } = await it.source(name, kind);
  const value = made.fingerprint.toUpperCase().replace(/..(?!$)/g, '$&:');
  const bound = await it.call('POST', `/organizations/ward/sources/${id}/bindings`, { kind: 'certificate', value });
  expect(bound.status).toBe(201);
  return { id, ...made };
}

test.runIf(hasRsyslog)(
  'rsyslog over TLS and RELP over TLS: the client’s certificate says which source it is, before its address does',
  async () => {
    const authority = join(it.folder, 'data', 'tls', 'self-signed.crt');
    for (const [listener, kind] of [
      ['syslog-tls', 'syslog'],
      ['relp-tls', 'relp'],
    ]) {
      const others = await bound(`others by ${listener}`, kind, listener);
      const known = await certified(`known-by-${listener}`, kind);
      const send = (name: string, files: { readonly cert: string; readonly key: string }) =>
        listener === 'relp-tls'
          ? rsyslog(
              name,
              `action(type="omrelp" target="localhost" port="${it.port(listener)}" tls="on" tls.caCert="${authority}" tls.authMode="name" tls.permittedPeer="localhost" tls.myCert="${files.cert}" tls.myPrivKey="${files.key}" template="RSYSLOG_SyslogProtocol23Format" ${RETRY})`,
              lines(200, name),
              { before: 'module(load="omrelp")' },
            )
          : rsyslog(
              name,
              `action(type="omfwd" target="localhost" port="${it.port(listener)}" protocol="tcp" TCP_Framing="octet-counted" template="RSYSLOG_SyslogProtocol23Format" StreamDriver="gtls" StreamDriverMode="1" StreamDriverAuthMode="x509/name" StreamDriverPermittedPeers="localhost" ${RETRY})`,
              lines(200, name),
              {
                globals: ` DefaultNetstreamDriverCAFile="${authority}" DefaultNetstreamDriverCertFile="${files.cert}" DefaultNetstreamDriverKeyFile="${files.key}"`,
              },
            );
      send(`${listener}-known`, known);
      await arrived(known.id, 200);
      // A certificate that nobody bound. Without any, omrelp offers anonymous ciphers alone, which we don't take.
      send(`${listener}-other`, await certificateOf(`other-${listener}`));
      await arrived(others, 200);
      expect([await health(known.id), await health(others)]).toMatchObject([
        { events: 200, unread: 0 },
        { events: 200, unread: 0 },
      ]);
    }
  },
  120_000,
);

test.runIf(hasRsyslog)(
  'rsyslog by omelasticsearch',
  async () => {
    const { id, token } = await it.source('omelasticsearch', 'elastic');
    rsyslog(
      'omes',
      `action(type="omelasticsearch" server="127.0.0.1" serverport="${it.port('http')}" uid="chaperone" pwd="${token}" template="raw" searchIndex="logs" searchType="" bulkmode="on" ${RETRY})`,
      lines(250, 'es'),
      {
        before: `module(load="omelasticsearch")
     template(name="raw" type="list") { constant(value="{\\"message\\":\\"") property(name="msg" format="json") constant(value="\\",\\"winlog\\":{\\"channel\\":\\"System\\",\\"event_id\\":1},\\"@timestamp\\":\\"2026-11-20T10:00:00Z\\"}") }`,
      },
    );
    await arrived(id, 250);
    expect(await health(id)).toMatchObject({ events: 250, unread: 0 });
  },
  90_000,
);

test.runIf(hasLogger)(
  'logger over TCP and UDP, in both of its forms',
  async () => {
    const tcp = await bound('logger tcp', 'syslog', 'syslog');
    const send = (...args: string[]) =>
      run('logger', ['--server', '127.0.0.1', '-t', 'sshd', ...args], { timeout: 10_000 });
    await send(
      '--tcp',
      '-P',
      String(it.port('syslog')),
      '--rfc3164',
      'Accepted password for a from 203.0.113.1 port 1 ssh2',
    );
    await send(
      '--tcp',
      '-P',
      String(it.port('syslog')),
      '--rfc5424',
      'Accepted password for b from 203.0.113.1 port 2 ssh2',
    );
    send(
      '--tcp',
      '-P',
      String(it.port('syslog')),
      '--octet-count',
      'Accepted password for c from 203.0.113.1 port 3 ssh2',
    );
    await arrived(tcp, 3);
    const udp = await bound('logger udp', 'syslog', 'syslog-udp');
    await send('--udp', '-P', String(it.port('syslog-udp')), 'Accepted password for d from 203.0.113.1 port 4 ssh2');
    await arrived(udp, 1);
    expect(await health(tcp)).toMatchObject({ events: 3, unread: 0 });
  },
  60_000,
);

test('Elasticsearch’s own client, by its bulk helper', async () => {
  const { id, token } = await it.source('bulk helper', 'elastic');
  const client = new Client({
    node: `http://127.0.0.1:${it.port('http')}`,
    auth: { username: 'chaperone', password: token },
  });
  const documents = Array.from({ length: 3_000 }, (_, i) => ({
    '@timestamp': new Date(1_780_000_000_000 + i).toISOString(),
    winlog: {
      channel: 'Security',
      provider_name: 'Microsoft-Windows-Security-Auditing',
      event_id: 4624,
      event_data: { TargetUserName: `user${i}` },
    },
  }));
  const done = await client.helpers.bulk({
    datasource: documents,
    onDocument: () => ({ create: { _index: 'logs' } }),
    flushBytes: 200_000,
  });
  expect(done).toMatchObject({ successful: 3_000, failed: 0 });
  await arrived(id, 3_000);
  expect(await health(id)).toMatchObject({ events: 3_000, unread: 0 });
  await client.close();
}, 60_000);

test('a token that is not known gets what each protocol says for it', async () => {
  const client = new Client({
    node: `http://127.0.0.1:${it.port('http')}`,
    auth: { username: 'chaperone', password: 'chi_wrong' },
    maxRetries: 0,
  });
  await expect(client.bulk({ operations: [{ create: { _index: 'a' } }, { a: 1 }] })).rejects.toMatchObject({
    statusCode: 401,
  });
  await client.close();
  const hec = await fetch(`http://127.0.0.1:${it.port('http')}/services/collector`, {
    method: 'POST',
    headers: { authorization: 'Splunk nobody' },
    body: '{"event":"x"}',
  });
  expect([hec.status, await hec.json()]).toEqual([403, { text: 'Invalid token', code: 4 }]);
});

test.each([
  ['protobuf', ProtoExporter],
  ['JSON', JsonExporter],
])(
  'OpenTelemetry’s exporter, %s',
  async (name, Exporter) => {
    const { id, token } = await it.source(`otlp ${name}`, 'otlp');
    const exporter = new Exporter({
      url: `http://127.0.0.1:${it.port('http')}/v1/logs`,
      headers: { authorization: `Bearer ${token}` },
    });
    const provider = new LoggerProvider({ processors: [new BatchLogRecordProcessor({ exporter })] });
    const log = provider.getLogger('test');
    for (let i = 0; i < 100; i += 1)
      log.emit({
        severityNumber: SeverityNumber.INFO,
        body: `<38>Nov 20 10:00:00 host sshd[12]: Accepted publickey for user${i} from 203.0.113.9 port ${1000 + i} ssh2`,
      });
    await provider.forceFlush();
    await provider.shutdown();
    await arrived(id, 100);
    expect(await health(id)).toMatchObject({ events: 100, unread: 0 });
  },
  60_000,
);

test('Splunk’s collector: events, raw lines, acknowledgement, health', async () => {
  const { id, token } = await it.source('hec', 'hec');
  const base = `http://127.0.0.1:${it.port('http')}/services/collector`;
  const headers = {
    authorization: `Splunk ${token}`,
    'x-splunk-request-channel': '0aeeac95-ac74-4aa9-b30d-6c4c0ac581ba',
  };
  const syslog = 'Nov 20 10:00:00 host sshd[12]: Accepted publickey for a from 203.0.113.9 port 1 ssh2';
  const event = await fetch(`${base}/event`, {
    method: 'POST',
    headers,
    body: `${JSON.stringify({ host: 'h', event: syslog })}${JSON.stringify({ event: { winlog: { channel: 'System', event_id: 7045 } } })}`,
  });
  expect(await event.json()).toEqual({ text: 'Success', code: 0, ackId: 0 });
  const raw = await fetch(`${base}/raw`, {
    method: 'POST',
    headers,
    body: `${syslog.replace('12', '13')}\n${syslog.replace('12', '14')}\n`,
  });
  expect(await raw.json()).toMatchObject({ code: 0, ackId: 1 });
  const acks = await fetch(`${base}/ack`, { method: 'POST', headers, body: '{"acks":[0,1,2]}' });
  expect(await acks.json()).toEqual({ acks: { 0: true, 1: true, 2: false } });
  expect((await fetch(`${base}/health`)).status).toBe(200);
  expect(await (await fetch(`${base}/event`, { method: 'POST', headers, body: '' })).json()).toEqual({
    text: 'No data',
    code: 5,
  });
  expect(await (await fetch(`${base}/event`, { method: 'POST', headers, body: '{"event":' })).json()).toMatchObject({
    code: 6,
  });
  await arrived(id, 4);
  expect(await health(id)).toMatchObject({ events: 4, unread: 0 });
});

test('a finding arrives as an event of the stream, without asking', async () => {
  const { token } = await it.source('live', 'elastic');
  const api = (
    await it.call<{ secret: string }>('POST', '/organizations/ward/tokens', { name: 'live', role: 'viewer' })
  ).body.secret;
  const stop = new AbortController();
  const stream = await fetch(`${it.service.url}/api/v1/organizations/ward/live`, {
    headers: { authorization: `Bearer ${api}` },
    signal: stop.signal,
  });
  let heard = '';
  const reading = (async () => {
    for await (const chunk of stream.body!.pipeThrough(new TextDecoderStream())) heard += chunk;
  })().catch(() => {});
  await it.until(async () => heard.includes('hello'));
  const document = {
    '@timestamp': new Date().toISOString(),
    winlog: { channel: 'Security', provider_name: 'Microsoft-Windows-Eventlog', event_id: 1102, computer_name: 'DC01' },
  };
  const sent = Date.now();
  await fetch(`http://127.0.0.1:${it.port('http')}/_bulk`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: `{"create":{}}\n${JSON.stringify(document)}\n`,
  });
  await it.until(async () => heard.includes('event: finding'), 10);
  expect(Date.now() - sent).toBeLessThan(2_000);
  stop.abort();
  await reading;
});

test('the clients that ship configurations name no placeholder that is left open', async () => {
  for (const kind of ['elastic', 'hec', 'otlp', 'ndjson', 'syslog', 'relp']) {
    const { id } = await it.source(`shipper ${kind}`, kind);
    const { items } = (
      await it.call<{ items: { name: string; configuration: string }[] }>(
        'GET',
        `/organizations/ward/sources/${id}/shippers`,
      )
    ).body;
    expect(items.length).toBeGreaterThan(0);
    for (const { configuration } of items) expect(configuration).not.toMatch(/\{\{|<\w+_port>/);
    if (!hasRsyslog) continue;
    for (const { name, configuration } of items.filter((one) => one.name.startsWith('rsyslog'))) {
      const file = join(it.folder, `${name}.conf`);
      writeFileSync(
        file,
        configuration.replaceAll('/etc/rsyslog.d/chaperone.crt', join(it.folder, 'data', 'tls', 'self-signed.crt')),
      );
      const checked = await run(RSYSLOG, ['-N1', '-f', file]).then(
        ({ stderr }) => ({ code: 0, stderr }),
        (error: { code: number; stderr: string }) => error,
      );
      const said = checked.stderr
        .split('\n')
        .filter((line) => /error|invalid/i.test(line) && !/spool|workDirectory/i.test(line));
      expect([name, checked.code, said]).toEqual([name, 0, []]);
    }
  }
}, 60_000);

test('what HEC and OTLP say beside a record can be asked for by rules, and is shown', async () => {
  const hec = await it.source('beside hec', 'hec');
  const otlp = await it.source('beside otlp', 'otlp');
  for (const [product, service, field] of [
    ['hec', 'door', 'env'],
    ['otlp', 'badge', 'site.name'],
  ])
    expect(
      (
        await it.call('POST', '/organizations/ward/rule-documents', {
          name: product,
          document: [
            `title: Beside ${product}`,
            `id: ${randomUUID()}`,
            'level: high',
            `logsource: { product: ${product}, service: ${service} }`,
            `detection: { it: { ${field}: prod, message|contains: opened }, condition: it }`,
            '',
          ].join('\n'),
        })
      ).status,
    ).toBe(201);
  const base = `http://127.0.0.1:${it.port('http')}`;
  const time = Math.floor(Date.now() / 1000) - 60;
  await fetch(`${base}/services/collector/event`, {
    method: 'POST',
    headers: { authorization: `Splunk ${hec.token}` },
    body: JSON.stringify({ time, host: 'relay', sourcetype: 'door', fields: { env: 'prod' }, event: 'door 7 opened' }),
  });
  const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });
  const record = {
    timeUnixNano: `${time}000000000`,
    severityText: 'ERROR',
    attributes: [text('site.name', 'prod')],
    body: { stringValue: 'door 8 opened' },
  };
  await fetch(`${base}/v1/logs`, {
    method: 'POST',
    headers: { authorization: `Bearer ${otlp.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      resourceLogs: [
        { resource: { attributes: [text('service.name', 'Badge')] }, scopeLogs: [{ logRecords: [record] }] },
      ],
    }),
  });
  interface Listed {
    readonly items: readonly { readonly id: string; readonly rule_title: string }[];
  }
  const found = async (title: string) =>
    (await it.call<Listed>('GET', '/organizations/ward/findings?limit=500')).body.items.find(
      ({ rule_title }) => rule_title === title,
    );
  const shown = async (product: string) => {
    await it.until(async () => (await found(`Beside ${product}`)) !== undefined);
    const { id } = (await found(`Beside ${product}`))!;
    const { items } = (
      await it.call<{ items: { time: string; host: string; fields: Record<string, string[]>; raw: string }[] }>(
        'GET',
        `/organizations/ward/findings/${id}/events`,
      )
    ).body;
    return items[0];
  };
  const stamp = new Date(time * 1000).toISOString().replace('.000Z', '.000000Z');
  expect(await shown('hec')).toMatchObject({
    time: stamp,
    host: 'relay',
    fields: { sourcetype: ['door'], env: ['prod'], message: ['door 7 opened'] },
  });
  expect(await shown('otlp')).toMatchObject({
    time: stamp,
    fields: { 'site.name': ['prod'], severity_text: ['ERROR'], message: ['door 8 opened'] },
  });
}, 60_000);

test('a record beyond all measure is kept as far as it goes, and its source says so', async () => {
  const { id, token } = await it.source('long', 'ndjson');
  const answer = await fetch(`http://127.0.0.1:${it.port('http')}/ndjson`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: `{"a":"${'x'.repeat(11_000_000)}"}\nNov 20 10:00:00 host sshd[12]: Accepted publickey for a from 203.0.113.9 port 1 ssh2\n`,
  });
  expect(answer.status).toBe(200);
  await arrived(id, 2);
  const { items } = (
    await it.call<{ items: { code: string; count: number }[] }>('GET', `/organizations/ward/sources/${id}/problems`)
  ).body;
  expect(items.map(({ code }) => code).sort()).toEqual(['json_invalid', 'record_too_long']);
  expect(await health(id)).toMatchObject({ events: 2, unread: 1 });
}, 60_000);
