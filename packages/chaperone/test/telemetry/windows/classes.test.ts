import { describe, expect, it } from 'vitest';
import type { EventClass } from '../../../src/telemetry/index.ts';
import { windowsClass } from '../../../src/telemetry/index.ts';

const SYSMON = 'Microsoft-Windows-Sysmon';
const SYSMON_LOG = 'Microsoft-Windows-Sysmon/Operational';
const AUDIT = 'Microsoft-Windows-Security-Auditing';

function offered(kind: EventClass, source: { category?: string; service?: string }): boolean {
  return kind.offers.some(
    (offer) =>
      offer.product === 'windows' &&
      (source.category === undefined || offer.category === source.category) &&
      (source.service === undefined || offer.service === source.service),
  );
}

describe('windowsClass', () => {
  it('is the same object however the names are spelled', () => {
    const one = windowsClass(AUDIT, 'Security', 4624);
    expect(windowsClass(AUDIT, 'security', 4624)).toBe(one);
    expect(windowsClass(AUDIT.toLowerCase(), 'SECURITY', '4624')).toBe(one);
    expect(windowsClass('', 'Security', 4624)).toBe(one);
    expect(windowsClass(AUDIT, 'ForwardedEvents', 4624)).toBe(one);
    expect(windowsClass(AUDIT, '', 4624)).toBe(one);
    expect(windowsClass(AUDIT, 'Security.evtx', 4624)).toBe(one);
    expect(windowsClass(SYSMON, 'Microsoft-Windows-Sysmon%4Operational', 1)).toBe(windowsClass(SYSMON, SYSMON_LOG, 1));
    expect(one.key).toBe('windows/Security/Microsoft-Windows-Security-Auditing/4624');
  });

  it('takes the id without its qualifiers', () => {
    expect(windowsClass('Service Control Manager', 'System', 1_073_748_869)).toBe(
      windowsClass('Service Control Manager', 'System', 7045),
    );
  });

  it('never goes by the number alone', () => {
    const wcm = windowsClass('Microsoft-Windows-Wcmsvc', 'Microsoft-Windows-Wcmsvc/Operational', 1009);
    expect(offered(wcm, { service: 'windefend' })).toBe(false);
    const posing = windowsClass('Microsoft-Windows-Wcmsvc', 'Microsoft-Windows-Windows Defender/Operational', 1009);
    expect(offered(posing, { service: 'windefend' })).toBe(false);
    const defender = windowsClass(
      'Microsoft-Windows-Windows Defender',
      'Microsoft-Windows-Windows Defender/Operational',
      1009,
    );
    expect(offered(defender, { service: 'windefend' })).toBe(true);
    for (const [provider, channel] of [
      ['Microsoft-Windows-Kernel-General', 'System'],
      ['SomeApp', 'Application'],
      ['', ''],
      ['SomeApp', SYSMON_LOG],
    ]) {
      expect(offered(windowsClass(provider, channel, 1), { category: 'process_creation' })).toBe(false);
      expect(offered(windowsClass(provider, channel, 1), { service: 'sysmon' })).toBe(false);
    }
    expect(offered(windowsClass('SomeApp', 'Application', 4688), { category: 'process_creation' })).toBe(false);
    expect(windowsClass('SomeApp', 'Application', 4624).class_uid).toBe(0);
    expect(windowsClass('SomeApp', 'Security', 4624).class_uid).toBe(0);
  });

  it('offers Sysmon and the built-in events alike', () => {
    expect(offered(windowsClass(SYSMON, SYSMON_LOG, 1), { category: 'process_creation' })).toBe(true);
    expect(offered(windowsClass(SYSMON, SYSMON_LOG, 1), { category: 'process_creation', service: 'sysmon' })).toBe(
      true,
    );
    const audit = windowsClass(AUDIT, 'Security', 4688);
    expect(offered(audit, { category: 'process_creation' })).toBe(true);
    expect(offered(audit, { service: 'security' })).toBe(true);
    expect(offered(audit, { category: 'process_creation', service: 'sysmon' })).toBe(false);
    const mapped = audit.offers.find((offer) => offer.category === 'process_creation');
    expect(mapped?.fields).toMatchObject({ Image: 'NewProcessName', ParentImage: 'ParentProcessName' });
    expect(offered(windowsClass(AUDIT, 'Security', 5156), { category: 'network_connection' })).toBe(true);
    expect(offered(windowsClass('PowerShellCore', 'PowerShellCore/Operational', 4104), { category: 'ps_script' })).toBe(
      true,
    );
  });

  it('asks one more field where the id leaves it open', () => {
    const key = windowsClass(SYSMON, SYSMON_LOG, 12);
    expect(key.refine?.field).toBe('EventType');
    const made = key.refine!.by('CreateKey');
    const deleted = key.refine!.by('deletevalue');
    const unknown = key.refine!.by(undefined);
    expect(offered(made, { category: 'registry_add' })).toBe(true);
    expect(offered(made, { category: 'registry_delete' })).toBe(false);
    expect(offered(deleted, { category: 'registry_delete' })).toBe(true);
    expect(offered(deleted, { category: 'registry_add' })).toBe(false);
    for (const kind of [made, deleted, unknown]) {
      expect(kind.refine).toBeUndefined();
      expect(offered(kind, { category: 'registry_event' })).toBe(true);
      expect(offered(kind, { service: 'sysmon' })).toBe(true);
    }
    expect(key.refine!.by('DELETEKEY')).toBe(deleted);
    const value = windowsClass(AUDIT, 'Security', 4657).refine!.by('%%1905');
    expect(offered(value, { category: 'registry_set' })).toBe(true);
    expect(offered(value, { category: 'registry_add' })).toBe(false);
    expect(offered(windowsClass(AUDIT, 'Security', 4663).refine!.by('Key'), { category: 'file_access' })).toBe(false);
    expect(offered(windowsClass(AUDIT, 'Security', 4663).refine!.by('File'), { category: 'file_access' })).toBe(true);
  });

  it('stays bounded under names without end', () => {
    const keys = new Set<string>();
    for (let i = 0; i < 30_000; i += 1) keys.add(windowsClass(`hostile-${i}`, `log-${i % 7}`, i % 100).key);
    expect(keys.size).toBeLessThan(10_000);
    expect(windowsClass('x'.repeat(100_000), 'Security', 1).key.length).toBeLessThan(1000);
    expect(windowsClass(AUDIT, 'Security', 4624).class_uid).toBe(3002);
  });

  it('takes ids that are none', () => {
    for (const id of ['', 'x', Number.NaN, -1, 1.5]) expect(windowsClass(AUDIT, 'Security', id).class_uid).toBe(0);
  });
});

