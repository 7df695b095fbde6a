import type {
  AuditRecord,
  Feed,
  Finding,
  Indicator,
  Member,
  PastRun,
  RegistryVersion,
  Rule,
  Source,
  StoredEvent,
  Token,
} from '../src/api/model.ts';

const at = '2026-11-24T02:14:07.123456Z';
const hostile = '<img src=x onerror="window.__hit=1"> \u202egpj.exe';
const commandLine = `C:\\Windows\\System32\\rundll32.exe C:\\Users\\Public\\a.dll,Run ${hostile}`;

const first: Finding = {
  id: 'f-1',
  detector: 'term',
  rule_id: 'northgate-hours',
  rule_title: 'Northgate worked outside the agreed hours',
  level: 'high',
  confidence: 'high',
  first_at: at,
  last_at: at,
  count: 3,
  provider: 'northgate',
  account: 'CLINIC\\svc-rmm',
  person: null,
  host: 'DC01',
  src_ip: '198.51.100.7',
  source_id: 'src-1',
  why: 'svc-rmm (Northgate’s service account) logged on to DC01 at 03:14, outside the agreed hours 08:00 to 18:00. Seen in DC01’s Security log.',
  exception_id: null,
  retrospective: false,
  late: false,
  registry_version: 4,
  document: {
    evidence: [
      { field: 'TargetUserName', value: 'svc-rmm', expected: 'svc-rmm' },
      {
        field: 'CommandLine',
        item: 'CommandLine|contains',
        value: commandLine,
        expected: '*rundll32.exe*',
        part: [20, 32],
      },
    ],
    attribution: 'account CLINIC\\svc-rmm is declared for Northgate',
    attack: { tactics: ['lateral-movement'], techniques: ['T1021.001'] },
  },
};

const levels = ['critical', 'high', 'medium', 'low', 'informational'] as const;

export const findings: Finding[] = [
  first,
  ...Array.from({ length: 24 }, (_, n) => ({
    ...first,
    id: `f-${n + 2}`,
    detector: 'rule',
    rule_id: 'r-1',
    rule_title: n === 0 ? hostile : `Suspicious use of rundll32 (${n})`,
    level: levels[n % 5]!,
    account: n === 1 ? '=HYPERLINK("http://evil.example")' : `CLINIC\\user${n}`,
    host: `WS${String(n).padStart(3, '0')}`,
    first_at: new Date(Date.parse(at) - n * 3_600_000).toISOString(),
  })),
];

export const event: StoredEvent = {
  id: 'e-1',
  time: at,
  received: at,
  source: 'src-1',
  kind: 'windows/Security/Microsoft-Windows-Security-Auditing/4624',
  format: 'winlogbeat',
  provider: 'northgate',
  account: 'CLINIC\\svc-rmm',
  person: '',
  host: 'DC01',
  src_ip: '198.51.100.7',
  attribution_by: ['The account is declared for Northgate.'],
  normal: { 'actor.user.name': 'svc-rmm', 'src_endpoint.ip': '198.51.100.7' },
  fields: { TargetUserName: ['svc-rmm'], CommandLine: [commandLine] },
  raw: `{"winlog":{"event_id":4624},"CommandLine":${JSON.stringify(commandLine)}}`,
};

export const source: { -readonly [Key in keyof Source]: Source[Key] } = {
  id: 'src-1',
  name: 'Domain controllers',
  kind: 'elastic',
  format: null,
  zone: null,
  expected_interval: 600,
  promised_by: 'northgate',
  settings: {},
  fetching: null,
  retention_days: null,
  updated_at: '2026-11-25T01:00:00.000Z',
  masking: [{ field: 'patient.name', how: 'mask' }],
  state: 'active',
  health: {
    state: 'waiting',
    last_event_at: null,
    last_received_at: null,
    events: 0,
    unread: 3,
    dropped: 0,
    clock_offset: 1_200_000,
  },
};

