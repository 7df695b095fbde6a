/**
 * The fields of an event out of its rendered English message, for sources that send only that (Snare, agents that forward
 * text). A message is sections of `Label: value`; section and label together name the field. Known labels only: whatever
 * else stands there belongs to the value before it, so that a command line with a colon doesn't begin a new field. The first
 * mention wins, since what an attacker can write comes after what Windows writes.
 *
 *   Creator Subject:  Security ID:  CORP\alice   Account Name:  lt-3301$   Process Information:  New Process Name: C:\x.exe
 *   └ section         └ SubjectUserSid           └ SubjectUserName          └ section            └ NewProcessName
 */

/** Sections whose accounts have a prefix in the field names. */
const PREFIX: Readonly<Record<string, string>> = {
  Subject: 'Subject',
  'Creator Subject': 'Subject',
  'Target Subject': 'Target',
  'New Logon': 'Target',
  'Account For Which Logon Failed': 'Target',
  'Account Whose Credentials Were Used': 'Target',
  'Target Account': 'Target',
  'New Account': 'Target',
  'Account That Was Locked Out': 'Target',
  'Account Information': 'Target',
  'Logon Account': 'Target',
  Group: 'Target',
  'New Group': 'Target',
  'Deleted Group': 'Target',
  Member: 'Member',
  User: 'Subject',
};

const ACCOUNT: Readonly<Record<string, string>> = {
  'Security ID': 'UserSid',
  'User ID': 'UserSid',
  'Account Name': 'UserName',
  'Group Name': 'UserName',
  'Account Domain': 'DomainName',
  'Supplied Realm Name': 'DomainName',
  'Group Domain': 'DomainName',
  'Domain Name': 'DomainName',
  'Logon ID': 'LogonId',
};

/** Labels outside of accounts; a section in front where the same label means different things. */
const LABELS: Readonly<Record<string, string>> = {
  'New Process ID': 'NewProcessId',
  'New Process Name': 'NewProcessName',
  'Token Elevation Type': 'TokenElevationType',
  'Mandatory Label': 'MandatoryLabel',
  'Creator Process ID': 'ProcessId',
  'Creator Process Name': 'ParentProcessName',
  'Process Command Line': 'CommandLine',
  'Process ID': 'ProcessId',
  'Caller Process ID': 'ProcessId',
  'Process Name': 'ProcessName',
  'Caller Process Name': 'ProcessName',
  'Logon Type': 'LogonType',
  'Restricted Admin Mode': 'RestrictedAdminMode',
  'Virtual Account': 'VirtualAccount',
  'Elevated Token': 'ElevatedToken',
  'Impersonation Level': 'ImpersonationLevel',
  'Logon GUID': 'LogonGuid',
  'Workstation Name': 'WorkstationName',
  'Source Workstation': 'Workstation',
  'Source Network Address': 'IpAddress',
  'Network Address': 'IpAddress',
  'Client Address': 'IpAddress',
  'Source Address': 'IpAddress',
  'Source Port': 'IpPort',
  'Client Port': 'IpPort',
  Port: 'IpPort',
  'Logon Process': 'LogonProcessName',
  'Authentication Package': 'AuthenticationPackageName',
  'Transited Services': 'TransmittedServices',
  'Package Name (NTLM only)': 'LmPackageName',
  'Key Length': 'KeyLength',
  'Failure Reason': 'FailureReason',
  Status: 'Status',
  'Sub Status': 'SubStatus',
  'Error Code': 'Status',
  'Result Code': 'Status',
  'Failure Code': 'Status',
  'Ticket Options': 'TicketOptions',
  'Ticket Encryption Type': 'TicketEncryptionType',
  'Pre-Authentication Type': 'PreAuthType',
  'Certificate Issuer Name': 'CertIssuerName',
  'Certificate Serial Number': 'CertSerialNumber',
  'Certificate Thumbprint': 'CertThumbprint',
  'Target Server Name': 'TargetServerName',
  'Additional Information': 'TargetInfo',
  'Service Name': 'ServiceName',
  'Service ID': 'ServiceSid',
  'Service File Name': 'ServiceFileName',
  'Service Type': 'ServiceType',
  'Service Start Type': 'ServiceStartType',
  'Service Account': 'ServiceAccount',
  'Task Name': 'TaskName',
  'Task Content': 'TaskContent',
  'Object Server': 'ObjectServer',
  'Object Type': 'ObjectType',
  'Object Name': 'ObjectName',
  'Object Value Name': 'ObjectValueName',
  'Handle ID': 'HandleId',
  'Operation Type': 'OperationType',
  'Old Value Type': 'OldValueType',
  'Old Value': 'OldValue',
  'New Value Type': 'NewValueType',
  'New Value': 'NewValue',
  Accesses: 'AccessList',
  'Access Mask': 'AccessMask',
  'Access Reasons': 'AccessReason',
  'Share Name': 'ShareName',
  'Share Path': 'ShareLocalPath',
  'Relative Target Name': 'RelativeTargetName',
  'Application Name': 'Application',
  Direction: 'Direction',
  'Destination Address': 'DestAddress',
  'Destination Port': 'DestPort',
  Protocol: 'Protocol',
  Privileges: 'PrivilegeList',
  'Client Name': 'ClientName',
  'Session Name': 'SessionName',
  'SAM Account Name': 'SamAccountName',
  'Old Account Name': 'OldTargetUserName',
  'New Account Name': 'NewTargetUserName',
  'Caller Computer Name': 'TargetDomainName',
};

