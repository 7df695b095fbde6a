import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LogEvent, Unread } from '../../../src/telemetry/event.ts';
import type { DecodeContext } from '../../../src/telemetry/format.ts';
import { formats, parseEnvelope } from '../../../src/telemetry/formats/index.ts';
import { scanPairs } from '../../../src/telemetry/formats/text/key-value.ts';
import { splitCsv } from '../../../src/telemetry/formats/text/split-csv.ts';
import { template } from '../../../src/telemetry/formats/text/template.ts';
import { SAMPLES } from './samples.ts';

const context = (): DecodeContext => ({ file: 'f', zone: 'UTC', reference: Date.UTC(2026, 10, 25) * 1000, state: {} });
const byName = new Map(formats.map((format) => [format.name, format]));

describe('key=value', () => {
  const key = fc.stringMatching(/^[a-z][a-z0-9_-]{0,20}$/);
  // FortiOS escapes what would end the value
  const quoted = fc.string().map((value) => value.replaceAll('\\', '/'));

  it('gives back what was written', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(key, quoted), { maxLength: 20 }), (pairs) => {
        const line = pairs.map(([name, value]) => `${name}="${value.replaceAll('"', '\\"')}"`).join(' ');
        const read: [string, string][] = [];
        scanPairs(line, 0, (name, value) => read.push([name, value]));
        expect(read).toEqual(pairs);
      }),
    );
  });
});

describe('CEF', () => {
  const cef = byName.get('cef');
  const escaped = (value: string) =>
    value.replaceAll('\\', '\\\\').replaceAll('=', '\\=').replaceAll('\n', '\\n').replaceAll('\r', '\\r');

  it('gives back header and extensions through their escapes', () => {
    const word = fc.string({ minLength: 1 }).map((value) => value.replaceAll(/\s/g, '_'));
    fc.assert(
      fc.property(word, word, word, (vendor, first, second) => {
        const head = vendor.replaceAll('\\', '\\\\').replaceAll('|', '\\|');
        const line = `CEF:0|${head}|P|1|9|n|5|msg=${escaped(first)} suser=x cs5=${escaped(`${second} ${first}`)}`;
        const event = cef?.decode(line, undefined, { file: 'f', record: 1 }, context()) as LogEvent;
        expect([event.get('DeviceVendor'), event.get('msg'), event.get('suser'), event.get('cs5')]).toEqual([
          vendor,
          first,
          'x',
          `${second} ${first}`,
        ]);
      }),
    );
  });
});

