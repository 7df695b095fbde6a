import { describe, expect, it } from 'vitest';
import { detectChange } from '../../src/detection/change/index.ts';
import { CLINIC, facts, logon, registryOf, Scene, security } from './facts.ts';

const clinic = (extra = '') => new Scene(registryOf(CLINIC + extra));
const changes = (scene: Scene) => detectChange(scene.registry, scene.activities).findings;
const T = '2026-03-03T09:00:00Z';

describe('an account that nobody declared', () => {
  it.each([
    [
      'comes from the provider’s network',
      logon('CLINIC\\helper', { 'src_endpoint.ip': '198.51.100.9' }),
      'medium',
      'lies in Northgate IT’s network',
    ],
    [
      'comes through the VPN’s pool',
      logon('CLINIC\\helper', { 'src_endpoint.ip': '10.20.99.9' }),
      'medium',
      'through the link ng-vpn',
    ],
    ['is called like the provider', logon('CLINIC\\adm_northgate2'), 'medium', 'its name holds "northgate"'],
    ['is named in the series of declared accounts', logon('CLINIC\\ng-carl'), 'medium', 'begins with "ng-"'],
    [
      'signs in from the provider’s tenant',
      facts('entra-signin/x', 3002, 'Logon', {
        'user.name': 'q@northgate.example',
        'cloud.home_tenant.uid': 'aaaaaaaa-2222-3333-4444-555555555555',
        'auth.type': 'serviceProvider',
      }),
      'high',
      'home tenant',
    ],
    [
      'is a guest of the provider’s domain',
      facts('entra-signin/x', 3002, 'Logon', { 'user.name': 'q_northgate.example#EXT#@clinic.onmicrosoft.com' }),
      'medium',
      'northgate',
    ],
    ['is named as outsiders’ accounts are', logon('CLINIC\\ext-support'), 'low', 'outsiders'],
  ])('%s', (_, what, level, words) => {
    const found = changes(clinic().event(what, T));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ detector: 'change', level, rule: { id: 'check/undeclared-account' } });
    expect(found[0]!.why).toContain(words);
    if (level !== 'low') expect(found[0]!.provider).toBe('northgate');
  });

  it('was made by a provider’s account and then used from its workstation', () => {
    const found = changes(
      clinic()
        .event(logon('CLINIC\\ng-anna', { 'src_endpoint.hostname': 'LAPTOP-4', 'src_endpoint.ip': '10.20.99.7' }), T)
        .event(
          security(4720, 3001, 'Create', {
            'actor.user.name': 'ng-anna',
            'actor.user.domain': 'CLINIC',
            'user.name': 'backup2',
            'user.domain': 'CLINIC',
          }),
          T,
        )
        .event(
          logon('CLINIC\\backup2', { 'src_endpoint.hostname': 'LAPTOP-4', 'src_endpoint.ip': '10.20.5.5' }),
          '2026-03-03T09:30:00Z',
        ),
    );
    expect(found.map((finding) => [finding.rule.id, finding.level, finding.account])).toEqual([
      ['check/made-by-provider', 'medium', 'CLINIC\\ng-anna'],
      ['check/undeclared-account', 'high', 'CLINIC\\backup2'],
    ]);
    expect(found[0]!.why).toContain('CLINIC\\ng-anna (Anna Berg of Northgate IT) created the account CLINIC\\backup2');
    expect(found[1]!.why).toContain('it was created by CLINIC\\ng-anna of Northgate IT; it came from laptop-4');
  });

  it('is said once, with all its hosts and its time', () => {
    const scene = clinic();
    for (const host of ['A', 'B', 'C'])
      scene.event(logon('CLINIC\\helper', { 'src_endpoint.ip': '198.51.100.9', 'device.hostname': host }), T);
    scene.event(
      logon('clinic.example\\Helper', { 'src_endpoint.ip': '198.51.100.10', 'device.hostname': 'D' }),
      '2026-03-05T09:00:00Z',
    );
    const found = changes(scene);
    expect(found).toHaveLength(1);
    expect(found[0]!.why).toContain('on A, B, C and D from 10:00 on 2026-03-03 to 10:00 on 2026-03-05 (4 events)');
  });

  it.each([
    ['an own user', logon('CLINIC\\doctor', { 'src_endpoint.ip': '10.20.3.4' })],
    ['a declared account', logon('CLINIC\\ng-anna', { 'src_endpoint.ip': '198.51.100.9' })],
    ['a refused attempt', logon('CLINIC\\northgate-x', { 'src_endpoint.ip': '198.51.100.9' }, 'failure')],
    ['a machine', logon('CLINIC\\NORTHGATE-PC$')],
    ['a name that only holds the letters', logon('CLINIC\\text-editor')],
    ['somebody at a shared host', logon('CLINIC\\doctor', { 'src_endpoint.hostname': 'TS01' })],
  ])('isn’t %s', (_, what) => {
    const scene = clinic();
    for (const user of ['ng-anna', 'n1', 'n2', 'n3', 'n4'])
      scene.event(logon(`CLINIC\\${user}`, { 'src_endpoint.hostname': 'TS01', 'src_endpoint.ip': '10.20.8.8' }), T);
    expect(changes(scene.event(what, T)).map((finding) => finding.why)).toEqual([]);
  });
});

