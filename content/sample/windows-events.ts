import { type EventSpec, type FieldValue, values } from '@chaperone/evtx/testkit';
import { type Account, type Computer, DOMAIN, fqdn, system } from './cast.ts';

/** Windows events with the fields, in the order and of the types that Windows writes. Times in microseconds since 1970. */
const SECURITY = 'Microsoft-Windows-Security-Auditing';
const SECURITY_GUID = '{54849625-5478-4994-a5ba-3e3b0328c30d}';
const SYSMON = 'Microsoft-Windows-Sysmon';
const SYSMON_GUID = '{5770385f-c22a-43e0-bf4c-06f5698ffbd9}';
const NO_GUID = '{00000000-0000-0000-0000-000000000000}';
const SUCCESS = 0x8020_0000_0000_0000n;
const FAILURE = 0x8010_0000_0000_0000n;

let session = 0x3e7a0;
let process = 3000;
/** Begins anew, so that the sample is the same each time it is made. */
export const resetNumbers = () => {
  session = 0x3e7a0;
  process = 3000;
};
/** A logon id, different each time. */
export const nextLogonId = () => {
  session += 0x1f3;
  return session;
};
const nextProcess = () => {
  process = process > 60_000 ? 3000 : process + 28;
  return process;
};

function security(
  at: Computer,
  time: number,
  eventId: number,
  data: Record<string, FieldValue>,
  keywords = SUCCESS,
): EventSpec {
  return {
    provider: SECURITY,
    providerGuid: SECURITY_GUID,
    eventId,
    time,
    channel: 'Security',
    computer: fqdn(at),
    keywords,
    level: 0,
    data,
  };
}

const subject = (who: Account, logonId = 0x3e7) => ({
  SubjectUserSid: values.sid(who.sid),
  SubjectUserName: who.name,
  SubjectDomainName: who === system ? 'NT AUTHORITY' : DOMAIN,
  SubjectLogonId: values.hex64(logonId),
});

const target = (who: Account) => ({
  TargetUserName: who.name,
  TargetDomainName: DOMAIN,
  TargetSid: values.sid(who.sid),
});

export interface Logon {
  readonly who: Account;
  readonly from: string;
  readonly workstation?: string;
  /** 2 interactive, 3 network, 5 service, 10 remote desktop */
  readonly type: 2 | 3 | 5 | 10;
  readonly logonId?: number;
}

/** 4624: an account logged on. */
export function logon(at: Computer, time: number, { who, from, workstation, type, logonId }: Logon): EventSpec {
  return security(at, time, 4624, {
    ...subject(system),
    TargetUserSid: values.sid(who.sid),
    TargetUserName: who.name,
    TargetDomainName: DOMAIN,
    TargetLogonId: values.hex64(logonId ?? nextLogonId()),
    LogonType: type,
    LogonProcessName: type === 3 ? 'Kerberos' : type === 5 ? 'Advapi  ' : 'User32 ',
    AuthenticationPackageName: type === 3 ? 'Kerberos' : 'Negotiate',
    WorkstationName: workstation ?? '-',
    LogonGuid: values.guid(NO_GUID),
    TransmittedServices: '-',
    LmPackageName: '-',
    KeyLength: 0,
    ProcessId: values.hex64(0x2a4),
    ProcessName: type === 3 ? '-' : 'C:\\Windows\\System32\\svchost.exe',
    IpAddress: from,
    IpPort: type === 5 ? '-' : '49812',
    ImpersonationLevel: '%%1833',
    RestrictedAdminMode: '-',
    TargetOutboundUserName: '-',
    TargetOutboundDomainName: '-',
    VirtualAccount: '%%1843',
    TargetLinkedLogonId: values.hex64(0),
    ElevatedToken: '%%1842',
  });
}

/** 4625: a logon failed, here for a wrong password. */
export function failedLogon(at: Computer, time: number, who: Account, from: string): EventSpec {
  return security(
    at,
    time,
    4625,
    {
      ...subject(system),
      TargetUserSid: values.sid('S-1-0-0'),
      TargetUserName: who.name,
      TargetDomainName: DOMAIN,
      Status: values.hex32(0xc000006d),
      FailureReason: '%%2313',
      SubStatus: values.hex32(0xc000006a),
      LogonType: 3,
      LogonProcessName: 'NtLmSsp ',
      AuthenticationPackageName: 'NTLM',
      WorkstationName: '-',
      TransmittedServices: '-',
      LmPackageName: '-',
      KeyLength: 0,
      ProcessId: values.hex64(0),
      ProcessName: '-',
      IpAddress: from,
      IpPort: '0',
    },
    FAILURE,
  );
}

