import { describe, expect, it } from 'vitest';
import { createAttributor } from '../../src/detection/attribution/index.ts';
import type { Facts } from '../../src/registry/index.ts';
import { CLINIC, facts, logon, registryOf, security } from './facts.ts';

const attributor = createAttributor(registryOf(CLINIC));
const process = (path: string) =>
  facts('windows/Sysmon/1', 1007, 'Launch', {
    'actor.user.name': 'SYSTEM',
    'actor.user.domain': 'NT AUTHORITY',
    'process.file.path': path,
    'device.hostname': 'WS-7',
  });
const SCREENCONNECT = 'C:\\Program Files (x86)\\ScreenConnect Client (8f2a)\\ScreenConnect.ClientService.exe';

const table: [
  string,
  Facts,
  { provider?: string; account?: string; confidence?: string; signs?: string[]; conflict?: string },
][] = [
  [
    'a SID, whatever the name',
    logon('CLINIC\\renamed', { 'user.uid': 'S-1-5-21-1004336348-1177238915-682003330-1105' }),
    { provider: 'northgate', account: 'CLINIC\\svc-rmm', confidence: 'high' },
  ],
  ['DOMAIN\\name', logon('clinic\\NG-Anna'), { provider: 'northgate', account: 'CLINIC\\ng-anna', confidence: 'high' }],
  [
    'the DNS name of the same domain',
    logon('CLINIC.EXAMPLE\\ng-anna'),
    { provider: 'northgate', account: 'CLINIC\\ng-anna', confidence: 'high' },
  ],
  [
    'name@REALM as Kerberos writes it',
    logon('ng-anna@CLINIC.EXAMPLE'),
    { provider: 'northgate', account: 'CLINIC\\ng-anna', confidence: 'high' },
  ],
  [
    'a sign-in name',
    logon('Anna.Berg@clinic.example'),
    { provider: 'northgate', account: 'CLINIC\\ng-anna', confidence: 'high' },
  ],
  ['a name without a domain', logon('ng-anna'), { provider: 'northgate', confidence: 'medium' }],
  ['the same name in a foreign domain', logon('CONTOSO\\ng-anna'), {}],
  [
    'a local account of that name, declared without a domain',
    logon('WS-7\\support'),
    { provider: 'northgate', confidence: 'low' },
  ],
  [
    'a name that two domains have',
    logon('dup', { 'device.hostname': 'SRV' }),
    { provider: 'westdata', confidence: 'low' },
  ],
  ['a pattern', logon('CLINIC\\ngx-17'), { provider: 'northgate', account: 'CLINIC\\ngx-*', confidence: 'medium' }],
  [
    'an application id',
    facts('entra-signin/x', 3002, 'Logon', { 'actor.app_uid': '11111111-2222-3333-4444-555555555555' }),
    { provider: 'northgate', confidence: 'high' },
  ],
  [
    'a session of a role',
    facts('cloudtrail/x', 6003, 'GetObject', {
      'actor.user.uid': 'arn:aws:sts::111122223333:assumed-role/NorthgateSupport/anna',
    }),
    { provider: 'northgate', account: 'arn:aws:iam::111122223333:role/NorthgateSupport', confidence: 'high' },
  ],
  [
    'the provider’s AWS account',
    facts('cloudtrail/x', 6003, 'GetObject', { 'cloud.account.uid': '444455556666', 'actor.user.name': 'x' }),
    { provider: 'northgate', signs: ['tenant'], confidence: 'high' },
  ],
  [
    'the provider’s home tenant',
    facts('entra-signin/x', 3002, 'Logon', {
      'user.name': 'someone@northgate.example',
      'cloud.home_tenant.uid': 'AAAAAAAA-2222-3333-4444-555555555555',
    }),
    { provider: 'northgate', signs: ['tenant'] },
  ],
  [
    'the network',
    logon('CLINIC\\stranger', { 'src_endpoint.ip': '198.51.100.9' }),
    { provider: 'northgate', signs: ['network'], confidence: 'medium', account: 'CLINIC\\stranger' },
  ],
  [
    'the network in an address of v6 form',
    logon('CLINIC\\stranger', { 'src_endpoint.ip': '::ffff:198.51.100.9' }),
    { provider: 'northgate', signs: ['network'] },
  ],
  [
    'the VPN’s pool',
    logon('CLINIC\\stranger', { 'src_endpoint.ip': '10.20.99.4' }),
    { provider: 'northgate', signs: ['link'] },
  ],
  [
    'the workstation’s name',
    logon('CLINIC\\stranger', { 'src_endpoint.hostname': 'ng-ws12' }),
    { provider: 'northgate', signs: ['host'], confidence: 'low' },
  ],
  [
    'account and network that agree',
    logon('ng-anna', { 'src_endpoint.ip': '198.51.100.9' }),
    { provider: 'northgate', signs: ['account', 'network'], confidence: 'high' },
  ],
  [
    'account of one, network of another',
    logon('CLINIC\\ng-anna', { 'src_endpoint.ip': '203.0.113.5' }),
    { provider: 'northgate', conflict: 'westdata', confidence: 'medium' },
  ],
  [
    'a tool that one provider has',
    process(SCREENCONNECT),
    { provider: 'northgate', signs: ['tool'], confidence: 'low' },
  ],
  [
    'the provider’s own instance',
    facts('windows/System/Service Control Manager/7045', 201004, 'Create', {
      'service.name': 'ScreenConnect Client (8f2a)',
      'service.cmd_line': `"${SCREENCONNECT}" "?e=Access&h=relay.northgate.example&p=443"`,
    }),
    { provider: 'northgate', signs: ['instance'], confidence: 'medium' },
  ],
  [
    'a look-up of the instance',
    facts('windows/Sysmon/22', 4003, 'Query', { 'dns.query': 'northgate.screenconnect.com.' }),
    { provider: 'northgate', signs: ['instance'] },
  ],
  [
    'a name that only ends like the instance',
    facts('windows/Sysmon/22', 4003, 'Query', { 'dns.query': 'evilnorthgate.screenconnect.com' }),
    { provider: 'northgate', signs: ['tool'] },
  ],
  ['nobody', logon('CLINIC\\doctor', { 'src_endpoint.ip': '10.20.1.5' }), { account: 'CLINIC\\doctor' }],
  ['Windows itself', logon('NT AUTHORITY\\SYSTEM'), {}],
  ['the machine', logon('CLINIC\\DC01$'), {}],
];

