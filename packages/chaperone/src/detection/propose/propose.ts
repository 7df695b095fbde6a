import { type Activity, findZone, loadRegistry, slugify } from '../../registry/index.ts';
import { shown } from '../registry-finding.ts';
import { type Candidate, findCandidates, isPublic } from './candidates.ts';
import { LocalClock } from './local-clock.ts';
import { describeObserved } from './observed-hours.ts';

interface Group {
  readonly name: string;
  readonly why: string;
  readonly tenants: { readonly entra: Set<string>; readonly aws: Set<string> };
  readonly accounts: Candidate[];
}

interface SeenTool {
  readonly name: string;
  readonly hosts: Set<string>;
  readonly instances: Set<string>;
  count: number;
}

/** What one proposal lists at most of each kind; what is beyond is said in a comment. */
const MAX = { accounts: 200, hinted: 50, networks: 40, hosts: 60, tools: 30, notes: 4 };
/** Rounds of taking out what the registry would refuse. */
const MAX_ROUNDS = 8;

/**
 * Proposes a chaperone.yaml from what was seen: accounts that look like outsiders', where they came from, the hosts they reached, the hours at
 * which they worked (by the clock of `zone`, an IANA name; UTC without one), the remote-management tools that ran; each line with what it was seen
 * by. The text loads without errors. Null where nothing looks like an outsider's.
 */
export function propose(activities: readonly Activity[], { zone }: { zone?: string } = {}): string | null {
  const known = zone === undefined ? undefined : findZone(zone);
  const clock = new LocalClock(known ?? findZone('UTC')!);
  const candidates = findCandidates(activities, clock);
  const strong = candidates.filter((candidate) => candidate.score >= 2);
  const tools = findTools(activities);
  if (strong.length === 0 && tools.length === 0) return null;
  const hinted = candidates.filter((candidate) => candidate.score < 2);
  return loadable(write(groupsOf(strong), hinted, tools, { domains: domainsOf(activities), zone: known?.name }));
}

// One provider for each home that shows; all others together, to be sorted out by who reads it.
function groupsOf(candidates: readonly Candidate[]): Group[] {
  const groups = new Map<string, Group>();
  for (const candidate of candidates) {
    const { home } = candidate;
    const key = home === undefined ? '' : `${home.kind} ${home.value}`;
    let group = groups.get(key);
    if (group === undefined) {
      const name =
        home === undefined
          ? 'Unknown provider'
          : home.kind === 'domain'
            ? home.value
            : home.kind === 'entra'
              ? `Entra tenant ${home.value}`
              : `AWS account ${home.value}`;
      const why =
        home === undefined
          ? 'Nothing says whose these are: sort them by company, and remove your own people’s.'
          : `Accounts whose home is ${shown(home.value)}.`;
      group = { name, why, tenants: { entra: new Set(), aws: new Set() }, accounts: [] };
      groups.set(key, group);
    }
    if (home?.kind === 'entra') group.tenants.entra.add(home.value);
    if (home?.kind === 'aws') group.tenants.aws.add(home.value);
    group.accounts.push(candidate);
  }
  return [...groups.values()];
}