/** 4768: a domain controller vouched for an account by a first ticket. */
export function ticketGranted(at: Computer, time: number, who: Account, from: string): EventSpec {
  return security(at, time, 4768, {
    ...target(who),
    ServiceName: 'krbtgt',
    ServiceSid: values.sid(`${who.sid.slice(0, who.sid.lastIndexOf('-'))}-502`),
    TicketOptions: values.hex32(0x40810010),
    Status: values.hex32(0),
    TicketEncryptionType: values.hex32(0x12),
    PreAuthType: '2',
    IpAddress: `::ffff:${from}`,
    IpPort: '49731',
    CertIssuerName: '',
    CertSerialNumber: '',
    CertThumbprint: '',
  });
}

/** 4634: a session ended. */
export function logoff(at: Computer, time: number, who: Account, logonId: number, type: number): EventSpec {
  return security(at, time, 4634, {
    TargetUserSid: values.sid(who.sid),
    TargetUserName: who.name,
    TargetDomainName: DOMAIN,
    TargetLogonId: values.hex64(logonId),
    LogonType: type,
  });
}

/** 5140: a share was opened. */
export function shareOpened(at: Computer, time: number, who: Account, from: string, share: string): EventSpec {
  return security(at, time, 5140, {
    ...subject(who, nextLogonId()),
    ObjectType: 'File',
    IpAddress: from,
    IpPort: '49820',
    ShareName: `\\\\*\\${share}`,
    ShareLocalPath: share === 'IPC$' ? '' : `\\??\\${share.slice(0, 1)}:\\`,
    AccessMask: values.hex32(0x1),
    AccessList: '%%4416\n\t\t\t\t',
  });
}

/** 4720: an account was made. */
export function accountCreated(at: Computer, time: number, made: Account, by: Account): EventSpec {
  return security(at, time, 4720, {
    ...target(made),
    ...subject(by, nextLogonId()),
    PrivilegeList: '-',
    SamAccountName: made.name,
    DisplayName: '%%1793',
    UserPrincipalName: '-',
    AccountExpires: '%%1794',
    PrimaryGroupId: '513',
    OldUacValue: '0x0',
    NewUacValue: '0x15',
    UserAccountControl: '\n\t\t%%2080\n\t\t%%2082\n\t\t%%2084',
  });
}

/** 4728: an account became a member of a global group. */
export function memberAdded(at: Computer, time: number, member: Account, group: Account, by: Account): EventSpec {
  return security(at, time, 4728, {
    MemberName: `CN=${member.name},CN=Users,DC=clinic,DC=example`,
    MemberSid: values.sid(member.sid),
    ...target(group),
    ...subject(by, nextLogonId()),
    PrivilegeList: '-',
  });
}

/** 4698: a scheduled task was registered. */
export function taskCreated(at: Computer, time: number, name: string, command: string, by: Account): EventSpec {
  return security(at, time, 4698, {
    ...subject(by, nextLogonId()),
    TaskName: name,
    TaskContent: `<?xml version="1.0" encoding="UTF-16"?>\r\n<Task version="1.2"><Principals><Principal id="Author"><UserId>S-1-5-18</UserId></Principal></Principals><Actions Context="Author"><Exec><Command>${command}</Command></Exec></Actions></Task>`,
  });
}

/** 1102: the Security log was cleared. */
export function logCleared(at: Computer, time: number, by: Account): EventSpec {
  return {
    provider: 'Microsoft-Windows-Eventlog',
    providerGuid: '{fc65ddd8-d6ef-4962-83d5-6e5cfe9ce148}',
    eventId: 1102,
    time,
    channel: 'Security',
    computer: fqdn(at),
    level: 4,
    userData: {
      name: 'LogFileCleared',
      namespace: 'http://manifests.microsoft.com/win/2004/08/windows/eventlog',
      fields: {
        SubjectUserSid: values.sid(by.sid),
        SubjectUserName: by.name,
        SubjectDomainName: DOMAIN,
        SubjectLogonId: values.hex64(nextLogonId()),
      },
    },
  };
}

