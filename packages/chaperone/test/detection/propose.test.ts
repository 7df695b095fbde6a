import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAttributor } from '../../src/detection/attribution/index.ts';
import { propose } from '../../src/detection/propose/index.ts';
import { type Activity, type Facts, loadRegistry } from '../../src/registry/index.ts';
import { facts, logon, vpn } from './facts.ts';

const attributor = createAttributor(undefined);
const seen = (what: Facts, times: readonly string[] = ['2026-03-03T09:00:00Z']): Activity => {
  const all = times.map((time) => Date.parse(time) * 1000);
  return {
    facts: what,
    attribution: attributor.attribute(what),
    count: all.length,
    first: Math.min(...all),
    last: Math.max(...all),
    place: { file: 'x', record: 1 },
    days: new Set(all.map((time) => Math.floor(time / 86_400_000_000))),
    hours: all.reduce((bits, time) => bits | (1 << new Date(time / 1000).getUTCHours()), 0),
  };
};

const WEEK = ['2026-03-02T07:10:00Z', '2026-03-03T12:00:00Z', '2026-03-06T16:30:00Z'];

describe('propose', () => {
  it('writes what was seen, each line with what it was seen by, and it loads', () => {
    const text = propose([
      seen(logon('CLINIC\\msp-anna', { 'src_endpoint.ip': '93.184.216.7' }), WEEK),
      seen(vpn('Open', 'msp-anna', { 'src_endpoint.ip': '93.184.216.7' }), WEEK),
      seen(
        facts('entra-signin/x', 3002, 'Logon', {
          'user.name': 'tom_northgate.example#EXT#@clinic.onmicrosoft.com',
          'src_endpoint.ip': '93.184.216.8',
        }),
      ),
      seen(
        facts('cloudtrail/AssumeRole', 6003, 'AssumeRole', {
          'actor.user.uid': 'arn:aws:sts::444455556666:assumed-role/Support/x',
          'actor.user.name': 'arn:aws:sts::444455556666:assumed-role/Support/x',
          'cloud.account.uid': '111122223333',
        }),
      ),
      seen(
        facts('windows/System/Service Control Manager/7045', 201004, 'Create', {
          'service.cmd_line':
            '"C:\\Program Files (x86)\\ScreenConnect Client (1)\\ScreenConnect.ClientService.exe" "?e=Access&h=ng.screenconnect.com&p=443"',
          'device.hostname': 'WS-1',
        }),
      ),
      seen(logon('CLINIC\\doctor', { 'src_endpoint.ip': '10.20.3.4' }), WEEK),
    ])!;
    expect(text).toContain(
      '- { name: "CLINIC\\\\msp-anna" } # logged on from the internet; named as outsiders’ accounts are; 3 events from 2026-03-02 to 2026-03-06',
    );
    expect(text).toContain('hours: "07:00-17:00"');
    expect(text).toContain('days: [mon, tue, fri]');
    expect(text).not.toContain('doctor');
    const { registry, problems } = loadRegistry(text, 'proposed.yaml');
    expect(problems.filter((problem) => problem.severity === 'error')).toEqual([]);
    expect(registry!.providers.map((provider) => provider.slug).sort()).toEqual([
      'aws-account-444455556666',
      'northgate-example',
      'unknown-provider',
    ]);
    expect(registry!.organization.domains.all).toContain('clinic');
    expect(registry!.providers.flatMap((provider) => provider.tools.map((tool) => tool.declared.instance))).toEqual([
      'ng.screenconnect.com',
    ]);
    // What was proposed recognises what it was proposed from.
    expect(
      createAttributor(registry).attribute(logon('CLINIC\\msp-anna', { 'src_endpoint.ip': '93.184.216.7' })),
    ).toMatchObject({ provider: 'unknown-provider', confidence: 'high' });
  });

  it('tells hours and days by the clock of the zone that it is given, and writes the zone', () => {
    const at = (zone: string | undefined, times: readonly string[]) =>
      propose(
        [seen(logon('CLINIC\\msp-anna', { 'src_endpoint.ip': '93.184.216.7' }), times)],
        zone === undefined ? {} : { zone },
      )!;
    const berlin = at('Europe/Berlin', WEEK);
    expect(berlin).toContain('zone: "Europe/Berlin"');
    expect(berlin).toContain('hours: "08:00-18:00"');
    expect(loadRegistry(berlin, 'proposed.yaml').problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    // In summer Berlin is two hours ahead; in Auckland it is already the next day; Kathmandu is 5:45 ahead.
    expect(at('Europe/Berlin', ['2026-07-06T07:10:00Z'])).toContain('hours: "09:00-10:00"');
    expect(at('Pacific/Auckland', ['2026-07-06T21:10:00Z'])).toContain('days: [tue], hours: "09:00-10:00"');
    expect(at('Asia/Kathmandu', ['2026-07-06T07:10:00Z'])).toContain('hours: "12:00-14:00"');
    expect(at(undefined, WEEK)).toContain('zone: UTC # write your zone');
  });

  it('is null where nothing looks like an outsider’s', () => {
    expect(
      propose([seen(logon('CLINIC\\doctor', { 'src_endpoint.ip': '10.20.3.4' })), seen(logon('NT AUTHORITY\\SYSTEM'))]),
    ).toBeNull();
    expect(propose([])).toBeNull();
  });

  it('loads without errors, whatever stands in the logs', () => {
    const nasty = fc.oneof(
      fc.string({ maxLength: 30 }),
      fc.string({ unit: 'binary', maxLength: 12 }),
      fc.constantFrom(
        'a*b',
        'x\ny: z',
        '"',
        '\\',
        '# no',
        "' }",
        '\u2028',
        '\u0085evil: 1',
        'msp-*',
        'DOM\\msp-a',
        'dom.example\\msp-a',
        'msp-a@dom.example',
        '.',
        '@',
        'arn:aws:iam::1:role/x',
        'S-1-5-21-1-2-3-4',
        'x'.repeat(1200),
        '{}',
        '- a',
        '*alias',
        '&a',
        '!!js',
        '\ufeff',
      ),
    );
    const address = fc.oneof(fc.ipV4(), fc.ipV6(), nasty);
    const event = fc.record({
      user: nasty,
      domain: fc.option(nasty, { nil: undefined }),
      ip: fc.option(address, { nil: undefined }),
      host: nasty,
      path: nasty,
      tenant: fc.option(fc.constantFrom('aaaaaaaa-2222-3333-4444-555555555555', 'x'), { nil: undefined }),
      uid: fc.constantFrom(3002, 4014, 6003, 1007, 201004),
    });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 8 }), (events) => {
        const text = propose(
          events.map(({ user, domain, ip, host, path, tenant, uid }) =>
            seen(
              facts('windows/Security/x/4624', uid, 'Logon', {
                'user.name': user,
                'actor.user.name': `msp-${user}`,
                ...(domain === undefined ? {} : { 'user.domain': domain }),
                ...(ip === undefined ? {} : { 'src_endpoint.ip': ip }),
                'device.hostname': host,
                'service.cmd_line': `AnyDesk.exe h=${path}`,
                ...(tenant === undefined ? {} : { 'cloud.home_tenant.uid': tenant, 'cloud.account.uid': host }),
              }),
            ),
          ),
        );
        if (text === null) return;
        const { registry, problems } = loadRegistry(text, 'proposed.yaml');
        expect(
          problems.filter((problem) => problem.severity === 'error'),
          text,
        ).toEqual([]);
        expect(registry).toBeDefined();
      }),
      { numRuns: 150 },
    );
  });
});