export const rules: Rule[] = [
  {
    id: 'r-1',
    title: 'Suspicious use of rundll32',
    level: 'high',
    enabled: true,
    reason: null,
    needs: ['Windows process creation'],
    blind: 'no source sends process creation',
    hits: 0,
    last_hit_at: null,
    tags: ['attack.t1218.011'],
    author: 'Someone',
    license: 'DRL-1.1',
    pack: 'sigma',
    document: 'title: Suspicious use of rundll32\nlevel: high\n',
  },
  {
    id: 'r-2',
    title: 'Logon with explicit credentials',
    level: 'medium',
    enabled: false,
    reason: 'Northgate’s backup does it every night',
    needs: ['Windows Security 4648'],
    blind: null,
    hits: 12,
    last_hit_at: at,
    tags: [],
  },
];

export const members: Member[] = [
  {
    id: 'u1',
    email: 'ada@harbour.example',
    name: 'Ada Harbour',
    role: 'administrator',
    provider: null,
    last_sign_in_at: at,
    disabled_at: null,
  },
  {
    id: 'u2',
    email: 'nick@northgate.example',
    name: 'Nick North',
    role: 'provider_reader',
    provider: 'northgate',
    last_sign_in_at: null,
    disabled_at: null,
  },
];

export const tokens: Token[] = [
  {
    id: 't1',
    kind: 'api',
    name: 'SOAR',
    prefix: 'chp_ab',
    role: 'viewer',
    scopes: [],
    created_at: at,
    expires_at: null,
    revoked_at: null,
    last_used_at: at,
  },
];

export const pastRuns: PastRun[] = [
  {
    id: 'p-1',
    kind: 'rules',
    subject: 'r-1',
    title: 'Remote tool started by a service',
    rules: ['r-1'],
    reason: 'was switched on',
    came_at: '2026-05-04T08:00:00.000Z',
    since: '2026-04-04T08:00:00.000Z',
    until: '2026-05-04T08:00:00.000Z',
    reached: '2026-04-20T20:00:00.000Z',
    state: 'running',
    matches: 1204,
    findings: 3,
    note: null,
  },
  {
    id: 'p-2',
    kind: 'feed',
    subject: 'f-1',
    title: 'Neighbours',
    rules: [],
    reason: 'brought this indicator',
    came_at: '2026-05-03T08:00:00.000Z',
    since: '2026-04-03T08:00:00.000Z',
    until: '2026-05-03T08:00:00.000Z',
    reached: '2026-04-03T08:00:00.000Z',
    state: 'done',
    matches: 0,
    findings: 0,
    note: 'There were more different values than can be held against the indicators at once.',
  },
];

export const feeds: Feed[] = [
  {
    id: 'fd1',
    name: 'Health-ISAC',
    kind: 'taxii',
    last_pull_at: at,
    last_error: 'The server answered 401.',
    enabled: true,
  },
];

export const indicators: Indicator[] = [
  {
    id: 'i1',
    type: 'ipv4',
    written: '203.0.113.9',
    value: '4/3405803785',
    note: null,
    tlp: 'amber',
    confidence: 70,
    valid_until: null,
    warning_list: null,
    sightings: 2,
    last_sighting_at: at,
  },
  {
    id: 'i2',
    type: 'domain',
    written: 'windowsupdate.com',
    value: 'windowsupdate.com',
    note: null,
    tlp: null,
    confidence: 50,
    valid_until: at,
    warning_list: 'Microsoft',
    sightings: 0,
    last_sighting_at: null,
  },
];

export const versions: RegistryVersion[] = [
  {
    id: 'v4',
    version: 4,
    document: 'organization: Harbour Clinic\nproviders:\n  - name: Northgate\n',
    hash: 'ab'.repeat(32),
    loaded_by: 'Ada Harbour',
    loaded_at: at,
    active: true,
  },
];

export const audit: AuditRecord[] = [
  {
    id: 'a1',
    sequence: 1,
    at,
    actor_kind: 'user',
    actor_name: 'ada@harbour.example',
    action: 'session.sign_in',
    outcome: 'success',
    object_kind: null,
    object_id: null,
    detail: {},
    ip: '127.0.0.1',
    hash: 'cd'.repeat(32),
  },
];
