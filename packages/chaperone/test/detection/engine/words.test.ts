import { explain, loadRules, objectAccess } from '@chaperone/sigma';
import { describe, expect, it } from 'vitest';
import { Chains } from '../../../src/detection/engine/chains.ts';
import { kindOf } from '../../../src/detection/engine/coverage.ts';
import { reasons } from '../../../src/detection/engine/reasons.ts';
import { rfc3339 } from '../../../src/detection/engine/rfc3339.ts';
import { saySpan, sayWhen } from '../../../src/detection/engine/say-when.ts';
import { Teller } from '../../../src/detection/engine/teller.ts';
import { verdictOf } from '../../../src/detection/engine/verdict.ts';
import { findZone } from '../../../src/registry/index.ts';
import { logon, registryOf, vpn } from '../facts.ts';

const berlin = findZone('Europe/Berlin')!;
const at = (text: string) => Date.parse(text) * 1000;

function why(detection: string, event: Record<string, unknown>): string {
  const { rules, refused } = loadRules([
    {
      file: 'test.yml',
      text: `title: Test\nid: 6a1f5f0e-2c43-4a52-8a0e-0f2a7a6f3c11\nlogsource: {product: windows}\ndetection:\n${detection}\nlevel: low\n`,
    },
  ]);
  if (refused.length > 0) throw new Error(refused[0].message);
  return reasons(explain(rules[0], objectAccess(event)));
}

describe('why a rule holds', () => {
  const launch = { Image: 'C:\\t\\rar.exe', CommandLine: 'rar a -hpK n.rar', EventID: 1, User: 'eve' };
  it.each([
    [
      'the value itself, where just that is asked',
      '  s: {User: EVE, EventID: 1}\n  condition: s',
      'User is `eve`; EventID is `1`',
    ],
    [
      'what was found in it',
      "  s: {CommandLine|contains: ' -hp'}\n  condition: s",
      'CommandLine is `rar a -hpK n.rar`, which contains ` -hp`',
    ],
    [
      'several things of one field together',
      "  s: {CommandLine|contains|all: [' -hp', 'n.rar'], Image|endswith: '\\rar.exe'}\n  condition: s",
      'CommandLine is `rar a -hpK n.rar`, which contains ` -hp` and contains `n.rar`; Image is `C:\\t\\rar.exe`, which ends with `\\rar.exe`',
    ],
    ['of two ways the one that holds', '  a: {User: bob}\n  b: {User: eve}\n  condition: 1 of *', 'User is `eve`'],
    [
      'what would have let it pass',
      '  s: {User: eve}\n  filter_own: {Image: x}\n  condition: s and not 1 of filter_*',
      'User is `eve`; none of its exceptions (`filter_*`) applies',
    ],
    ['keywords', '  s: [hpK]\n  condition: s', 'a value of the event is `rar a -hpK n.rar`, which contains `hpK`'],
    ['absence', '  s: {Hash: null}\n  condition: s', 'Hash is absent or null'],
  ])('says %s', (_, detection, expected) => {
    expect(why(detection, launch)).toBe(expected);
  });

  it('is one inert line, however long and hostile the value', () => {
    const said = why('  s: {CommandLine|contains: needle}\n  condition: s', {
      CommandLine: `${'a\r\n'.repeat(500)}\u001b[2J\u202eneedle${'\u0000'.repeat(500)}`,
    });
    expect(said).toContain('needle');
    expect(said).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(said.length).toBeLessThan(400);
  });
});