/** System 7045: a service was installed. */
export function serviceInstalled(at: Computer, time: number, name: string, path: string): EventSpec {
  return {
    provider: 'Service Control Manager',
    providerGuid: '{555908d1-a6d7-4695-8e1e-26931d2012f4}',
    eventSource: 'Service Control Manager',
    eventId: 7045,
    qualifiers: 16384,
    time,
    channel: 'System',
    computer: fqdn(at),
    level: 4,
    data: {
      ServiceName: name,
      ImagePath: path,
      ServiceType: 'user mode service',
      StartType: 'auto start',
      AccountName: 'LocalSystem',
    },
  };
}

function sysmon(at: Computer, time: number, eventId: number, data: Record<string, FieldValue>): EventSpec {
  return {
    provider: SYSMON,
    providerGuid: SYSMON_GUID,
    eventId,
    version: 5,
    task: eventId,
    time,
    channel: 'Microsoft-Windows-Sysmon/Operational',
    computer: fqdn(at),
    level: 4,
    userSid: 'S-1-5-18',
    processId: 2504,
    data: { RuleName: '-', UtcTime: utc(time), ...data },
  };
}

export interface Start {
  readonly who: Account;
  readonly image: string;
  readonly command: string;
  readonly parent?: string;
  /** the name in the program's own version resource, where it isn't the file's */
  readonly original?: string;
  readonly company?: string;
  readonly folder?: string;
}

/** Sysmon 1: a process started. */
export function processStarted(at: Computer, time: number, start: Start): EventSpec {
  const { who, image, command, parent = 'C:\\Windows\\explorer.exe', company = 'Microsoft Corporation' } = start;
  const original = start.original ?? image.slice(image.lastIndexOf('\\') + 1);
  return sysmon(at, time, 1, {
    ProcessGuid: values.guid(guidFor(time, image)),
    ProcessId: nextProcess(),
    Image: image,
    FileVersion: '-',
    Description: '-',
    Product: '-',
    Company: company,
    OriginalFileName: original,
    CommandLine: command,
    CurrentDirectory: start.folder ?? 'C:\\Windows\\system32\\',
    User: `${who === system ? 'NT AUTHORITY' : DOMAIN}\\${who.name}`,
    LogonGuid: values.guid(NO_GUID),
    LogonId: values.hex64(nextLogonId()),
    TerminalSessionId: 2,
    IntegrityLevel: 'High',
    Hashes: `SHA256=${hashFor(image)}`,
    ParentProcessGuid: values.guid(guidFor(time - 1000, parent)),
    ParentProcessId: nextProcess(),
    ParentImage: parent,
    ParentCommandLine: `"${parent}"`,
    ParentUser: `${DOMAIN}\\${who.name}`,
  });
}

/** Sysmon 11: a file was written. */
export function fileWritten(at: Computer, time: number, who: Account, image: string, file: string): EventSpec {
  return sysmon(at, time, 11, {
    ProcessGuid: values.guid(guidFor(time, image)),
    ProcessId: nextProcess(),
    Image: image,
    TargetFilename: file,
    CreationUtcTime: utc(time),
    User: `${DOMAIN}\\${who.name}`,
  });
}

const utc = (time: number) => new Date(time / 1000).toISOString().replace('T', ' ').replace('Z', '');

/** Stable numbers made of words: the sample must be the same each time it is made. */
function hashFor(text: string): string {
  let out = '';
  for (let part = 0; part < 8; part += 1) {
    let hash = 0x811c9dc5 ^ part;
    for (const char of text) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193) >>> 0;
    out += hash.toString(16).padStart(8, '0');
  }
  return out.toUpperCase();
}

function guidFor(time: number, text: string): string {
  const hash = hashFor(`${time}${text}`).toLowerCase();
  return `{${hash.slice(0, 8)}-${hash.slice(8, 12)}-${hash.slice(12, 16)}-${hash.slice(16, 20)}-${hash.slice(20, 32)}}`;
}