describe('attribute', () => {
  it.each(table)('%s', (_, what, expected) => {
    const found = attributor.attribute(what);
    expect(found.provider).toBe(expected.provider);
    expect(found).toMatchObject(expected);
    if (expected.provider !== undefined) expect(found.by.length).toBeGreaterThan(0);
  });

  it('names neither of two providers when a bare name fits both', () => {
    const torn = createAttributor(
      registryOf(
        'organization: {name: X, zone: UTC}\nproviders:\n  - {name: A, slug: a, accounts: [{name: D1\\adm}], terms: [{id: x, when: {days: mon}}]}\n  - {name: B, slug: b, accounts: [{name: D2\\adm}], terms: [{id: x, when: {days: mon}}]}\n',
      ),
    );
    const found = torn.attribute(logon('adm'));
    expect(found.provider).toBeUndefined();
    expect(found.by.join()).toContain('D1\\adm (A) and D2\\adm (B)');
    expect(torn.attribute(logon('D2\\adm')).provider).toBe('b');
  });

  it('takes a name without a domain for one of the host’s domain', () => {
    const two = createAttributor(
      registryOf(
        "organization: {name: X, zone: UTC, domains: [{netbios: A, dns: a.example}, {netbios: B, dns: b.example}]}\nproviders:\n  - {name: P, slug: p, accounts: [{name: 'A\\adm'}, {name: loose}], terms: [{id: x, when: {days: mon}}]}\n",
      ),
    );
    const at = (user: string, host: string) => two.attribute(logon(user, { 'device.hostname': host })).provider;
    expect([
      at('adm', 'dc.a.example'),
      at('adm', 'dc.b.example'),
      at('adm', 'SRV'),
      at('loose', 'dc.b.example'),
    ]).toEqual(['p', undefined, 'p', 'p']);
  });

  it('takes the actor of a change, never the account that is changed', () => {
    const change = security(4724, 3001, 'Password Reset', {
      'actor.user.name': 'admin',
      'actor.user.domain': 'CLINIC',
      'user.name': 'ng-anna',
      'user.domain': 'CLINIC',
    });
    expect(attributor.attribute(change)).toMatchObject({ account: 'CLINIC\\admin' });
    expect(attributor.attribute(change).provider).toBeUndefined();
    const bySystem = security(4720, 3001, 'Create', {
      'actor.user.name': 'DC01$',
      'user.name': 'ng-anna',
      'user.domain': 'CLINIC',
    });
    expect(attributor.attribute(bySystem).provider).toBeUndefined();
  });

  it('says host, account and well-known tools without a registry', () => {
    const plain = createAttributor(undefined);
    expect(plain.attribute(logon('CLINIC\\x', { 'src_endpoint.ip': '198.51.100.1' }))).toMatchObject({
      account: 'CLINIC\\x',
      host: 'DC01.clinic.example',
      src_ip: '198.51.100.1',
      confidence: 'low',
    });
    expect(plain.attribute(process('C:\\Program Files (x86)\\AnyDesk\\AnyDesk.exe'))).toMatchObject({
      tool: 'AnyDesk',
    });
    expect(plain.attribute(process('C:\\Windows\\System32\\dwm.exe')).tool).toBeUndefined();
  });

  it('knows which values are worth keeping', () => {
    expect(attributor.knows('process.file.path', SCREENCONNECT)).toBe(true);
    expect(attributor.knows('dns.query', 'x.anydesk.com')).toBe(true);
    for (const name of [
      'svchost.exe',
      'explorer.exe',
      'mstsc.exe',
      'rundll32.exe',
      'chrome.exe',
      'Teams.exe',
      'setup.exe',
      'dwm.exe',
    ])
      expect(attributor.knows('process.file.path', `C:\\Windows\\System32\\${name}`), name).toBe(false);
    for (const name of ['www.google.com', 'login.microsoftonline.com', 'example.com', ''])
      expect(attributor.knows('dns.query', name), name).toBe(false);
  });
});
