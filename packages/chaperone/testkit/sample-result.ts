import type { Level } from '@chaperone/sigma';
import type { AccountUse, Finding, Group, ScanResult, Summary } from '../src/detection/index.ts';

/** A rule of the sample and how often it fires. */
interface Theme {
  readonly id: string;
  readonly title: string;
  readonly level: Level;
  readonly tactics: readonly string[];
  readonly techniques: readonly string[];
  readonly detector: Finding['detector'];
  readonly count: number;
  readonly field: string;
  readonly value: string;
  readonly part: readonly [number, number];
  readonly expected: string;
  readonly why: string;
}

const themes: readonly Theme[] = [
  theme(
    'term-hours',
    'Provider account used outside the agreed hours',
    'high',
    'term',
    ['initial-access', 'persistence'],
    ['T1199', 'T1078.002'],
    9,
    'TargetUserName',
    'msp-adm',
    'msp-adm',
    'CLINIC\\msp-adm (Northgate IT) logged on to DC01 at 02:14 by the domain controller’s clock, outside the agreed hours 08:00 to 18:00 Europe/Zurich. Seen in DC01’s Security log.',
  ),
  theme(
    'b2f9a7de-01',
    'Directory database copied with ntdsutil',
    'critical',
    'rule',
    ['credential-access'],
    ['T1003.003'],
    1,
    'CommandLine',
    'ntdsutil "ac i ntds" "ifm" "create full c:\\perflogs\\nt" q q',
    'create full',
    'ntdsutil made a full copy of the directory database into C:\\PerfLogs on DC01, started by CLINIC\\msp-adm. Whoever has that copy has every password hash of the domain.',
  ),
  theme(
    'b2f9a7de-02',
    'Archive made in a folder where no one looks',
    'high',
    'rule',
    ['collection'],
    ['T1560.001', 'T1074.001'],
    4,
    'CommandLine',
    'rar.exe a -hpK4l! -v200m C:\\$Recycle.Bin\\n.rar C:\\Share\\Records',
    'a -hpK4l!',
    'rar.exe packed C:\\Share\\Records into encrypted volumes under C:\\$Recycle.Bin on FS02.',
  ),
  theme(
    'b2f9a7de-03',
    'Renamed PuTTY secure copy sends data out',
    'critical',
    'correlation',
    ['exfiltration'],
    ['T1048'],
    1,
    'OriginalFileName',
    'PSCP',
    'PSCP',
    'Within 40 minutes of the archives, c:\\windows\\temp\\svc.exe, which is PuTTY’s pscp under another name, sent 1.2 GB from FS02 to 198.51.100.23.',
  ),
  theme(
    'b2f9a7de-04',
    'Service installed on another host over the network',
    'medium',
    'rule',
    ['lateral-movement', 'execution'],
    ['T1021.002', 'T1569.002'],
    23,
    'ServiceFileName',
    '%COMSPEC% /C echo whoami ^> %SYSTEMDRIVE%\\o.txt',
    '%COMSPEC% /C',
    'A service that runs a shell command was installed on FS02.',
  ),
  theme(
    'b2f9a7de-05',
    'Accounts and hosts enumerated with net and nltest',
    'low',
    'rule',
    ['discovery'],
    ['T1087.002', 'T1482'],
    160,
    'CommandLine',
    'nltest /domain_trusts /all_trusts',
    '/domain_trusts',
    'nltest listed the domain’s trusts on WS17, started by CLINIC\\msp-adm.',
  ),
  theme(
    'ind-apt10-07',
    'Address from the 2017 report on Cloud Hopper',
    'low',
    'indicator',
    ['command-and-control'],
    ['T1071'],
    3,
    'DestinationIp',
    '203.0.113.77',
    '203.0.113.77',
    'WS17 asked for an address that was in use against other organisations in 2017. Old; it may belong to someone else today.',
  ),
  theme(
    'change-undeclared',
    'Account that looks like a provider’s and that nobody declared',
    'medium',
    'change',
    ['persistence'],
    ['T1136.002'],
    2,
    'TargetUserName',
    'ngate-svc2',
    'ngate',
    'CLINIC\\ngate-svc2 follows Northgate’s naming and came from its network, but no registry entry names it.',
  ),
  theme(
    'b2f9a7de-06',
    'Logon over VPN without a second factor',
    'informational',
    'rule',
    ['initial-access'],
    ['T1133'],
    412,
    'auth.factor',
    'password',
    'password',
    'A VPN session of northgate-t2 began with a password alone.',
  ),
];