describe('derived fields', () => {
  const make = (id: number, name: string, fields: Record<string, unknown>) => {
    const derived = windowsClass(AUDIT, 'Security', id).derived![name];
    return derived.make(derived.from.map((field) => fields[field]));
  };
  it('says whom a process runs as', () => {
    const alice = { SubjectUserName: 'alice', SubjectDomainName: 'CLINIC', SubjectUserSid: 'S-1-5-21-1-2-3-1104' };
    expect(make(4688, 'ProcessUser', alice)).toBe('CLINIC\\alice');
    expect(
      make(4688, 'ProcessUser', { ...alice, TargetUserName: '-', TargetDomainName: '-', TargetUserSid: 'S-1-0-0' }),
    ).toBe('CLINIC\\alice');
    expect(make(4688, 'ProcessUser', { ...alice, TargetUserName: 'bob', TargetDomainName: 'CLINIC' })).toBe(
      'CLINIC\\bob',
    );
    expect(
      make(4688, 'ProcessUser', { SubjectUserName: 'DC01$', SubjectDomainName: 'CLINIC', SubjectUserSid: 'S-1-5-18' }),
    ).toBe('NT AUTHORITY\\SYSTEM');
    expect(make(4688, 'IntegrityLevel', { MandatoryLabel: 'S-1-16-12288' })).toEqual(['High', 'S-1-16-12288']);
  });
  it('writes registry paths and values as Sysmon does', () => {
    const key = {
      ObjectName: '\\REGISTRY\\MACHINE\\SYSTEM\\ControlSet001\\Services\\EventLog',
      ObjectValueName: 'Start',
    };
    expect(make(4657, 'TargetObject', key)).toBe('HKLM\\System\\CurrentControlSet\\Services\\EventLog\\Start');
    expect(make(4657, 'TargetObject', { ObjectName: '\\REGISTRY\\USER\\S-1-5-21\\Software\\X' })).toBe(
      'HKU\\S-1-5-21\\Software\\X',
    );
    expect(make(4657, 'Details', { NewValue: '4', NewValueType: '%%1876' })).toEqual(['DWORD (0x00000004)', '4']);
    expect(make(4657, 'Details', { NewValue: 'C:\\x.exe', NewValueType: '%%1873' })).toBe('C:\\x.exe');
  });
  it('says who began a connection', () => {
    expect(make(5156, 'Initiated', { Direction: '%%14593' })).toBe('true');
    expect(make(5156, 'Initiated', { Direction: '%%14592' })).toBe('false');
    expect(make(5156, 'ProtocolName', { Protocol: 6 })).toBe('tcp');
  });
});

