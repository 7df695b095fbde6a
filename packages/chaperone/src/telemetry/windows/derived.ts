import type { Derived } from '../event.ts';

/**
 * What built-in events say in other words than Sysmon, in whose words rules are written. Everything here is a pure function
 * of fields of the same event.
 */

const WELL_KNOWN: Readonly<Record<string, string>> = {
  'S-1-5-18': 'NT AUTHORITY\\SYSTEM',
  'S-1-5-19': 'NT AUTHORITY\\LOCAL SERVICE',
  'S-1-5-20': 'NT AUTHORITY\\NETWORK SERVICE',
};

/** `DOMAIN\name` as Sysmon writes it; the service accounts by their names, for 4688 gives the machine's account there. */
function account(name: unknown, domain: unknown, sid: unknown): string | undefined {
  if (typeof sid === 'string' && Object.hasOwn(WELL_KNOWN, sid)) return WELL_KNOWN[sid];
  if (!isStated(name)) return undefined;
  return isStated(domain) ? `${domain}\\${name}` : name;
}

function isStated(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value !== '-';
}

/** Whom a process runs as: the target subject of 4688 where it states one (Windows 10 and later), else the creator. */
const processUser: Derived = {
  from: [
    'TargetUserName',
    'TargetDomainName',
    'TargetUserSid',
    'SubjectUserName',
    'SubjectDomainName',
    'SubjectUserSid',
  ],
  make: ([name, domain, sid, subject, subjectDomain, subjectSid]) =>
    (isStated(name) ? account(name, domain, sid) : undefined) ?? account(subject, subjectDomain, subjectSid),
};

const subjectUser: Derived = {
  from: ['SubjectUserName', 'SubjectDomainName', 'SubjectUserSid'],
  make: ([name, domain, sid]) => account(name, domain, sid),
};

/** Mandatory labels and the words that Sysmon has for them ([MS-DTYP] 2.4.2.4); rules ask for either. */
const LABELS: Readonly<Record<string, string>> = {
  'S-1-16-0': 'Untrusted',
  'S-1-16-4096': 'Low',
  'S-1-16-8192': 'Medium',
  'S-1-16-8448': 'MediumPlus',
  'S-1-16-12288': 'High',
  'S-1-16-16384': 'System',
  'S-1-16-20480': 'Protected',
};

const integrityLevel: Derived = {
  from: ['MandatoryLabel'],
  make: ([label]) =>
    typeof label === 'string' && Object.hasOwn(LABELS, label) ? [LABELS[label], label] : (label ?? undefined),
};

/** Kernel names of registry roots as Sysmon abbreviates them. */
function registryPath(key: string): string {
  const path = key.replace(/^\\REGISTRY\\MACHINE(?=\\|$)/i, 'HKLM').replace(/^\\REGISTRY\\USER(?=\\|$)/i, 'HKU');
  // Sysmon maps the current control set only; rules are written for that
  return path.replace(/^HKLM\\SYSTEM\\ControlSet001(?=\\|$)/i, 'HKLM\\System\\CurrentControlSet');
}

const targetObject: Derived = {
  from: ['ObjectName', 'ObjectValueName'],
  make: ([key, value]) => {
    if (typeof key !== 'string') return undefined;
    const path = registryPath(key);
    return isStated(value) ? `${path}\\${value}` : path;
  },
};

/** Types of registry values in 4657 (`%%1873` REG_SZ ...; `%%1876` REG_DWORD, `%%1883` REG_QWORD). */
const registryDetails: Derived = {
  from: ['NewValue', 'NewValueType'],
  make: ([value, type]) => {
    if (typeof value !== 'string' && typeof value !== 'number') return undefined;
    const text = String(value);
    const dword = type === '%%1876' || type === 'REG_DWORD';
    const qword = type === '%%1883' || type === 'REG_QWORD';
    const number = dword || qword ? toBigInt(text) : undefined;
    if (number === undefined) return text;
    const hex = number.toString(16);
    if (dword) return [`DWORD (0x${hex.padStart(8, '0')})`, text];
    const wide = hex.padStart(16, '0');
    return [`QWORD (0x${wide.slice(0, 8)}-0x${wide.slice(8)})`, text];
  },
};

function toBigInt(text: string): bigint | undefined {
  return /^(0x[0-9a-f]{1,16}|\d{1,20})$/i.test(text) ? BigInt(text) : undefined;
}

