import type { Derived } from '../event.ts';
import { SECURITY, SYSMON } from './channel.ts';
import { DERIVED } from './derived.ts';

/** Under which Sigma categories one kind of event is offered; `fields` leads from the rule's field names to the event's. */
export interface Category {
  readonly category: string;
  readonly fields?: Readonly<Record<string, string>>;
  /** product of the offer; `windows` where not stated */
  readonly product?: string;
}

export interface Kind {
  readonly categories: readonly Category[];
  readonly derived?: Readonly<Record<string, Derived>>;
  /** a further field decides which of the categories hold */
  readonly refine?: {
    readonly field: string;
    /** categories for a value of the field (compared without case); undefined: all of them */
    readonly of: Readonly<Record<string, readonly string[]>>;
    /** for values not listed; all categories where not stated */
    readonly otherwise?: readonly string[];
  };
}

const just = (...categories: string[]): Kind => ({ categories: categories.map((category) => ({ category })) });

/** Sysmon's event ids (Sysmon 15 manifest) and SigmaHQ's categories for them. */
const SYSMON_KINDS: Readonly<Record<number, Kind>> = {
  1: just('process_creation'),
  2: just('file_change'),
  3: just('network_connection'),
  4: just('sysmon_status'),
  5: just('process_termination'),
  6: just('driver_load'),
  7: just('image_load'),
  8: just('create_remote_thread'),
  9: just('raw_access_thread'),
  10: just('process_access'),
  11: just('file_event'),
  // One id for keys made and for keys or values deleted
  12: {
    ...just('registry_event', 'registry_add', 'registry_delete'),
    refine: {
      field: 'EventType',
      of: {
        createkey: ['registry_event', 'registry_add'],
        deletekey: ['registry_event', 'registry_delete'],
        deletevalue: ['registry_event', 'registry_delete'],
      },
      // Some shippers drop it: then nobody can say which of the two it was
      otherwise: ['registry_event'],
    },
  },
  13: just('registry_event', 'registry_set'),
  14: just('registry_event', 'registry_rename'),
  15: just('create_stream_hash'),
  16: just('sysmon_status'),
  17: just('pipe_created'),
  18: just('pipe_created'),
  19: just('wmi_event'),
  20: just('wmi_event'),
  21: just('wmi_event'),
  22: just('dns_query'),
  23: just('file_delete'),
  24: just('clipboard_capture'),
  25: just('process_tampering'),
  26: just('file_delete', 'file_delete_detected'),
  27: just('file_block_executable'),
  28: just('file_block_shredding'),
  29: just('file_executable_detected'),
  255: just('sysmon_error'),
};

/** Built-in events of the Security log that tell what Sysmon tells, with the audit event's names for Sysmon's fields. */
const SECURITY_KINDS: Readonly<Record<number, Kind>> = {
  4688: {
    categories: [
      {
        category: 'process_creation',
        fields: {
          Image: 'NewProcessName',
          ParentImage: 'ParentProcessName',
          ProcessId: 'NewProcessId',
          ParentProcessId: 'ProcessId',
          LogonId: 'SubjectLogonId',
          User: 'ProcessUser',
        },
      },
    ],
    derived: DERIVED.process,
  },
  4689: {
    categories: [{ category: 'process_termination', fields: { Image: 'ProcessName', LogonId: 'SubjectLogonId' } }],
  },
  4657: {
    categories: ['registry_event', 'registry_set', 'registry_add', 'registry_delete'].map((category) => ({
      category,
      fields: { Image: 'ProcessName', User: 'SubjectUser', LogonId: 'SubjectLogonId' },
    })),
    derived: DERIVED.registry,
    refine: {
      field: 'OperationType',
      of: {
        // %%1904 new registry value created, %%1905 existing one modified, %%1906 deleted
        '%%1904': ['registry_event', 'registry_set', 'registry_add'],
        'new registry value created': ['registry_event', 'registry_set', 'registry_add'],
        '%%1905': ['registry_event', 'registry_set'],
        'existing registry value modified': ['registry_event', 'registry_set'],
        '%%1906': ['registry_event', 'registry_delete'],
        'registry value deleted': ['registry_event', 'registry_delete'],
      },
      otherwise: ['registry_event'],
    },
  },
  4663: {
    categories: [
      { category: 'file_access', fields: { FileName: 'ObjectName', Image: 'ProcessName', User: 'SubjectUser' } },
    ],
    derived: DERIVED.file,
    refine: { field: 'ObjectType', of: { file: ['file_access'] }, otherwise: [] },
  },
  5156: {
    categories: [
      {
        category: 'network_connection',
        fields: {
          Image: 'Application',
          SourceIp: 'SourceAddress',
          DestinationIp: 'DestAddress',
          DestinationPort: 'DestPort',
          Protocol: 'ProtocolName',
          ProcessId: 'ProcessID',
        },
      },
    ],
    derived: DERIVED.connection,
  },
};

