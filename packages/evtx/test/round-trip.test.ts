import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type EventSpec, type FieldValue, values, writeEvtx } from '../testkit/index.ts';
import { readAll } from './samples.ts';

const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9 ]{0,14}$/).filter((text) => !(text in {}));
// Windows ends strings at NUL
const text = fc.string({ unit: 'binary', maxLength: 40 }).map((value) => value.replaceAll('\0', ' '));

/** A field's value to write, and what the event must show for it. */
const field: fc.Arbitrary<[FieldValue, unknown]> = fc.oneof(
  text.map((value): [FieldValue, unknown] => [value, value]),
  fc.constant<[FieldValue, unknown]>([null, '']),
  fc.nat(0xffff_ffff).map((value): [FieldValue, unknown] => [value, value]),
  fc.boolean().map((value): [FieldValue, unknown] => [value, value]),
  fc.nat(0xffff_ffff).map((value): [FieldValue, unknown] => [values.hex32(value), `0x${value.toString(16)}`]),
  fc
    .bigInt({ min: 0n, max: 2n ** 64n - 1n })
    .map((value): [FieldValue, unknown] => [values.hex64(value), `0x${value.toString(16)}`]),
  fc.uuid().map((value): [FieldValue, unknown] => [values.guid(value), `{${value}}`]),
  fc
    .array(fc.nat(0xffff_ffff), { minLength: 1, maxLength: 5 })
    .map((parts) => `S-1-5-${parts.join('-')}`)
    .map((value): [FieldValue, unknown] => [values.sid(value), value]),
  fc
    .uint8Array({ minLength: 1, maxLength: 20 })
    .map((value): [FieldValue, unknown] => [value, Buffer.from(value).toString('hex').toUpperCase()]),
  fc.array(text, { minLength: 2, maxLength: 4 }).map((value): [FieldValue, unknown] => [value, value]),
);

const event = fc.record({
  fields: fc.dictionary(name, field, { minKeys: 1, maxKeys: 8 }),
  eventId: fc.nat(0xffff),
  provider: name,
  channel: name,
  micros: fc.nat(2_000_000_000).map((seconds) => seconds * 1_000_000 + 123_456),
  user: fc.boolean(),
});

it('what is written is read, as whole events, as fields and over chunks', () => {
  fc.assert(
    fc.property(fc.array(event, { minLength: 1, maxLength: 30 }), fc.boolean(), (events, many) => {
      const repeated = many ? Array.from({ length: 10 }, () => events).flat() : events;
      const specs = repeated.map(({ fields, user, micros, ...rest }): EventSpec => {
        const given = Object.fromEntries(Object.entries(fields).map(([key, [value]]) => [key, value]));
        const payload = user
          ? {
              userData: {
                name: 'Payload',
                fields: Object.fromEntries(
                  Object.entries(given).map(([key, value]) => [key.replaceAll(' ', '-'), value]),
                ),
              },
            }
          : { data: given };
        return { ...rest, time: micros, computer: 'host', ...payload };
      });
      const { records, issues, summary } = readAll(writeEvtx(specs), (cursor) => ({
        id: cursor.recordId,
        written: cursor.written,
        created: cursor.timeCreated(),
        event: cursor.event() as { Event: Record<string, Record<string, unknown>> },
        get: (() => {
          const expected = repeated[cursor.recordId - 1].fields;
          return Object.keys(expected).map((key) => cursor.get(key));
        })(),
      }));
      expect(issues).toEqual([]);
      expect(summary).toMatchObject({ records: specs.length, unread: 0 });
      for (const [index, record] of records.entries()) {
        const { fields, eventId, provider, channel, micros, user } = repeated[index];
        expect(record).toMatchObject({ id: index + 1, written: micros, created: micros });
        const { System, EventData } = record.event.Event;
        expect(System).toMatchObject({ EventID: eventId, Channel: channel, EventRecordID: index + 1 });
        expect(System.Provider).toMatchObject({ '#attributes': { Name: provider } });
        if (!user) {
          const expected = Object.fromEntries(Object.entries(fields).map(([key, [, shown]]) => [key, shown]));
          expect(EventData).toEqual(expected);
          expect(record.get).toEqual(Object.values(expected));
        }
      }
    }),
    { numRuns: 60 },
  );
});

it('an event without template is the same as one with, but for its numbers being text', () => {
  const spec: EventSpec = {
    provider: 'P',
    eventId: 7,
    channel: 'C',
    computer: 'host',
    time: 1_700_000_000_000_000,
    userSid: 'S-1-5-18',
    data: { Name: 'a <b> & c', Count: 5, Empty: '' },
  };
  const { records } = readAll(writeEvtx([spec, { ...spec, template: false, recordId: 1 }]), (cursor) => ({
    fields: ['EventID', 'Provider_Name', 'Name', 'Count', 'Empty', 'Security_UserID'].map((key) =>
      String(cursor.get(key)),
    ),
    created: cursor.timeCreated(),
    xml: cursor.xml(),
  }));
  expect(records[1]).toEqual(records[0]);
});