function theme(
  id: string,
  title: string,
  level: Level,
  detector: Finding['detector'],
  tactics: readonly string[],
  techniques: readonly string[],
  count: number,
  field: string,
  value: string,
  part: string,
  why: string,
): Theme {
  const at = value.indexOf(part);
  return {
    id,
    title,
    level,
    detector,
    tactics,
    techniques,
    count,
    field,
    value,
    part: [at, at + part.length],
    expected: `*${part}*`,
    why,
  };
}

const start = Date.parse('2026-11-16T05:00:00Z');

/** A week at a clinic whose MSP's account is being misused; the same on every run. `scale` multiplies the findings. */
export function sampleResult({
  scale = 1,
  poison,
}: {
  scale?: number;
  poison?: (text: string) => string;
} = {}): ScanResult {
  const p = poison ?? ((text: string) => text);
  const next = generator(20261125);
  const findings: Finding[] = [];
  for (const each of themes)
    for (let i = 0; i < each.count * scale; i++) {
      const at = start + Math.floor((each.level === 'critical' ? 0.8 : next()) * 6.5 * 86_400_000) + i * 977;
      findings.push(finding(each, at, i, p, next));
    }
  findings.sort((a, b) => ((a.time ?? '~') < (b.time ?? '~') ? -1 : 1));
  return assemble(findings, p);
}

function finding(each: Theme, at: number, i: number, p: (text: string) => string, next: () => number): Finding {
  const host = ['DC01', 'FS02', 'WS17', 'WS22'][Math.floor(next() * 4)];
  const record = 4000 + Math.floor(next() * 90_000);
  const untimed = each.detector === 'indicator' && i === 2;
  return {
    id: `01938f2a-${each.id}-${i}`,
    time: untimed ? null : new Date(at).toISOString().replace('Z', '123Z'),
    ...(each.detector === 'correlation'
      ? { time_end: new Date(at + 2_400_000).toISOString().replace('Z', '123Z') }
      : {}),
    level: each.level,
    confidence: each.detector === 'indicator' ? 'low' : 'high',
    detector: each.detector,
    rule: {
      id: each.id,
      title: p(each.title),
      author: p('Chaperone contributors'),
      license: p('Apache-2.0'),
      file: p(`content/rules/${each.id}.yml`),
      tags: [
        ...each.tactics.map((tactic) => `attack.${tactic}`),
        ...each.techniques.map((id) => `attack.${id.toLowerCase()}`),
      ],
    },
    source: { file: p(`logs/${host}/Security.evtx`), record, offset: record * 512 },
    ...(each.detector === 'correlation'
      ? { sources: [{ file: p(`logs/${host}/Sysmon.evtx`), record: record + 7 }] }
      : {}),
    organization: p('Clinic Sonnenberg'),
    provider: each.id === 'b2f9a7de-05' && i % 3 === 0 ? null : p('Northgate IT'),
    account: p(each.id === 'change-undeclared' ? 'CLINIC\\ngate-svc2' : 'CLINIC\\msp-adm'),
    host: p(host),
    src_ip: p('10.99.0.14'),
    why: p(each.why),
    evidence: [
      {
        selection: 'selection',
        item: `${each.field}|contains`,
        field: p(each.field),
        value: p(each.value),
        expected: p(each.expected),
        part: each.part,
      },
      { selection: 'selection', item: 'EventID', field: 'EventID', value: '4688', expected: '4688', part: [0, 4] },
    ],
    attack: { tactics: each.tactics, techniques: each.techniques },
    attribution: p('account CLINIC\\msp-adm is declared for Northgate IT'),
    event: {
      class: p('windows/Security/Microsoft-Windows-Security-Auditing/4688'),
      raw: p(
        JSON.stringify(
          { Event: { System: { EventID: 4688, Computer: host }, EventData: { [each.field]: each.value } } },
          null,
          2,
        ),
      ),
    },
  };
}