const POWERSHELL_KINDS: Readonly<Record<number, Kind>> = { 4103: just('ps_module'), 4104: just('ps_script') };

/** Defender's detections under the names of the antivirus category. */
const ANTIVIRUS: Kind = {
  categories: [
    {
      category: 'antivirus',
      fields: { Signature: 'Threat Name', Filename: 'Path', Action: 'Action Name', User: 'Detection User' },
    },
  ],
  derived: DERIVED.defender,
};

const DEFENDER = 'microsoft-windows-windows defender';
/** Defender's other events: configuration, tampering, attack surface reduction. Past these ids its manifest has none. */
const DEFENDER_OTHER: Kind = { categories: [], derived: DERIVED.defender };
const isDefender = (id: number): boolean => id >= 1000 && id <= 5200;

const fileByName = (category: string): Kind => ({ categories: [{ category, fields: { TargetFilename: 'FileName' } }] });

/** By provider (lower case), then event id. */
const KINDS: ReadonlyMap<string, Readonly<Record<number, Kind>>> = new Map<string, Readonly<Record<number, Kind>>>([
  [SYSMON, SYSMON_KINDS],
  [
    'linux-sysmon',
    Object.fromEntries(
      Object.entries(SYSMON_KINDS).map(([id, kind]) => [
        id,
        { ...kind, categories: kind.categories.map((category) => ({ ...category, product: 'linux' })) },
      ]),
    ),
  ],
  [SECURITY, SECURITY_KINDS],
  ['microsoft-windows-powershell', POWERSHELL_KINDS],
  ['powershellcore', POWERSHELL_KINDS],
  [
    'powershell',
    { 400: just('ps_classic_start'), 600: just('ps_classic_provider_start'), 800: just('ps_classic_script') },
  ],
  ['microsoft-windows-dns-client', { 3008: just('dns_query') }],
  [DEFENDER, Object.fromEntries([1006, 1007, 1008, 1015, 1116, 1117, 1118, 1119].map((id) => [id, ANTIVIRUS]))],
  // The VPN server of Windows: no category of Sigma's, but its events have only unnamed strings
  [
    'remoteaccess',
    {
      20250: { categories: [], derived: DERIVED.vpnOpen },
      20271: { categories: [], derived: DERIVED.vpnRefused },
      20272: { categories: [], derived: DERIVED.vpnClosed },
      20274: { categories: [], derived: DERIVED.vpnOpen },
    },
  ],
  ['microsoft-windows-remotedesktopservices-rdpcorets', { 131: { categories: [], derived: DERIVED.rdp } }],
  // ETW, kept by collectors such as SilkETW, Velociraptor or a trace converted to EVTX
  [
    'microsoft-windows-kernel-file',
    {
      12: just('file_access'),
      15: just('file_access'),
      19: fileByName('file_rename'),
      26: fileByName('file_delete'),
      27: fileByName('file_rename'),
      30: fileByName('file_event'),
    },
  ],
  [
    'microsoft-windows-dnsserver',
    Object.fromEntries(
      [256, 257].map((id) => [
        id,
        { categories: [{ category: 'dns', fields: { query: 'QNAME', record_type: 'QTYPE', parent_domain: 'Zone' } }] },
      ]),
    ),
  ],
]);

/** What the id of an event means when this provider (lower case) writes it; undefined where it is no category of Sigma's. */
export function kindOf(provider: string, eventId: number): Kind | undefined {
  const kinds = KINDS.get(provider);
  if (kinds === undefined) return undefined;
  if (Object.hasOwn(kinds, eventId)) return kinds[eventId];
  return provider === DEFENDER && isDefender(eventId) ? DEFENDER_OTHER : undefined;
}

/** One line of the list of Windows's categories: which events are offered under it. */
export interface Offering {
  readonly product: string;
  readonly category: string;
  readonly provider: string;
  readonly eventId: number;
}

/** Every category with the events that are offered under it, for documentation and for the test that holds it against SigmaHQ. */
export function windowsOfferings(): readonly Offering[] {
  const found: Offering[] = [];
  for (const [provider, kinds] of KINDS) {
    for (const [id, kind] of Object.entries(kinds)) {
      for (const { category, product = 'windows' } of kind.categories) {
        found.push({ product, category, provider, eventId: Number(id) });
      }
    }
  }
  return found;
}