/** Of the connection events (5156 and its kin), whose source is not a client. */
const NETWORK: Readonly<Record<string, string>> = { 'Source Address': 'SourceAddress', 'Source Port': 'SourcePort' };

const SECTIONS = [
  'Process Information',
  'Network Information',
  'Application Information',
  'Object',
  'Detailed Authentication Information',
  'Failure Information',
  'Logon Information',
  'Target Server',
  'Service Information',
  'Additional Information',
  'Access Request Information',
  'Share Information',
  'Change Information',
  'Task Information',
  'Certificate Information',
  'Filter Information',
  'Session',
];

const names = [...new Set([...Object.keys(PREFIX), ...Object.keys(ACCOUNT), ...Object.keys(LABELS), ...SECTIONS])]
  .sort((a, b) => b.length - a.length)
  .map((name) => name.replace(/[()]/g, '\\$&'));

/** A label stands at the start, on a new line, behind a tab or behind two spaces (newlines flattened). */
const LABEL = new RegExp(`(?:^|[\\t\\r\\n]|\\s{2})(${names.join('|')}):(?=\\s|$)`, 'g');

/** Sysmon's messages have the fields' own names as labels (its manifest, version 15). */
const SYSMON_LABEL = new RegExp(
  `(?:^|[\\t\\r\\n]|\\s{2}| )(${[
    'RuleName UtcTime ProcessGuid ProcessId Image FileVersion Description Product Company OriginalFileName CommandLine',
    'CurrentDirectory User LogonGuid LogonId TerminalSessionId IntegrityLevel Hashes ParentProcessGuid ParentProcessId',
    'ParentImage ParentCommandLine ParentUser TargetFilename CreationUtcTime PreviousCreationUtcTime Protocol Initiated',
    'SourceIsIpv6 SourceIp SourceHostname SourcePort SourcePortName DestinationIsIpv6 DestinationIp DestinationHostname',
    'DestinationPort DestinationPortName ImageLoaded Signed Signature SignatureStatus SourceProcessGuid SourceProcessGUID',
    'SourceProcessId SourceImage TargetProcessGuid TargetProcessGUID TargetProcessId TargetImage NewThreadId StartAddress',
    'StartModule StartFunction SourceThreadId GrantedAccess CallTrace SourceUser TargetUser Device EventType TargetObject',
    'Details NewName Hash Contents Configuration ConfigurationFileHash PipeName Operation EventNamespace Name Query Type',
    'Destination Consumer Filter QueryName QueryStatus QueryResults IsExecutable Archived State Version SchemaVersion',
  ]
    .join(' ')
    .split(' ')
    .sort((a, b) => b.length - a.length)
    .join('|')}):(?=\\s|$)`,
  'g',
);

/** Messages are a few KB; what is longer is read so far. */
const MAX_MESSAGE = 256 * 1024;

/** The fields that a rendered message states, under the names that the event itself has for them. */
export function messageFields(message: string, provider = ''): Record<string, string> {
  const fields: Record<string, string> = Object.create(null);
  const text = message.length > MAX_MESSAGE ? message.slice(0, MAX_MESSAGE) : message;
  if (provider.toLowerCase() === 'microsoft-windows-sysmon') return sysmonFields(text, fields);
  let section = '';
  let label = '';
  let from = 0;
  LABEL.lastIndex = 0;
  for (let match = LABEL.exec(text); match !== null; match = LABEL.exec(text)) {
    const before = text.slice(from, match.index).trim();
    if (label !== '') {
      if (before === '') section = label;
      else set(fields, section, label, before);
    }
    label = match[1];
    from = LABEL.lastIndex;
  }
  const last = text.slice(from).trim();
  if (label !== '' && last !== '') set(fields, section, label, last);
  return fields;
}

function sysmonFields(text: string, fields: Record<string, string>): Record<string, string> {
  let name = '';
  let from = 0;
  SYSMON_LABEL.lastIndex = 0;
  for (let match = SYSMON_LABEL.exec(text); match !== null; match = SYSMON_LABEL.exec(text)) {
    // Each field comes once, so a name seen before is part of a value
    if (fields[match[1]] !== undefined) continue;
    if (name !== '') fields[name] = text.slice(from, match.index).trim();
    name = match[1];
    fields[name] = '';
    from = SYSMON_LABEL.lastIndex;
  }
  if (name !== '') fields[name] = text.slice(from).trim();
  return fields;
}

function set(fields: Record<string, string>, section: string, label: string, value: string): void {
  const name = fieldName(section, label);
  if (name !== undefined && fields[name] === undefined) fields[name] = value;
}

function fieldName(section: string, label: string): string | undefined {
  if (Object.hasOwn(ACCOUNT, label)) {
    const prefix = Object.hasOwn(PREFIX, section) ? PREFIX[section] : undefined;
    if (prefix === 'Member')
      return label === 'Security ID' ? 'MemberSid' : label === 'Account Name' ? 'MemberName' : undefined;
    if (prefix !== undefined) return `${prefix}${ACCOUNT[label]}`;
    // Validation of credentials (4776) states the account without a section
    return label === 'Logon ID' ? 'SubjectLogonId' : `Target${ACCOUNT[label]}`;
  }
  if (section === 'Network Information' && Object.hasOwn(NETWORK, label)) return NETWORK[label];
  return Object.hasOwn(LABELS, label) ? LABELS[label] : undefined;
}