describe('meaning', () => {
  const said = (kind: EventClass, as: string) => kind.roles.filter((role) => role.as === as).map((role) => role.field);
  it('tells the actor from the user', () => {
    const logon = windowsClass(AUDIT, 'Security', 4624);
    expect(said(logon, 'actor.user.name')).toEqual(['TargetUserName']);
    expect(said(logon, 'user.name')).toEqual(['TargetUserName']);
    expect(said(logon, 'src_endpoint.ip')).toEqual(['IpAddress']);
    const explicit = windowsClass(AUDIT, 'Security', 4648);
    expect(said(explicit, 'actor.user.name')).toEqual(['SubjectUserName']);
    expect(said(explicit, 'user.name')).toEqual(['TargetUserName']);
    expect(said(explicit, 'dst_endpoint.hostname')).toEqual(['TargetServerName']);
    const made = windowsClass(AUDIT, 'Security', 4720);
    expect([said(made, 'actor.user.name'), said(made, 'user.name')]).toEqual([['SubjectUserName'], ['TargetUserName']]);
  });

  it('knows every event that the guidance names', () => {
    const ids = [
      4624, 4625, 4634, 4647, 4648, 4672, 4688, 4697, 4698, 4702, 4699, 4720, 4722, 4724, 4723, 4725, 4726, 4738, 4781,
      4728, 4729, 4732, 4733, 4756, 4757, 4735, 4737, 4755, 4764, 4740, 4767, 4768, 4769, 4771, 4776, 4777, 4778, 4779,
      4706, 4716, 4865, 4866, 4867, 4719, 4739, 4713, 5136, 5137, 5141, 5140, 5145, 4662, 4946, 4947, 4948, 4950, 5025,
      4886, 4887, 4870, 6272, 6273, 6274, 6275, 6276, 6277, 6278, 6279, 6280,
    ];
    for (const id of ids) expect([id, windowsClass(AUDIT, 'Security', id).class_uid]).not.toEqual([id, 0]);
    for (const id of [1, 3, 7, 8, 10, 11, 12, 13, 14, 17, 18, 19, 20, 21, 22, 23, 25, 26, 16, 4]) {
      expect([id, windowsClass(SYSMON, SYSMON_LOG, id).class_uid]).not.toEqual([id, 0]);
    }
    const others: [string, string, number[]][] = [
      ['Microsoft-Windows-Eventlog', 'Security', [1102]],
      ['Microsoft-Windows-Eventlog', 'System', [104]],
      ['Service Control Manager', 'System', [7045]],
      ['Microsoft-Windows-TerminalServices-LocalSessionManager', '', [21, 24, 25]],
      ['Microsoft-Windows-TerminalServices-RemoteConnectionManager', '', [1149]],
      ['Microsoft-Windows-PowerShell', '', [4103, 4104]],
      ['PowerShell', '', [400]],
      ['Microsoft-Windows-WMI-Activity', '', [5858, 5860, 5861]],
      ['Microsoft-Windows-Bits-Client', '', [3, 59]],
      ['Microsoft-Windows-Windows Defender', '', [1116, 5001]],
    ];
    for (const [provider, channel, numbers] of others) {
      for (const id of numbers)
        expect([provider, id, windowsClass(provider, channel, id).class_uid]).not.toEqual([provider, id, 0]);
    }
  });

  it('says how it went', () => {
    const outcome = (id: number, fields: Record<string, unknown> = {}) =>
      windowsClass(AUDIT, 'Security', id).outcome?.({ get: (field) => fields[field], values: () => {} }) ?? 'unknown';
    expect(outcome(4624)).toBe('success');
    expect(outcome(4625)).toBe('failure');
    expect(outcome(4768, { Status: '0x0' })).toBe('success');
    expect(outcome(4768, { Status: '0x12' })).toBe('failure');
    expect(outcome(4768)).toBe('unknown');
    expect(outcome(4776, { Status: 0 })).toBe('success');
    expect(outcome(5145, { Keywords: '0x8010000000000000' })).toBe('failure');
    expect(outcome(5145, { Keywords: -9214364837600034816n })).toBe('success');
    expect(outcome(5145, { Keywords: ['x', 'Audit Failure'] })).toBe('failure');
    expect(outcome(6273)).toBe('failure');
  });
});
