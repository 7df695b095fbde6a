import { describe, expect, test } from 'vitest';
import { createRecordDecoder, type LogEvent } from '../../../src/telemetry/index.ts';
import { parseHec } from '../../../src/telemetry/listeners/http/hec.ts';
import { parseOtlp } from '../../../src/telemetry/listeners/http/otlp.ts';

function decoded(record: Buffer | undefined): LogEvent {
  const decoder = createRecordDecoder({ name: 'test', zone: 'UTC' });
  const event = decoder.decode(String(record), { file: 'test', record: 1 }, Date.UTC(2026, 10, 25) * 1000);
  if (event === undefined || 'kind' in event) throw new Error(JSON.stringify(event));
  return event;
}

const hec = (event: object) => decoded((parseHec(JSON.stringify(event)) as Buffer[])[0]);
const otlp = (record: object, resource: object[] = []) =>
  decoded(
    parseOtlp(
      Buffer.from(
        JSON.stringify({
          resourceLogs: [
            { resource: { attributes: resource }, scopeLogs: [{ scope: { name: 'files' }, logRecords: [record] }] },
          ],
        }),
      ),
      true,
    )[0],
  );
const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });
const SSH = 'Nov 20 10:00:00 gate sshd[12]: Accepted publickey for eve from 203.0.113.9 port 1 ssh2';

describe('what HEC says beside an event', () => {
  const beside = {
    time: 1_795_600_193.25,
    host: 'relay',
    source: '/var/log/auth.log',
    sourcetype: 'linux_secure',
    index: 'main',
    fields: { env: 'prod', user: 'somebody else' },
  };

  test('is answered by its own names, after the event’s own fields', () => {
    const event = hec({ ...beside, event: SSH });
    expect(event.class.key).toMatch(/^sshd/);
    for (const [field, value] of Object.entries({
      user: 'eve',
      env: 'prod',
      sourcetype: 'linux_secure',
      source: '/var/log/auth.log',
      'hec.host': 'relay',
      'hec.fields.env': 'prod',
      hostname: 'gate',
    }))
      expect([field, event.get(field)]).toEqual([field, value]);
    expect(event.fields()).toMatchObject({ hec: { index: 'main', fields: { env: 'prod' } } });
    expect(event.time).toBe(Date.UTC(2026, 10, 20, 10) * 1000);
    const heard: unknown[] = [];
    event.values((value) => heard.push(value));
    expect(heard).toContain('linux_secure');
  });

  test('gives time and host to an event that states none, and makes an event of a text that no format knows', () => {
    const event = hec({ ...beside, event: 'door 7 opened by badge 4711' });
    expect(event.time).toBe(1_795_600_193_250_000);
    expect(event.get('hostname')).toBe('relay');
    expect(event.get('message')).toBe('door 7 opened by badge 4711');
    expect(event.class).toMatchObject({ format: 'hec', offers: [{ product: 'hec', service: 'linux_secure' }] });
    expect(hec({ host: 'h', event: { door: 7 } }).get('door')).toBe(7);
  });

  test.each([
    [1_795_600_193, 1_795_600_193_000_000],
    ['1795600193.123', 1_795_600_193_123_000],
    [1_795_600_193_123, 1_795_600_193_123_000],
    ['soon', undefined],
    [-1, undefined],
    [null, undefined],
  ])('time %s is read', (time, micros) => {
    expect(hec({ time, host: 'h', event: 'x' }).time).toBe(micros);
  });

  test('a record that another way of sending brings is no such one unless it says so itself', () => {
    const decoder = createRecordDecoder({ name: 'test', zone: 'UTC' });
    const plain = decoder.decode(JSON.stringify({ ...beside, event: SSH }), { file: 'test', record: 1 }, 0);
    expect(plain).toMatchObject({ kind: 'unread' });
  });

  test('what nests in what carries is not taken apart again', () => {
    const event = hec({ host: 'outer', event: { '@carried': 'hec', host: 'inner', event: SSH } });
    expect(event.get('hec.host')).toBe('outer');
    expect(event.class.format).toBe('hec');
  });
});

describe('what OTLP says beside a body', () => {
  const resource = [text('service.name', 'Badge'), text('host.name', 'relay')];
  const record = {
    timeUnixNano: '1795600193050000000',
    severityNumber: 17,
    severityText: 'ERROR',
    traceId: '5b8efff798038103d269b633813fc60c',
    attributes: [text('log.file.path', '/var/log/auth.log'), { key: 'door', value: { intValue: '7' } }],
  };

  test('is answered beside a text', () => {
    const event = otlp({ ...record, body: { stringValue: SSH } }, resource);
    expect(event.class.key).toMatch(/^sshd/);
    for (const [field, value] of Object.entries({
      user: 'eve',
      'log.file.path': '/var/log/auth.log',
      door: 7,
      'service.name': 'Badge',
      severity_text: 'ERROR',
      trace_id: '5b8efff798038103d269b633813fc60c',
      'otlp.scope.name': 'files',
    }))
      expect([field, event.get(field)]).toEqual([field, value]);
  });

  test('is kept beside a text that no format knows, a structure, and nothing at all', () => {
    const unknown = otlp({ ...record, body: { stringValue: 'door 7 opened' } }, resource);
    expect(unknown).toMatchObject({ time: 1_795_600_193_050_000, class: { offers: [{ service: 'badge' }] } });
    expect([unknown.get('message'), unknown.get('hostname')]).toEqual(['door 7 opened', 'relay']);
    const structured = otlp({
      ...record,
      body: { kvlistValue: { values: [text('channel', 'Security'), text('word', 'x')] } },
    });
    expect([structured.get('word'), structured.get('door')]).toEqual(['x', 7]);
    const empty = otlp(record);
    expect([empty.get('door'), empty.get('severity_number')]).toEqual([7, 17]);
  });
});
