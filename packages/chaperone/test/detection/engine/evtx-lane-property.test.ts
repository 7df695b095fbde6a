import { type EventSpec, type FieldValue, values, writeEvtx } from '@chaperone/evtx/testkit';
import { loadRules, type Rule } from '@chaperone/sigma';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fastRun, plainRun } from './engine.ts';

// Random logs of all BinXML types under random rules: the fast way must agree with the plain one, with the plan's bounds as
// they are and with bounds so narrow that it forgets all the time.

const TEXTS = [
  'true',
  'false',
  'NaN',
  'powershell',
  'Power',
  'aé',
  'K',
  'cmd.exe /c whoami',
  '',
  '-',
  '3',
  '0x3',
  'S-1-5-18',
];
const NAMES = ['Alpha', 'Beta', 'Gamma', 'TargetUserName', 'LogonType', 'CommandLine'];

const text = fc.oneof(
  fc.constantFrom(...TEXTS),
  fc.string({ maxLength: 24 }),
  fc.string({ unit: 'binary', maxLength: 6 }),
);
const clean = text.map((each) => each.replaceAll('\0', ''));
const value: fc.Arbitrary<FieldValue> = fc.oneof(
  { weight: 6, arbitrary: clean },
  fc.boolean(),
  fc.integer({ min: -5, max: 70_000 }),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  fc.double().map(values.real64),
  fc.constant(null),
  fc.uint8Array({ maxLength: 20 }),
  fc.array(clean, { maxLength: 4 }),
  clean.filter((each) => /^[\x20-\x7e]*$/.test(each)).map(values.ansi),
  fc.uuid().map(values.guid),
  fc.constantFrom('S-1-5-18', 'S-1-5-21-1-2-3-1105').map(values.sid),
  fc.integer({ min: 0, max: 9 }).map(values.hex32),
  fc.integer({ min: 0, max: 9 }).map(values.hex64),
  fc.integer({ min: -9, max: 9 }).map(values.int64),
  fc.constantFrom(new Date('2026-11-20T01:14:00Z'), new Date(0)).map(values.sysTime),
  fc.date({ min: new Date('1990-01-01'), max: new Date('2030-01-01'), noInvalidDate: true }),
  fc
    .array(fc.integer({ min: 0, max: 300 }), { minLength: 1, maxLength: 3 })
    .map((list) => values.array(list.map(values.uint16))),
);

const event: fc.Arbitrary<EventSpec> = fc.record({
  provider: fc.constantFrom('App', 'app', 'Microsoft-Windows-Security-Auditing'),
  eventId: fc.constantFrom(1, 2, 4624, 4688),
  channel: fc.constantFrom('Application', 'application', 'Security', ''),
  computer: fc.constantFrom('DC01', 'PC07'),
  time: fc.constant(new Date('2026-11-20T01:14:00Z')),
  template: fc.boolean(),
  data: fc.oneof(
    { weight: 4, arbitrary: fc.dictionary(fc.constantFrom(...NAMES), value, { maxKeys: 6 }) },
    fc.array(value, { maxLength: 6 }),
  ),
});

const quoted = (one: string) => JSON.stringify(one.replaceAll(/[\\*?]/g, (c) => `\\${c}`));
const asked = clean.filter(
  (each) => each !== '' && !/[\ud800-\udfff\u007f-\u009f\ufeff\u2028\u2029\ufffe\uffff]/.test(each),
);
const field = fc.constantFrom(...NAMES, 'EventID', 'Channel', 'Computer', 'Provider_Name', 'Image');
const item = fc.oneof(
  fc
    .tuple(field, fc.constantFrom('', '|contains', '|startswith', '|endswith'), asked)
    .map(([name, how, one]) => `    ${name}${how}: ${quoted(one)}`),
  fc.tuple(field, fc.constantFrom(1, 2, 3, 4624, 4688)).map(([name, one]) => `    ${name}: ${one}`),
  field.map((name) => `    ${name}: null`),
  fc.tuple(field, fc.boolean()).map(([name, there]) => `    ${name}|exists: ${there}`),
  fc.tuple(field, field).map(([name, other]) => `    ${name}|fieldref: ${other}`),
);
const selection = fc.oneof(
  fc
    .uniqueArray(item, { minLength: 1, maxLength: 3, selector: (each) => each.split(':')[0] })
    .map((items) => items.join('\n')),
  fc
    .array(asked, { minLength: 1, maxLength: 3 })
    .map((words) => words.map((word) => `    - ${quoted(word)}`).join('\n')),
);
const source = fc.constantFrom(
  'product: windows',
  'product: windows\n  service: security',
  'product: windows\n  service: application',
  'product: windows\n  category: process_creation',
);
const condition = fc.constantFrom(
  'one',
  'one and two',
  'one or two',
  'one and not two',
  'not one',
  '1 of them',
  'all of them',
);
const ruleText = fc.tuple(source, selection, selection, condition);

const make = (texts: [string, string, string, string][]): Rule[] => {
  const { rules } = loadRules(
    texts.map(([where, one, two, how], index) => ({
      file: `${index}.yml`,
      text: `title: Rule ${index}\nid: 6a1f5f0e-2c43-4a52-8a0e-0f2a7a6f${String(index).padStart(4, '0')}\nlogsource:\n  ${where}\ndetection:\n  one:\n${one}\n  two:\n${two}\n  condition: ${how}\nlevel: low\n`,
    })),
  );
  return [...rules];
};

it('agrees with the plain evaluator on any log and any rules', async () => {
  let fast = 0;
  let held = 0;
  let rulesRun = 0;
  const runs = fc.asyncProperty(
    fc.array(event, { minLength: 1, maxLength: 25 }),
    fc.array(ruleText, { minLength: 1, maxLength: 12 }),
    fc.boolean(),
    async (events, texts, narrow) => {
      const rules = make(texts);
      const log = { name: 'made.evtx', bytes: writeEvtx(events) };
      const plain = await plainRun([log], rules);
      const run = await fastRun([log], rules, narrow ? { maxStates: 8, maxRemembered: 8 } : {});
      fast += run.fast;
      rulesRun += rules.length;
      held += [...plain.values()].flat().length;
      expect(run.records).toBe(events.length);
      expect(run.fired).toEqual(plain);
    },
  );
  await fc.assert(runs, { numRuns: Number(process.env.CHAPERONE_RUNS ?? 80) });
  expect(rulesRun).toBeGreaterThan(150);
  expect(fast).toBeGreaterThan(200);
  expect(held).toBeGreaterThan(100);
});