function findTools(activities: readonly Activity[]): SeenTool[] {
  const tools = new Map<string, SeenTool>();
  for (const { attribution, facts, count } of activities) {
    if (attribution.tool === undefined) continue;
    let tool = tools.get(attribution.tool);
    if (tool === undefined) {
      tool = { name: attribution.tool, hosts: new Set(), instances: new Set(), count: 0 };
      tools.set(attribution.tool, tool);
    }
    tool.count += count;
    if (attribution.host !== undefined && tool.hosts.size < 1_000) tool.hosts.add(attribution.host);
    // ScreenConnect and its like name their server as `h=host` in the service's command line.
    const named = /[?&"\s]h=([a-z0-9.-]{4,200})/i.exec(facts.values['service.cmd_line'] ?? '')?.[1];
    if (named !== undefined && tool.instances.size < 10) tool.instances.add(named.toLowerCase());
  }
  return [...tools.values()].sort((a, b) => b.hosts.size - a.hosts.size).slice(0, MAX.tools);
}

// The domains most accounts and hosts here belong to: NetBIOS from Windows logons, DNS from host names.
function domainsOf(activities: readonly Activity[]): string[] {
  const short = new Map<string, number>();
  const long = new Map<string, number>();
  const hosts = new Set<string>();
  for (const { facts, count } of activities) {
    const host = facts.values['device.hostname']?.toLowerCase();
    if (host !== undefined) {
      hosts.add(host.split('.')[0]!);
      const dot = host.indexOf('.');
      if (dot > 0 && /^[a-z0-9.-]+\.[a-z][a-z0-9-]+$/.test(host))
        long.set(host.slice(dot + 1), (long.get(host.slice(dot + 1)) ?? 0) + count);
    }
    const domain = facts.values['user.domain'] ?? facts.values['actor.user.domain'];
    if (facts.class.key.startsWith('windows/') && domain !== undefined && /^[A-Za-z0-9_-]{2,15}$/.test(domain))
      short.set(domain.toUpperCase(), (short.get(domain.toUpperCase()) ?? 0) + count);
  }
  const not =
    /^(?:NT AUTHORITY|NT SERVICE|WINDOW MANAGER|FONT DRIVER HOST|BUILTIN|WORKGROUP|NT|IIS APPPOOL|AZUREAD|MICROSOFTACCOUNT)$/;
  const pick = (counts: Map<string, number>) =>
    [...counts]
      .filter(([name]) => !not.test(name) && !hosts.has(name.toLowerCase()))
      .sort((a, b) => b[1] - a[1])[0]?.[0];
  return [pick(short), pick(long)].filter((name) => name !== undefined);
}

function write(
  groups: readonly Group[],
  hinted: readonly Candidate[],
  tools: readonly SeenTool[],
  { domains, zone }: { readonly domains: readonly string[]; readonly zone: string | undefined },
): string {
  const lines: string[] = [
    '# Proposed by chaperone from what it saw in the logs. Nothing here was agreed by anybody:',
    '# whoever misused an account before this was written stands here too. Check every line, then scan',
    '# again with --registry.',
    'organization:',
    '  name: "Your organisation" # write its name',
    zone === undefined
      ? '  zone: UTC # write your zone, e.g. Europe/Berlin: the hours below are in UTC until then'
      : `  zone: ${quote(zone)}`,
  ];
  if (domains.length > 0)
    lines.push(`  domains: [${domains.map(quote).join(', ')}] # the most frequent in Windows logons and host names`);
  lines.push('', 'providers:');
  const hosts = new Set<string>();
  const all =
    groups.length > 0
      ? groups
      : [
          {
            name: 'Unknown provider',
            why: 'Only tools were seen, and no account.',
            tenants: { entra: new Set<string>(), aws: new Set<string>() },
            accounts: [],
          },
        ];
  const names = new Set<string>();
  all.forEach((group, at) => {
    writeGroup(lines, group, names, hosts, at === 0 ? tools : []);
  });
  if (hinted.length > 0) {
    lines.push('', '# Less likely: your own people who work from home look the same. Move what is a provider’s up.');
    for (const candidate of hinted.slice(0, MAX.hinted))
      lines.push(
        `#     - { ${candidate.kind}: ${quote(candidate.value)} } # ${comment([...candidate.seen].join('; '))}`,
      );
    if (hinted.length > MAX.hinted) lines.push(`#     and ${hinted.length - MAX.hinted} more`);
  }
  if (hosts.size > 0) {
    lines.push(
      '',
      '# Hosts that these accounts reached. Give them the names of your systems, and say which hold patient data.',
      'systems:',
    );
    for (const host of [...hosts].sort().slice(0, MAX.hosts)) lines.push(`  - { name: ${quote(host)} }`);
    if (hosts.size > MAX.hosts) lines.push(`  # and ${hosts.size - MAX.hosts} more`);
  }
  return `${lines.join('\n')}\n`;
}

function writeGroup(
  lines: string[],
  group: Group,
  names: Set<string>,
  hosts: Set<string>,
  tools: readonly SeenTool[],
): void {
  let slug = slugify(group.name);
  for (let n = 2; names.has(slug); n++) slug = `${slugify(group.name).slice(0, 58)}-${n}`;
  names.add(slug);
  lines.push(
    `  - name: ${quote(group.name)} # write the company's name`,
    `    slug: ${slug}`,
    `    # ${comment(group.why)}`,
  );
  const tenants = [
    group.tenants.entra.size > 0 ? `entra: [${[...group.tenants.entra].map(quote).join(', ')}]` : '',
    group.tenants.aws.size > 0 ? `aws: [${[...group.tenants.aws].map(quote).join(', ')}]` : '',
  ].filter((text) => text !== '');
  if (tenants.length > 0) lines.push(`    tenants: { ${tenants.join(', ')} }`);
  if (group.accounts.length > 0) {
    lines.push('    accounts:');
    for (const candidate of group.accounts.slice(0, MAX.accounts)) {
      const notes = [...candidate.seen].slice(0, MAX.notes).join('; ');
      lines.push(
        `      - { ${candidate.kind}: ${quote(candidate.value)} } # ${comment(`${notes}; ${candidate.count} events${between(candidate)}`)}`,
      );
    }
    if (group.accounts.length > MAX.accounts) lines.push(`      # and ${group.accounts.length - MAX.accounts} more`);
  }
  const networks = networksOf(group.accounts);
  if (networks.length > 0) {
    lines.push('    networks:');
    for (const { text, accounts } of networks)
      lines.push(
        `      - ${quote(text)} # ${comment(`from here: ${accounts.slice(0, MAX.notes).join(', ')}${accounts.length > MAX.notes ? ` and ${accounts.length - MAX.notes} more` : ''}`)}`,
      );
  }
  if (tools.length > 0) {
    lines.push(
      '    # Remote-management tools that ran. Keep those that were agreed, with the provider who uses them.',
      '    tools:',
    );
    for (const tool of tools) {
      const [instance, ...others] = tool.instances;
      const named = instance === undefined ? '' : `, instance: ${quote(instance)}`;
      const also = others.length === 0 ? '' : `; also names ${others.join(', ')}`;
      lines.push(
        `      - { name: ${quote(tool.name)}${named} } # ${comment(`on ${tool.hosts.size} host${tool.hosts.size === 1 ? '' : 's'}: ${[...tool.hosts].slice(0, MAX.notes).join(', ')}${also}`)}`,
      );
    }
  }
  const reached = [
    ...new Set(group.accounts.flatMap((candidate) => [...candidate.hosts]).map((host) => host.toLowerCase())),
  ]
    .sort()
    .slice(0, MAX.hosts);
  for (const host of reached) hosts.add(host);
  if (group.accounts.length === 0) return;
  const observed = describeObserved(group.accounts);
  lines.push(
    '    # What was seen, not what was agreed: replace it by the contract.',
    '    terms:',
    '      - id: as-seen',
  );
  if (networks.length > 0) lines.push('        from: [provider]');
  if (reached.length > 0) lines.push(`        to: [${reached.map(quote).join(', ')}]`);
  if (observed !== undefined) lines.push(`        when: ${observed.when} # ${comment(observed.why)}`);
  if (networks.length === 0 && reached.length === 0 && observed === undefined)
    lines.push('        about: "Nothing that would limit it was seen."');
}

function networksOf(accounts: readonly Candidate[]): { text: string; accounts: string[] }[] {
  const users = new Map<string, string[]>();
  for (const candidate of accounts) {
    for (const address of candidate.publicAddresses) {
      if (!isPublic(address)) continue;
      const list = users.get(address);
      if (list === undefined) users.set(address, [candidate.value]);
      else list.push(candidate.value);
    }
  }
  return [...users]
    .map(([text, names]) => ({ text, accounts: names }))
    .sort((a, b) => b.accounts.length - a.accounts.length || (a.text < b.text ? -1 : 1))
    .slice(0, MAX.networks);
}

function between({ first, last }: Candidate): string {
  const day = (time: number) => new Date(time / 1000).toISOString().slice(0, 10);
  if (first === undefined || last === undefined) return '';
  return day(first) === day(last) ? ` on ${day(first)}` : ` from ${day(first)} to ${day(last)}`;
}

/**
 * A text between double quotes in YAML: JSON's escapes are YAML's too, and every character that isn't plain is escaped, so that a name from a
 * log can't end the quotes, the line or the comment.
 */
function quote(text: string): string {
  return JSON.stringify(text).replace(/[\u007f-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function comment(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u0085\u2028\u2029\ufeff]/g, ' ').slice(0, 400);
}

// Every item is one line: what the registry refuses (a name with a wildcard, one account under two spellings) becomes a comment.
function loadable(text: string): string {
  const lines = text.split('\n');
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const errors = loadRegistry(lines.join('\n'), 'proposal').problems.filter(
      (problem) => problem.severity === 'error',
    );
    if (errors.length === 0) break;
    for (const { line, message } of errors) {
      const at = line - 1;
      if (lines[at] !== undefined && !lines[at]!.startsWith('#'))
        lines[at] = `# ${lines[at]} (left out: ${comment(message)})`;
    }
  }
  return lines.join('\n');
}