function assemble(findings: readonly Finding[], p: (text: string) => string): ScanResult {
  const byLevel = { critical: 0, high: 0, medium: 0, low: 0, informational: 0 };
  const hours = new Map<string, { hour: string; level: Level; count: number }>();
  for (const { level, time } of findings) {
    byLevel[level]++;
    if (time === null) continue;
    const hour = `${time.slice(0, 13)}:00:00.000000Z`;
    const slot = hours.get(`${hour} ${level}`) ?? { hour, level, count: 0 };
    slot.count++;
    hours.set(`${hour} ${level}`, slot);
  }
  const firstOf = (id: string) => findings.find((finding) => finding.rule.id === id);
  const first = ['b2f9a7de-01', 'b2f9a7de-03', 'b2f9a7de-02', 'term-hours', 'change-undeclared'].flatMap((id) => {
    const found = firstOf(id);
    return found === undefined
      ? []
      : [{ title: found.rule.title, why: found.why, level: found.level, finding: found.id }];
  });
  const summary: Summary = {
    version: '0.1.0',
    started: '2026-11-25T09:00:00.000000Z',
    finished: '2026-11-25T09:00:42.512000Z',
    seconds: 42.5,
    paths: [p('/cases/sonnenberg')],
    level: 'medium',
    zone: 'Europe/Zurich',
    organization: p('Clinic Sonnenberg'),
    registry: p('chaperone.yaml'),
    verdict: {
      state: 'compromise_likely',
      text: p(
        'Northgate IT’s account CLINIC\\msp-adm was used at night from 16 to 21 November to copy the directory database and to send 1.2 GB of patient records out. Northgate’s technicians have no ticket for it.',
      ),
    },
    first,
    files: {
      read: 41,
      unread: [
        {
          file: p('logs/WS09/Security.evtx'),
          code: 'no_permission',
          reason: p('the file belongs to another user and may not be read'),
          mend: p('Copy it as its owner, or run the scan as one who may read it.'),
        },
        {
          file: p('logs/backup.zip'),
          code: 'encrypted',
          reason: p('the archive is encrypted'),
          mend: p('Unpack it with its password first.'),
        },
      ],
    },
    bytes: { read: 1_934_221_312 },
    records: {
      read: 2_418_233,
      unread: 17,
      problems: [
        {
          file: p('logs/FS02/Security.evtx'),
          code: 'truncated_chunk',
          reason: p('the chunk ends inside a record'),
          mend: p('Nothing: the file was copied while it was written. Copy it again if you can.'),
          record: 88_120,
          offset: 4_198_400,
          records: 17,
        },
      ],
      untimed: 1,
      outside: 0,
    },
    rules: {
      loaded: 3842,
      refused: [
        {
          file: p('rules/custom/odd.yml'),
          line: 14,
          rule: p('Odd rule'),
          code: 'unknown_modifier',
          reason: p('the modifier “fuzzy” is not part of Sigma'),
          mend: p('Use one of contains, startswith, endswith, re, cidr.'),
        },
      ],
      warnings: 6,
    },
    findings: {
      total: findings.length,
      by_level: byLevel,
      by_rule: [...Map.groupBy(findings, ({ rule }) => rule.id)]
        .map(([id, list]) => ({ id, title: list[0].rule.title, level: list[0].level, count: list.length }))
        .sort((a, b) => b.count - a.count),
      by_provider: [...Map.groupBy(findings, ({ provider }) => provider)]
        .map(([provider, list]) => ({ provider, count: list.length }))
        .sort((a, b) => b.count - a.count),
    },
    exceptions: [
      {
        term: p('undeclared-tool'),
        provider: null,
        account: null,
        host: p('WS17'),
        owner: p('Head of IT'),
        reason: p('Trial of a new tool'),
        end: '2026-12-31',
        held_back: 3,
      },
    ],
    coverage: {
      sources: [
        source(p('windows/Security'), p('DC01'), 1_204_113, [0, 1, 2, 3, 4, 5, 6]),
        source(p('windows/Security'), p('FS02'), 802_119, [0, 1, 2, 5, 6]),
        source(p('windows/Sysmon'), p('WS17'), 210_442, [2, 3, 4, 5, 6]),
        source(p('cisco-asa'), p('fw-edge'), 201_559, [0, 1, 2, 3, 4, 5, 6]),
        source(p('openvpn'), null, 0, []),
      ],
      unanswered: [
        {
          question: p('Were provider sessions opened with a ticket?'),
          reason: p('no ticket system’s log was among the sources'),
          mend: p('Export the tickets of the week as CSV and scan them with --mapping.'),
        },
        {
          question: p('Did the VPN ask for a second factor?'),
          reason: p('the VPN log names no factor for 212 sessions'),
          mend: p('Turn on the RADIUS accounting of the VPN.'),
        },
      ],
    },
    accounts: [
      use(
        p('CLINIC\\msp-adm'),
        p('Northgate IT'),
        true,
        'seen',
        48_211,
        p('logons in DC01’s and FS02’s Security logs'),
      ),
      use(
        p('CLINIC\\msp-backup'),
        p('Northgate IT'),
        true,
        'never',
        0,
        p('DC01’s Security log watched from 16 to 22 November'),
      ),
      use(p('ngate-rmm (app)'), p('Northgate IT'), true, 'unknown', 0, p('no cloud sign-in log among the sources')),
      use(p('CLINIC\\ngate-svc2'), p('Northgate IT'), false, 'seen', 14, p('found by its naming and source network')),
      use(p('CLINIC\\j.keller'), null, false, 'seen', 9120, p('logons in DC01’s Security log')),
    ],
  };
  return {
    summary,
    findings,
    timeline: [...hours.values()].sort((a, b) => (a.hour < b.hour ? -1 : 1)),
    by_account: groups(findings, ({ account }) => [account ?? '']),
    by_host: groups(findings, ({ host }) => [host ?? '']),
    by_provider: groups(findings, ({ provider }) => [provider ?? '']),
    by_tactic: groups(findings, ({ attack }) => attack.tactics),
    proposal: null,
  };
}