describe('a tool that nobody declared', () => {
  const launch = (path: string, host: string) =>
    facts('windows/Sysmon/1', 1007, 'Launch', {
      'actor.user.name': 'SYSTEM',
      'process.file.path': path,
      'device.hostname': host,
    });

  it('is found on each host, also beside an agreed one', () => {
    const found = changes(
      clinic()
        .event(launch('C:\\Program Files (x86)\\ScreenConnect Client (1)\\ScreenConnect.ClientService.exe', 'WS-1'), T)
        .event(launch('C:\\Users\\x\\Downloads\\AnyDesk.exe', 'WS-1'), T)
        .event(launch('C:\\Users\\x\\Downloads\\AnyDesk.exe', 'WS-2'), T),
    );
    expect(found.map((finding) => [finding.rule.id, finding.host])).toEqual([
      ['check/undeclared-tool', 'WS-1'],
      ['check/undeclared-tool', 'WS-2'],
    ]);
    expect(found[0]!.why).toContain('AnyDesk, a remote-management tool, was seen on WS-1');
  });

  it('becomes one finding when it is everywhere', () => {
    const scene = clinic();
    for (let n = 0; n < 60; n++) scene.event(launch('C:\\AnyDesk.exe', `WS-${n}`), T);
    expect(changes(scene)).toHaveLength(1);
  });

  it('is an agreed one that obeys another server', () => {
    const service = (server: string) =>
      facts('windows/System/Service Control Manager/7045', 201004, 'Create', {
        'service.name': 'ScreenConnect Client (1)',
        'service.cmd_line': `"C:\\Program Files (x86)\\ScreenConnect Client (1)\\ScreenConnect.ClientService.exe" "?e=Access&y=Guest&h=${server}&p=443"`,
        'device.hostname': 'WS-1',
      });
    expect(changes(clinic().event(service('relay.northgate.example'), T))).toEqual([]);
    const found = changes(clinic().event(service('relay.evil.example'), T));
    expect(found).toMatchObject([{ rule: { id: 'check/other-instance' }, level: 'high' }]);
    expect(found[0]!.why).toContain('names relay.evil.example');
    const asked = changes(
      clinic().event(
        facts('windows/Sysmon/22', 4003, 'Query', {
          'dns.query': 'other.screenconnect.com',
          'device.hostname': 'WS-1',
        }),
        T,
      ),
    );
    expect(asked).toMatchObject([{ rule: { id: 'check/other-instance' }, level: 'low' }]);
    expect(
      changes(
        clinic().event(
          facts('windows/Sysmon/22', 4003, 'Query', {
            'dns.query': 'www.screenconnect.com',
            'device.hostname': 'WS-1',
          }),
          T,
        ),
      ),
    ).toEqual([]);
  });

  it('is held back by an exception with an end', () => {
    const scene = clinic(
      'exceptions: [{ term: undeclared-tool, host: WS-1, owner: IT, reason: test, end: 2026-12-31 }]\n',
    );
    scene.event(launch('C:\\AnyDesk.exe', 'WS-1.clinic.example'), T).event(launch('C:\\AnyDesk.exe', 'WS-2'), T);
    const { findings, heldBack } = detectChange(scene.registry, scene.activities);
    expect(findings.map((finding) => finding.host)).toEqual(['WS-2']);
    expect(heldBack).toMatchObject([{ count: 1 }]);
  });
});