describe('who, where and when', () => {
  const registry = registryOf(`organization: { name: Clinic, zone: Europe/Berlin }
providers:
  - name: Northgate IT
    people: [{ name: Anna Berg }]
    accounts: [{ name: 'CLINIC\\ng-anna', person: Anna Berg }]
`);
  const teller = new Teller(registry, 'Europe/Berlin');
  const attribution = { confidence: 'high', by: [] } as const;

  it.each([
    [
      { account: 'CLINIC\\ng-anna', provider: 'northgate-it', person: 'Anna Berg', declared: 0 },
      'CLINIC\\ng-anna (Anna Berg of Northgate IT)',
    ],
    [{ account: 'CLINIC\\svc', provider: 'northgate-it', declared: 0 }, 'CLINIC\\svc (Northgate IT)'],
    [{ account: 'CLINIC\\x', provider: 'northgate-it' }, 'CLINIC\\x (coming from Northgate IT)'],
    [{ account: 'CLINIC\\x' }, 'CLINIC\\x'],
    [{ provider: 'northgate-it' }, 'Somebody of Northgate IT'],
    [{}, 'Somebody (the event names no account)'],
    [{ account: 'a\u001b[31m\nb' }, 'a\ufffd[31m\ufffdb'],
  ])('%j', (who, expected) => {
    expect(teller.who(who)).toBe(expected);
  });

  it.each([
    [logon('CLINIC\\x'), 'CLINIC\\x logged on to DC01 from 198.51.100.4'],
    [logon('CLINIC\\x', {}, 'failure'), 'CLINIC\\x tried to log on to DC01 and failed from 198.51.100.4'],
    [vpn('Open', 'x'), 'CLINIC\\x opened a VPN session on DC01 from 198.51.100.4'],
    [vpn('Close', 'x'), 'CLINIC\\x closed a VPN session on DC01 from 198.51.100.4'],
  ])('says what was done (%#)', (facts, expected) => {
    const who = { ...attribution, account: 'CLINIC\\x', host: 'DC01', src_ip: '198.51.100.4' };
    expect(teller.did({ facts, attribution: who })).toBe(expected);
  });

  it('says times by the organisation’s clock, with the zone named, through the change of summer time', () => {
    expect(sayWhen(berlin, at('2026-11-04T01:14:05Z'))).toBe('at 02:14:05 on 2026-11-04 (Europe/Berlin)');
    expect(sayWhen(berlin, at('2026-07-31T22:30:00Z'))).toBe('at 00:30:00 on 2026-08-01 (Europe/Berlin)');
    expect(saySpan(berlin, at('2026-11-04T01:14:05Z'), at('2026-11-04T01:20:00Z'))).toBe(
      'between 02:14:05 and 02:20:00 on 2026-11-04 (Europe/Berlin)',
    );
    expect(saySpan(berlin, at('2026-11-04T22:00:00Z'), at('2026-11-05T01:20:00Z'))).toBe(
      'between 23:00:00 on 2026-11-04 and 02:20:00 on 2026-11-05 (Europe/Berlin)',
    );
    expect(saySpan(berlin, 0, 1)).toBe('at 01:00:00 on 1970-01-01 (Europe/Berlin)');
    expect(teller.when(Number.NaN)).toBe('at a time that the log does not state');
    expect(new Teller(undefined, 'Mars/Olympus').when(0)).toContain('(UTC)');
  });

  it.each([
    [0, '1970-01-01T00:00:00.000000Z'],
    [-1, '1969-12-31T23:59:59.999999Z'],
    [at('2026-11-04T01:14:05.123Z') + 456, '2026-11-04T01:14:05.123456Z'],
    [9.1e17, '30806-10-02T09:46:40.000000Z'],
    [-1e17, '0000-01-01T14:13:20.000000Z'],
  ])('%d µs is %s', (time, expected) => {
    expect(rfc3339(time)).toBe(expected);
  });
});

describe('the verdict', () => {
  const none = { informational: 0, low: 0, medium: 0, high: 0, critical: 0 };
  const facts = { chain: undefined, byLevel: none, level: 'medium', unread: false, records: 10 } as const;
  it.each([
    ['clean', facts],
    ['clean', { ...facts, byLevel: { ...none, low: 9 } }],
    ['attention', { ...facts, byLevel: { ...none, medium: 1 } }],
    ['suspicious', { ...facts, byLevel: { ...none, high: 1 } }],
    ['compromise_likely', { ...facts, byLevel: { ...none, critical: 1 } }],
    ['compromise_likely', { ...facts, chain: { name: 'eve', rules: 3, tactics: 2, provider: 'Northgate IT' } }],
    ['incomplete', { ...facts, unread: true }],
    ['incomplete', { ...facts, records: 0 }],
  ] as const)('%s (%#)', (state, given) => {
    expect(verdictOf(given).state).toBe(state);
  });

  it('takes several different high findings about one account over several tactics for an intrusion, and no fewer', () => {
    const rule = (id: string, level: 'high' | 'medium' = 'high') => ({ id, level });
    const chains = new Chains();
    chains.add(rule('a'), ['execution'], { account: 'eve', host: 'H1' });
    chains.add(rule('b'), ['execution'], { account: 'eve', host: 'H2', provider: 'north' });
    chains.add(rule('c', 'medium'), ['discovery'], { account: 'eve' });
    for (let i = 0; i < 9; i += 1) chains.add(rule('a'), ['execution'], { account: 'eve' });
    expect(chains.worst()).toBeUndefined();
    chains.add(rule('d'), ['execution'], { account: 'eve' });
    expect(chains.worst()).toBeUndefined();
    chains.add(rule('e'), ['exfiltration'], { account: 'eve' });
    expect(chains.worst()).toEqual({ name: 'eve', rules: 4, tactics: 2, provider: 'north' });
  });

  it.each([
    ['windows/Security/Microsoft-Windows-Security-Auditing/4624', 'windows/Security'],
    [
      'windows/Microsoft-Windows-Sysmon/Operational/Microsoft-Windows-Sysmon/1',
      'windows/Microsoft-Windows-Sysmon/Operational',
    ],
    ['windows/*/*/*', 'windows'],
    ['cisco-asa/302013', 'cisco-asa'],
    ['zeek/conn', 'zeek/conn'],
    ['access-log', 'access-log'],
  ])('the log of %s is %s', (key, log) => {
    expect(kindOf(key)).toBe(log);
  });
});
