import { describe, expect, it } from 'vitest';
import { detectChange } from '../../src/detection/change/index.ts';
import { isPrivileged } from '../../src/detection/change/made-by-provider.ts';
import { CLINIC, facts, logon, registryOf, Scene, security, vpn } from './facts.ts';

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

describe('an account that a provider’s account raised', () => {
  const by = { 'actor.user.name': 'ng-anna', 'actor.user.domain': 'CLINIC' } as const;
  const sid = 'S-1-5-21-1004336348-1177238915-682003330-1301';
  const made = security(4720, 3001, 'Create', {
    ...by,
    'user.name': 'healthmon',
    'user.domain': 'CLINIC',
    'user.uid': sid,
  });
  const put = (group: string, uid: string) =>
    security(4728, 3006, 'Add User', {
      ...by,
      'user.name': 'CN=healthmon,CN=Users,DC=clinic,DC=example',
      'user.uid': sid,
      'group.name': group,
      'group.uid': uid,
    });
  const admins = put('Domain Admins', 'S-1-5-21-1004336348-1177238915-682003330-512');

  it('is told once, by its name and group, and high where the group rules the domain', () => {
    const found = changes(clinic().event(made, T).event(admins, '2026-03-03T09:01:00Z'));
    expect(found).toMatchObject([{ rule: { id: 'check/made-by-provider' }, level: 'high' }]);
    expect(found[0]!.why).toContain(
      'created the account CLINIC\\healthmon at 10:00 on 2026-03-03 and put it into Domain Admins at 10:01.',
    );
  });

  it('is told of the group alone by whatever the event says of its name', () => {
    const [found] = changes(clinic().event(put('Scanner Users', 'S-1-5-21-1-2-3-1500'), T));
    expect(found).toMatchObject({ level: 'medium' });
    expect(found!.why).toContain('put clinic.example\\healthmon into Scanner Users');
  });

  it.each([
    ['a file', facts('windows/Microsoft-Windows-Sysmon/Operational/Microsoft-Windows-Sysmon/11', 1001, 'Create', by)],
    ['a task', security(4698, 1006, 'Create', by)],
    ['a group', security(4727, 3006, 'Create', { ...by, 'group.name': 'New' })],
    ['an account that the log doesn’t name', security(4720, 3001, 'Create', by)],
  ])('isn’t %s that it created', (_, what) => {
    expect(changes(clinic().event(what, T)).map(({ why }) => why)).toEqual([]);
  });

  it('knows rule by SID in any language, and by name in some', () => {
    expect(isPrivileged('Domänen-Admins', 'S-1-5-21-1-2-3-512')).toBe(true);
    expect(isPrivileged('Gruppe', 'S-1-5-32-544')).toBe(true);
    expect(isPrivileged('Administratoren', undefined)).toBe(true);
    expect(isPrivileged('Domain Users', 'S-1-5-21-1-2-3-513')).toBe(false);
    expect(isPrivileged(undefined, undefined)).toBe(false);
  });
});

describe('a bare name at the gateway', () => {
  const pool = { 'src_endpoint.ip': '192.0.2.9', 'src_endpoint.assigned_ip': '10.20.99.9' } as const;
  const inside = logon('CLINIC\\helper', { 'src_endpoint.ip': '10.20.99.9' });

  it('is the account of one’s own domain where only that has the name', () => {
    const found = changes(
      clinic()
        .event(vpn('Open', 'helper', pool), T)
        .event(inside, '2026-03-03T09:05:00Z'),
    );
    expect(found.map(({ account }) => account)).toEqual(['CLINIC\\helper']);
    expect(found[0]!.attribution).toContain('a gateway names helper without a domain');
  });

  it('stays itself where the name is known elsewhere, nowhere, or of a Linux host', () => {
    const alone = changes(clinic().event(vpn('Open', 'helper', pool), T));
    expect(alone.map(({ account }) => account)).toEqual(['helper']);
    const local = facts('sshd/accepted', 3002, 'Logon', {
      'user.name': 'helper',
      'device.hostname': 'store01',
      'src_endpoint.ip': '10.20.99.9',
    });
    expect(
      changes(clinic().event(local, T).event(inside, T))
        .map(({ account }) => account)
        .sort(),
    ).toEqual(['CLINIC\\helper', 'helper']);
  });
});

describe('what a client calls itself', () => {
  it('is no remote-management tool, in a VPN session or a sign-in', () => {
    const scene = clinic()
      .event(vpn('Open', 'doctor', { tool: 'Cisco AnyConnect' }), T)
      .event(vpn('Open', 'doctor', { tool: 'AnyDesk' }), T)
      .event(
        facts('entra-signin/x', 3002, 'Logon', { 'user.name': 'd@clinic.example', tool: 'Mozilla/5.0 AnyDesk' }),
        T,
      )
      .event(
        facts('entra-audit/Update user', 3001, 'Update', { 'user.name': 'd@clinic.example', tool: 'Mozilla/5.0' }),
        T,
      );
    expect(changes(scene).map(({ why }) => why)).toEqual([]);
  });
});
