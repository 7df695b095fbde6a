import { describe, expect, it } from 'vitest';
import type { LogEvent, Unread } from '../../../src/telemetry/event.ts';
import type { DecodeContext } from '../../../src/telemetry/format.ts';
import { timeReader } from '../../../src/telemetry/formats/csv/time-format.ts';
import { csvFormat, loadCsvMapping } from '../../../src/telemetry/formats/index.ts';
import { formatTime } from '../../../src/telemetry/time/index.ts';

const MAPPING = `name: ehr-audit
title: Record access of the health information system
delimiter: ";"
time:
  column: [Datum, Uhrzeit]
  format: "dd.MM.yyyy HH:mm:ss"
  zone: Europe/Berlin
fields:
  Benutzer: user
  Quelle: src_ip
  Ergebnis: result
logsource:
  product: ehr
  service: audit
roles:
  user.name: user
  src_endpoint.ip: src_ip
event:
  class_uid: 3002
  activity: Logon
  outcome: { field: result, success: [ok], failure: [abgelehnt] }
`;

const context = (): DecodeContext => ({ file: 'f', zone: 'UTC', reference: 0, state: {} });

function load(text: string) {
  const loaded = loadCsvMapping(text, 'ehr.yaml');
  if (!('mapping' in loaded)) throw new Error(JSON.stringify(loaded.problems));
  return csvFormat(loaded.mapping);
}

describe('CSV with a mapping file', () => {
  it('reads rows by the head, also where a cell goes on over lines', () => {
    const format = load(MAPPING);
    const shared = context();
    const lines = [
      'Datum;Uhrzeit;Benutzer;Quelle;Ergebnis;Bemerkung',
      '28.07.2026;13:28:41;msp-anna;203.0.113.9;OK;"zwei',
      'Zeilen; ""und"" mehr"',
      '28.07.2026;13:29:00;msp-anna;203.0.113.9;abgelehnt;',
    ];
    expect(format.recognise(lines[0], undefined)).toBe(1);
    expect(format.recognise(lines[1], undefined)).toBe(0);
    const read = lines.map((line, at) => format.decode(line, undefined, { file: 'f', record: at + 1 }, shared));
    expect([read[0], read[1]]).toEqual([undefined, undefined]);
    const [first, second] = [read[2], read[3]] as LogEvent[];
    expect(first.class.key).toBe('csv/ehr-audit');
    expect(first.place.record).toBe(2);
    expect(formatTime(first.time as number)).toBe('2026-07-28T11:28:41.000000Z');
    expect(first.get('Bemerkung')).toBe('zwei\nZeilen; "und" mehr');
    expect([first.get('user'), first.get('src_ip')]).toEqual(['msp-anna', '203.0.113.9']);
    expect([first, second].map((event) => event.class.outcome?.(event))).toEqual(['success', 'failure']);
    expect(first.class.offers).toEqual([{ product: 'ehr', service: 'audit' }]);
    expect(format.finish?.(shared)).toBeUndefined();
  });

  it('says what it could not read, and where', () => {
    const format = load(MAPPING);
    const shared = context();
    const read = (line: string, record: number) =>
      format.decode(line, undefined, { file: 'f', record }, shared) as Unread;
    expect(read('28.07.2026;13:28:41;a;b;c;d', 1)).toMatchObject({ code: 'csv-no-head', record: 1 });
    read('Datum;Uhrzeit;Benutzer;Quelle;Ergebnis;Bemerkung', 2);
    expect(read('28.07.2026;13:28:41;a', 3)).toMatchObject({ code: 'csv-columns', record: 3 });
    expect(read('2026-07-28;13:28:41;a;b;c;d', 4)).toMatchObject({ code: 'csv-time', record: 4 });
    expect(read('28.07.2026;13:28:41;a;b;c;"never closed', 5)).toBeUndefined();
    expect(format.finish?.(shared)).toMatchObject({ code: 'csv-open-quote', record: 5 });
  });

  it('reads files without a head by the columns that the mapping names', () => {
    const format = load(
      'name: plain\nheader: [t, who]\ntime: { column: t, format: unix }\nlogsource: { product: x }\n',
    );
    expect(format.recognise('1785238121,anna', undefined)).toBeGreaterThan(0.5);
    const event = format.decode('1785238121,anna', undefined, { file: 'f', record: 1 }, context()) as LogEvent;
    expect([formatTime(event.time as number), event.get('who')]).toEqual(['2026-07-28T11:28:41.000000Z', 'anna']);
  });

  it('points at the line of what is wrong in a mapping', () => {
    const problems = (text: string) =>
      loadCsvMapping(text, 'm.yaml').problems.map(({ code, line, message }) => [code, line, message]);
    expect(problems(MAPPING.replace('Europe/Berlin', 'Europe/Berlim'))).toEqual([
      ['mapping-schema', 7, expect.stringContaining('time.zone')],
    ]);
    expect(problems(MAPPING.replace('user.name: user', 'user.nam: user'))[0].slice(0, 2)).toEqual([
      'mapping-schema',
      16,
    ]);
    expect(problems(MAPPING.replace('dd.MM.yyyy', 'dd.QQ.yyyy'))[0][1]).toBe(6);
    expect(problems('name: [')[0][0]).toBe('mapping-yaml');
    expect(problems('name: x\nname: y\n')[0]).toEqual(['mapping-yaml', 2, expect.any(String)]);
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefgh'
      .split('')
      .map((name, at) => `${name}: &${name} [${Array(9).fill(`*${'abcdefgh'[at]}`).join(',')}]`)
      .join('\n')}\n`;
    expect(problems(bomb)[0][0]).toBe('mapping-yaml');
    expect(problems('x'.repeat(300_000))[0][0]).toBe('mapping-yaml');
  });
});

describe('time patterns', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['M/d/yyyy h:mm:ss a', '7/28/2026 1:28:41 PM', '2026-07-28T13:28:41.000000Z'],
    ['dd-MMM-yyyy HH:mm:ss.SSS', '28-Jul-2026 11:28:41.123', '2026-07-28T11:28:41.123000Z'],
    ["yyyyMMdd'T'HHmmss", '20260728T112841', '2026-07-28T11:28:41.000000Z'],
    ['dd.MM.yy HH:mm', '28.07.26 11:28', '2026-07-28T11:28:00.000000Z'],
    ['yyyy-MM-dd', '2026-07-28', '2026-07-28T00:00:00.000000Z'],
  ];
  for (const [pattern, text, time] of cases) {
    it(`${pattern} reads ${text}`, () => {
      expect(formatTime(timeReader(pattern)?.(text, 'UTC', 0) as number)).toBe(time);
    });
  }
  it('refuses patterns without a whole date, and what does not fit', () => {
    expect(timeReader('HH:mm')).toBeUndefined();
    expect(timeReader('dd.MM.yyyy dd')).toBeUndefined();
    expect(timeReader('dd.MM.yyyy')?.('31.02.2026', 'UTC', 0)).toBeUndefined();
    expect(timeReader('dd.MM.yyyy')?.('28.07.2026 ', 'UTC', 0)).toBeUndefined();
  });
});
