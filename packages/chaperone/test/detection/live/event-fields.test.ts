import { numericValue } from '@chaperone/sigma';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FieldStore } from '../../../src/detection/live/event-fields.ts';
import { createRecordDecoder, type LogEvent } from '../../../src/telemetry/index.ts';

const ASKED = ['Image', 'TargetUserName', 'EventID', 'Channel', 'Nothing'];
const decoder = createRecordDecoder({ name: 's', zone: 'UTC' });
const eventOf = (data: Record<string, unknown>): LogEvent => {
  const text = JSON.stringify({
    '@timestamp': '2026-11-20T10:00:00Z',
    winlog: { channel: 'Security', provider_name: 'P', event_id: 4624, computer_name: 'DC', event_data: data },
  });
  const event = decoder.decode(text, { file: 's', record: 1 }, 0);
  if (event === undefined || 'kind' in event) throw new Error('the record was not read');
  return event;
};

/** The same, made anew for each event and without anything remembered. */
function plainly(event: LogEvent): { fields: [string, string[]][]; numbers: [string, number[]][] } {
  const values = new Map<string, unknown[]>();
  const put = (name: string, value: unknown) => {
    const flat = (one: unknown): unknown[] =>
      one === null || one === undefined ? [] : typeof one === 'object' ? Object.values(one).flatMap(flat) : [one];
    values.set(name, [...(values.get(name) ?? []), ...flat(value)]);
  };
  const walk = (value: Readonly<Record<string, unknown>>, prefix: string) => {
    for (const [key, inner] of Object.entries(value)) {
      if (inner === null || inner === undefined) continue;
      const path = `${prefix}${key}`;
      if (typeof inner === 'object' && !Array.isArray(inner)) walk(inner as Record<string, unknown>, `${path}.`);
      else {
        const ends = path.split('.').map((_, at, parts) => parts.slice(at).join('.'));
        put(
          ends
            .reverse()
            .find((end) => end !== path && String(event.get(end)) === String(inner) && event.get(end) !== undefined) ??
            path,
          inner,
        );
      }
    }
  };
  walk(event.fields(), '');
  for (const name of ASKED) {
    const value = event.get(name);
    if (!values.has(name) && value !== undefined && value !== null) put(name, value);
  }
  const numbers = [...values].map(
    ([name, all]) =>
      [name, all.map(numericValue).filter((one) => one !== undefined && Number.isFinite(one))] as [string, number[]],
  );
  return {
    fields: [...values].map(([name, all]) => [name, all.map(String)]),
    numbers: numbers.filter(([, all]) => all.length > 0),
  };
}

test('what is laid out with memory of the events before is what is laid out without', () => {
  const name = fc.constantFrom('Image', 'TargetUserName', 'a', 'b', 'c-d', 'deep');
  const scalar = fc.oneof(
    fc.string({ maxLength: 8 }),
    fc.integer(),
    fc.constantFrom('12', '0x10', '1e3', '-', ''),
    fc.boolean(),
  );
  const data = fc.dictionary(name, fc.oneof(scalar, fc.array(scalar, { maxLength: 3 })), { maxKeys: 6 });
  const store = new FieldStore(() => ASKED);
  // Which name a path answers to is learnt from the first event that has it, so all events here have every name once before.
  store.of(eventOf({ Image: 'i', TargetUserName: 't', a: 'x', b: 'y', 'c-d': 'z', deep: 'd' }));
  fc.assert(
    fc.property(fc.array(data, { minLength: 1, maxLength: 5 }), (events) => {
      for (const one of events) {
        const event = eventOf(one);
        const { fields, numbers } = store.of(event);
        const plain = plainly(event);
        expect(new Map(fields as [string, string[]][])).toEqual(new Map(plain.fields));
        expect(new Map(numbers as [string, number[]][])).toEqual(new Map(plain.numbers));
      }
    }),
    { numRuns: 300 },
  );
});

test('names without end are laid out and not remembered without end', () => {
  const store = new FieldStore(() => []);
  for (let round = 0; round < 6; round += 1) {
    const event = eventOf(Object.fromEntries(Array.from({ length: 900 }, (_, i) => [`n${round}x${i}`, `v${i}`])));
    const laid = new Map(store.of(event).fields as [string, string[]][]);
    for (let i = 0; i < 900; i += 1) expect(laid.get(`n${round}x${i}`)).toEqual([`v${i}`]);
  }
});