function source(
  kind: string,
  host: string | null,
  events: number,
  days: readonly number[],
): Summary['coverage']['sources'][number] {
  const text = days.map((day) => new Date(start + day * 86_400_000).toISOString().slice(0, 10));
  return {
    kind,
    host,
    events,
    first: text.length > 0 ? `${text[0]}T05:00:00.000000Z` : null,
    last: text.length > 0 ? `${text[text.length - 1]}T21:40:11.000000Z` : null,
    days: text,
  };
}

function use(
  account: string,
  provider: string | null,
  declared: boolean,
  kind: AccountUse['use'],
  events: number,
  note: string,
): AccountUse {
  const seen = kind === 'seen';
  return {
    account,
    provider,
    declared,
    use: kind,
    first: seen ? '2026-11-16T06:01:12.000000Z' : null,
    last: seen ? '2026-11-22T01:44:02.000000Z' : null,
    events,
    note,
  };
}

function groups(findings: readonly Finding[], names: (finding: Finding) => readonly string[]): Group[] {
  const byName = new Map<string, Finding[]>();
  for (const finding of findings)
    for (const name of names(finding)) {
      const list = byName.get(name);
      if (list === undefined) byName.set(name, [finding]);
      else list.push(finding);
    }
  return [...byName]
    .map(([name, list]) => {
      const times = list.flatMap(({ time }) => (time === null ? [] : [time])).sort();
      const by_level: Partial<Record<Level, number>> = {};
      for (const { level } of list) by_level[level] = (by_level[level] ?? 0) + 1;
      const rules = [...Map.groupBy(list, ({ rule }) => rule.id)]
        .map(([id, of]) => ({ id, title: of[0].rule.title, count: of.length }))
        .sort((a, b) => b.count - a.count)
        .slice(0, 10);
      return {
        name,
        count: list.length,
        by_level,
        first: times[0] ?? null,
        last: times[times.length - 1] ?? null,
        rules,
      };
    })
    .sort((a, b) => b.count - a.count);
}

/** Numbers from 0 to 1, the same sequence on every run (mulberry32). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
