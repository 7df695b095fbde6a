import { createHash, randomBytes } from 'node:crypto';
import { loadRules } from '@chaperone/sigma';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  LiveEngine,
  type LiveSetup,
  type MaskRule,
  maskWith,
  packIndicators,
  sealWith,
} from '../../../src/detection/index.ts';

const key = randomBytes(32);
const mask = maskWith(key);
const seal = sealWith(key);
const RULE = `title: Seen
id: 6f0c4c1e-4444-4111-8111-111111111111
logsource: { product: windows, service: security }
detection: { s: { EventID: 4624 }, condition: s }
level: low
`;
const setup: LiveSetup = {
  organization: '6f0c4c1e-5555-4111-8111-111111111111',
  slug: 'ward',
  zone: 'UTC',
  rules: loadRules([{ file: 'rule', text: RULE }]),
  registry: undefined,
  indicators: packIndicators([]),
  exceptions: [],
  lateness: 0,
};
const engine = new LiveEngine(setup, mask, seal);

/** Forms of record, each with the field that is masked and a value of it; `also` stands elsewhere in the record. */
const forms = {
  winlogbeat: (value: string, also: string) =>
    JSON.stringify({
      '@timestamp': '2026-11-20T10:00:00Z',
      message: `An account was logged on: ${also}`,
      winlog: {
        channel: 'Security',
        provider_name: 'Microsoft-Windows-Security-Auditing',
        event_id: 4624,
        computer_name: 'DC01',
        event_data: { TargetUserName: value, LogonType: '3', [also]: also, List: [also, { deep: `<${also}>` }] },
      },
    }),
  escaped: (value: string, also: string) => forms.winlogbeat(value, also).replace(/[a-z]/g, escapedLetter),
  xml: (value: string, also: string) =>
    `<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><System><Provider Name="Microsoft-Windows-Security-Auditing"/><EventID>4624</EventID><Channel>Security</Channel><Computer>DC01</Computer><TimeCreated SystemTime="2026-11-20T10:00:00Z"/></System><EventData><Data Name="TargetUserName">${xml(value)}</Data><Data Name="Other">${xml(also)}</Data></EventData></Event>`,
  cef: (value: string, also: string) =>
    `CEF:0|Vendor|Product|1|100|Logon|3|TargetUserName=${cef(value)} msg=${cef(also)} src=198.51.100.4`,
  pairs: (value: string, also: string) =>
    `date=2026-11-20 time=10:00:00 devname="fw01" logid="0100032001" type="event" subtype="system" level="information" TargetUserName="${value.replaceAll('"', '')}" msg="${also.replaceAll('"', '')}"`,
} as const;

function escapedLetter(letter: string, at: number): string {
  return at % 7 === 0 ? `\\u00${letter.charCodeAt(0).toString(16)}` : letter;
}
function xml(text: string): string {
  return text.replace(/[&<>]/g, (char) => `&#${char.charCodeAt(0)};`);
}
function cef(text: string): string {
  return text.replace(/[\\=]/g, '\\$&');
}

// Long enough to be nobody else's word, of letters that need escapes as well.
const secret = fc
  .string({ unit: fc.constantFrom(...'aBcÄß&<"\'\\/=$.*+?(|[^{ ü日𝄞7'), minLength: 1, maxLength: 12 })
  .map((text) => `Q${text.trim()}z9`);

const judge = (
  texts: readonly string[],
  how: 'mask' | 'drop',
  masking: readonly MaskRule[] = [{ field: 'TargetUserName', how }],
) =>
  engine.judge({
    source: {
      id: '6f0c4c1e-6666-4111-8111-111111111111',
      name: 'ward',
      zone: 'UTC',
      format: undefined,
      masking,
    },
    texts,
    received: 1_000_000,
    salts: texts.map(String),
  });

test('a masked value is in no row, no finding and no problem, whatever the form and wherever it stands', () => {
  const seen = new Map<string, number>();
  fc.assert(
    fc.property(
      fc.constantFrom(...(Object.keys(forms) as (keyof typeof forms)[])),
      secret,
      fc.constantFrom<'mask' | 'drop'>('mask', 'drop'),
      (form, value, how) => {
        const judged = judge([forms[form](value, value)], how);
        const row = Buffer.from(judged.rows.bytes).toString('utf8');
        const told = JSON.stringify([judged.findings, judged.misread]);
        for (const one of new Set([value, xml(value), cef(value), JSON.stringify(value).slice(1, -1)])) {
          expect(row.includes(one), `${form} row: ${one}`).toBe(false);
          expect(told.includes(JSON.stringify(one).slice(1, -1)), `${form} told: ${one}`).toBe(false);
        }
        const sealed = row.includes('sealed:');
        seen.set(
          `${form} ${sealed ? 'sealed' : 'masked'}`,
          (seen.get(`${form} ${sealed ? 'sealed' : 'masked'}`) ?? 0) + 1,
        );
        // Where the form has escapes of its own, its decoder says what the value is.
        if (how === 'mask' && !sealed && !/[\\"]/.test(value)) expect(row.includes(mask(value)), form).toBe(true);
      },
    ),
    { numRuns: 2_000 },
  );
  // The usual forms are masked and not sealed.
  for (const form of ['winlogbeat', 'escaped', 'xml']) expect(seen.get(`${form} masked`) ?? 0).toBeGreaterThan(100);
  expect(seen.get('winlogbeat sealed') ?? 0).toBe(0);
});

test('equal stays equal and different stays different, whatever else stands in the record', () => {
  fc.assert(
    fc.property(secret, secret, fc.string(), (one, other, more) => {
      const rows = (value: string, also: string) =>
        Buffer.from(judge([forms.winlogbeat(value, also)], 'mask').rows.bytes).toString('utf8');
      expect(rows(one, more)).toContain(mask(one));
      expect(rows(one, other)).toContain(mask(one));
      expect(mask(one) === mask(other)).toBe(one === other);
    }),
    { numRuns: 500 },
  );
});

test('values that stand inside each other, or inside the mask, are masked by themselves', () => {
  for (const value of ['masked', 'ask', 'sealed:', 'mask', 'ed:'])
    for (const also of ['masked', `x${value}x`]) {
      const row = Buffer.from(judge([forms.winlogbeat(value, also)], 'mask').rows.bytes).toString('utf8');
      expect(row).toContain(mask(value));
      expect(row.includes(`x${value}x`)).toBe(false);
    }
});

test('an event’s id says nothing of what was masked to who has no key', () => {
  const text = forms.winlogbeat('Erika Mustermann', '');
  const plain = createHash('sha256').update(`6f0c4c1e-6666-4111-8111-111111111111\0${text}\0${text}`).digest();
  // The store's UUID is two numbers, each from its end; the version stands in the first one.
  const begins = (bytes: Uint8Array) => Buffer.from(bytes.subarray(2, 8)).reverse().toString('hex');
  const open = judge([text], 'mask', []).rows.bytes;
  expect(begins(open)).toBe(plain.subarray(0, 6).toString('hex'));
  expect(begins(judge([text], 'mask').rows.bytes)).not.toBe(plain.subarray(0, 6).toString('hex'));
});