/** %%14593 outbound, %%14592 inbound: Sysmon says whether this host initiated the connection. */
const initiated: Derived = {
  from: ['Direction'],
  make: ([direction]) => {
    if (direction === '%%14593' || direction === 'Outbound') return 'true';
    return direction === '%%14592' || direction === 'Inbound' ? 'false' : undefined;
  },
};

const PROTOCOLS: Readonly<Record<string, string>> = { '1': 'icmp', '6': 'tcp', '17': 'udp', '58': 'ipv6-icmp' };

/** The IP protocol's number, and the name that Sysmon writes. */
const protocol: Derived = {
  from: ['Protocol'],
  make: ([number]) => {
    const name = String(number);
    return Object.hasOwn(PROTOCOLS, name) ? PROTOCOLS[name] : undefined;
  },
};

const ipv6: Derived = {
  from: ['DestAddress'],
  make: ([address]) => (typeof address === 'string' ? String(address.includes(':')) : undefined),
};

/** `10.0.0.7:50122` and `[fe80::1]:50122` without the port. */
const rdpClient: Derived = {
  from: ['ClientIP'],
  make: ([address]) => {
    if (typeof address !== 'string') return undefined;
    return /^\[([^\]]{2,64})\]/.exec(address)?.[1] ?? /^([\d.]{7,15})(?::\d+)?$/.exec(address)?.[1] ?? address;
  },
};

/** One of the unnamed strings of a classic event, by its place in the message (`%2` is 1). */
const nth = (index: number): Derived => ({
  from: ['Data'],
  make: ([strings]) => (Array.isArray(strings) && isStated(strings[index]) ? strings[index].trim() : undefined),
});

/**
 * Fields of Windows Defender's events, which are the only ones of Windows that have spaces in their names (provider manifest of
 * Windows 11, events 1006 to 5013). Rules leave the spaces out; other converters keep them, drop them or both.
 */
const DEFENDER_FIELDS = [
  'Action ID',
  'Action Name',
  'Additional Actions ID',
  'Additional Actions String',
  'Category ID',
  'Category Name',
  'Changed Type',
  'Current Engine Version',
  'Current Signature Version',
  'Detection ID',
  'Detection Time',
  'Detection User',
  'Engine Version',
  'Error Code',
  'Error Description',
  'Execution ID',
  'Execution Name',
  'Feature ID',
  'Feature Name',
  'Involved File',
  'New Value',
  'Old Value',
  'Origin ID',
  'Origin Name',
  'Parent Commandline',
  'Post Clean Status',
  'Pre Execution Status',
  'Previous Engine Version',
  'Previous Signature Version',
  'Process ID',
  'Process Name',
  'Product Name',
  'Product Version',
  'Remediation User',
  'Scan ID',
  'Scan Parameters',
  'Scan Resources',
  'Scan Type',
  'Security intelligence Version',
  'Severity ID',
  'Severity Name',
  'Source ID',
  'Source Name',
  'Source Path',
  'Status Code',
  'Status Description',
  'Target Commandline',
  'Threat ID',
  'Threat Name',
  'Type ID',
  'Type Name',
] as const;

const spaceless: Readonly<Record<string, Derived>> = Object.fromEntries(
  DEFENDER_FIELDS.map((name) => [name.replaceAll(' ', ''), { from: [name], make: ([value]) => value ?? undefined }]),
);

/**
 * By the id of the security event that needs them. The names on the left are ours where the event has a field of the rule's
 * name that means something else; an offer's `fields` leads there.
 */
export const DERIVED = {
  process: { ProcessUser: processUser, IntegrityLevel: integrityLevel },
  registry: { TargetObject: targetObject, Details: registryDetails, SubjectUser: subjectUser },
  connection: { Initiated: initiated, ProtocolName: protocol, DestinationIsIpv6: ipv6 },
  file: { SubjectUser: subjectUser },
  rdp: { RdpClient: rdpClient },
  defender: spaceless,
  // Routing and Remote Access: `The user %2 connected on port %3 has been assigned address %4` and its kin
  vpnOpen: { RasUser: nth(1), RasPort: nth(2), RasAssigned: nth(3) },
  vpnRefused: { RasUser: nth(1), RasClient: nth(2), RasReason: nth(3) },
  vpnClosed: { RasUser: nth(1), RasPort: nth(2), RasSent: nth(9), RasReceived: nth(10) },
} as const satisfies Readonly<Record<string, Readonly<Record<string, Derived>>>>;