describe('RFC 5424', () => {
  it('gives back structured data', () => {
    const name = fc.stringMatching(/^[A-Za-z0-9_@.-]{1,32}$/);
    const parameters = fc.dictionary(name, fc.string(), { minKeys: 1, maxKeys: 5 });
    fc.assert(
      fc.property(fc.dictionary(name, parameters, { minKeys: 1, maxKeys: 4 }), fc.string(), (elements, message) => {
        const data = Object.entries(elements)
          .map(
            ([id, values]) =>
              `[${id}${Object.entries(values)
                .map(([key, value]) => ` ${key}="${value.replaceAll(/["\\\]]/g, '\\$&')}"`)
                .join('')}]`,
          )
          .join('');
        const envelope = parseEnvelope(`<34>1 2026-07-28T11:28:41Z h app 1 ID ${data} ${message}`, context());
        const read = Object.fromEntries(
          [...(envelope.structured ?? [])].map(([id, values]) => [id, Object.fromEntries(values)]),
        );
        expect(read).toEqual(Object.fromEntries(Object.entries(elements).map(([id, values]) => [id, { ...values }])));
        expect(envelope.body).toBe(message.replace(/^\ufeff/, ''));
      }),
    );
  });
});

describe('CSV', () => {
  it('gives back cells', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1, maxLength: 12 }), (cells) => {
        const line = cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',');
        expect(splitCsv(line)).toEqual(cells);
      }),
    );
  });
});

describe('templates', () => {
  it('find the address whatever the user is called', () => {
    const failed = template('Failed {method} for {user+} from {src_ip} port {src_port} ssh2');
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (user) => {
        expect(failed.match(`Failed password for ${user} from 203.0.113.9 port 22 ssh2`)).toEqual([
          'password',
          user,
          '203.0.113.9',
          '22',
        ]);
      }),
    );
    const hostile = 'root from 10.0.0.1 port 1 ssh2 from 10.0.0.2 port 2';
    expect(failed.match(`Failed password for ${hostile} from 203.0.113.9 port 22 ssh2`)?.[1]).toBe(hostile);
  });

  it('refuse what they could not read', () => {
    expect(() => template('{a}{b}')).toThrow(TypeError);
    expect(() => template('x {a')).toThrow(TypeError);
  });
});

/** Everything that may be done with what came back, so that nothing throws later. */
function exercise(result: LogEvent | Unread | undefined): void {
  if (result === undefined) return;
  if ('kind' in result) {
    expect(result.message).not.toBe('');
    expect(result.mend).not.toBe('');
    return;
  }
  result.fields();
  result.raw();
  result.class.outcome?.(result);
  for (const { field } of result.class.roles) result.get(field);
  result.get('__proto__');
  result.get('a.b.c');
  result.values(() => {});
  if (result.time !== undefined) expect(Number.isFinite(result.time)).toBe(true);
}

describe('hostile input', () => {
  it('neither throws nor loses a line, however a sample is cut and changed', () => {
    const sample = fc.constantFrom(...SAMPLES.filter((one) => byName.get(one.format)?.framing !== 'json'));
    fc.assert(
      fc.property(sample, fc.nat(), fc.string(), fc.nat(400), ({ format, text }, from, insert, drop) => {
        const at = from % (text.length + 1);
        const changed = text.slice(0, at) + insert + text.slice(at + (drop % 7));
        const reader = byName.get(format);
        reader?.recognise(changed, undefined);
        exercise(reader?.decode(changed, undefined, { file: 'f', record: 1 }, context()));
      }),
      { numRuns: 1500 },
    );
  });

  it('takes any JSON for what it is', () => {
    const names = [
      ...new Set(SAMPLES.filter((one) => one.text.startsWith('{')).flatMap((one) => Object.keys(JSON.parse(one.text)))),
    ];
    const any = fc.dictionary(fc.constantFrom(...names), fc.jsonValue(), { maxKeys: 12 });
    fc.assert(
      fc.property(any, (json) => {
        const text = JSON.stringify(json);
        for (const format of formats) {
          if (format.framing !== 'json') continue;
          format.recognise(text, json);
          exercise(format.decode(text, json, { file: 'f', record: 1 }, context()));
        }
      }),
      { numRuns: 400 },
    );
  });

  it('stays quick on long lines', () => {
    const long = 200_000;
    const lines = [
      `Jul 28 11:28:41 h sshd[1]: Failed password for ${' from '.repeat(long / 6)} port 1 ssh2`,
      `CEF:0|a|b|c|d|e|f|${'a=b '.repeat(long / 4)}`,
      `CEF:0|${'\\|'.repeat(long)}`,
      `date=2026-07-28 devname="x" type="event" ${'k="\\" '.repeat(long / 6)}`,
      `date=2026-07-28 devname=${'\\"'.repeat(long)}`,
      `type=EXECVE msg=audit(1785238121.965:1): ${'a1[0]="x" '.repeat(long / 10)}`,
      `type=EXECVE msg=audit(1785238121.965:1): a0=${'ab'.repeat(long)}`,
      `1,2026/07/28 11:28:41,1,SYSTEM,${'"'.repeat(long)}`,
      `<34>1 2026-07-28T11:28:41Z h a 1 - ${'[x y="\\"'.repeat(long / 8)}`,
      `<34>1 2026-07-28T11:28:41Z h a 1 - [x${' y="z"'.repeat(long / 6)}] m`,
      `203.0.113.9 - - [28/Jul/2026:13:28:41 +0200] "${'\\"'.repeat(long)}`,
      `${'a '.repeat(long)}[28/Jul/2026:13:28:41 +0200] "GET`,
      `Jul 28 11:28:41 h openvpn: ${'['.repeat(long)}`,
      `Jul 28 11:28:41 h sudo: x : ${'a=b ; '.repeat(long / 6)}`,
      '<'.repeat(long),
      ' '.repeat(long),
    ];
    for (const line of lines) {
      for (const format of formats) {
        if (format.framing === 'json') continue;
        const start = performance.now();
        format.recognise(line, undefined);
        exercise(format.decode(line, undefined, { file: 'f', record: 1 }, context()));
        expect([format.name, line.slice(0, 40), performance.now() - start < 1000]).toEqual([
          format.name,
          line.slice(0, 40),
          true,
        ]);
      }
    }
  });

  it('keeps the number of classes within bounds', () => {
    const format = byName.get('cloudtrail');
    const seen = new Set<unknown>();
    for (let at = 0; at < 6000; at += 1) {
      const json = { eventSource: 's3.amazonaws.com', eventName: `x${at}`, eventTime: '2026-07-28T11:28:41Z' };
      const event = format?.decode('{}', json, { file: 'f', record: at }, context()) as LogEvent;
      seen.add(event.class);
    }
    expect(seen.size).toBeLessThanOrEqual(4097);
  });
});
