import type { Level } from '@chaperone/sigma';
import type { Activity, Attribution, Exception, Provider, Registry, Tool } from '../../registry/index.ts';
import { objectOf, principalOf } from '../attribution/principal.ts';
import type { Evidence, Finding } from '../finding.ts';
import { makeFinding, sayTime, sayWitness, shown } from '../registry-finding.ts';
import { holdsBack } from '../terms/judge.ts';
import { isUse } from '../terms/use.ts';
import { whoIs } from '../terms/verdict.ts';
import { otherInstance } from './other-instance.ts';
import { createsAccount, type Trace, Traces, WEIGHT } from './traces.ts';

export interface Changed {
  readonly findings: readonly Finding[];
  readonly heldBack: readonly { readonly exception: Exception; readonly count: number }[];
}

interface Draft {
  readonly key: string;
  readonly title: string;
  readonly level: Level;
  readonly confidence: Attribution['confidence'];
  readonly techniques: readonly string[];
  readonly provider: string | undefined;
  readonly account: string | undefined;
  readonly host: string | undefined;
  readonly srcIp: string | undefined;
  readonly why: string;
  readonly evidence: readonly Evidence[];
  readonly seen: Seen;
}

/** Activities that stand for one thing. */
interface Seen {
  count: number;
  first: number | undefined;
  last: number | undefined;
  places: Activity['place'][];
  hosts: Set<string>;
  ips: Set<string>;
  eventClass: string;
}

const MAX_PLACES = 10;
const MAX_NAMED = 5;
/** More hosts than this with one undeclared tool: one finding for all of them. */
const MAX_HOSTS = 25;

/**
 * Finds what appeared that nobody declared: accounts with a provider's traces, accounts that a provider's account made, remote-management
 * tools that no agreement names, and agreed tools that talk to another instance than the provider's.
 */
export function detectChange(registry: Registry, activities: readonly Activity[]): Changed {
  const drafts = [
    ...undeclaredAccounts(registry, activities),
    ...madeByProviders(registry, activities),
    ...undeclaredTools(registry, activities),
    ...otherInstances(registry, activities),
  ];
  const findings: Finding[] = [];
  const held = new Map<Exception, number>();
  for (const draft of drafts) {
    const what = {
      key: draft.key,
      account: draft.account,
      host: draft.host,
      provider: draft.provider,
      first: draft.seen.first,
      last: draft.seen.last,
    };
    const exception = registry.exceptions.find((one) => holdsBack(one, what, registry));
    if (exception === undefined) findings.push(finish(registry, draft));
    else held.set(exception, (held.get(exception) ?? 0) + 1);
  }
  findings.sort((a, b) => ((a.time ?? '') < (b.time ?? '') ? -1 : 1));
  return { findings, heldBack: [...held].map(([exception, count]) => ({ exception, count })) };
}

function* undeclaredAccounts(registry: Registry, activities: readonly Activity[]): Generator<Draft> {
  const traces = new Traces(registry, activities);
  const accounts = new Map<string, { label: string; seen: Seen; traces: Map<string, Trace> }>();
  for (const activity of activities) {
    const { facts, attribution } = activity;
    if (attribution.declared !== undefined || facts.outcome === 'failure' || !isUse(facts)) continue;
    const principal = principalOf(facts);
    if (principal.system || principal.label === undefined) continue;
    const found = traces.of(activity);
    if (found.length === 0) continue;
    const domain = principal.name?.domain;
    const key =
      principal.name === undefined
        ? principal.label.toLowerCase()
        : `${domain === undefined ? '' : (registry.organization.domains.canonical(domain) ?? domain)}\\${principal.name.user}`;
    let known = accounts.get(key);
    if (known === undefined) {
      known = { label: principal.label, seen: newSeen(activity), traces: new Map() };
      accounts.set(key, known);
    }
    add(known.seen, activity);
    for (const trace of found)
      if (!known.traces.has(`${trace.kind} ${trace.provider?.slug ?? ''}`))
        known.traces.set(`${trace.kind} ${trace.provider?.slug ?? ''}`, trace);
  }
  for (const { label, seen, traces: all } of accounts.values()) {
    const provider = mostLikely([...all.values()]);
    const mine = [...all.values()].filter((trace) => trace.provider === undefined || trace.provider === provider);
    const score = mine.reduce((sum, trace) => sum + WEIGHT[trace.kind], 0);
    const whose = provider === undefined ? 'a provider' : provider.name;
    const hosts = list(seen.hosts);
    yield {
      key: 'undeclared-account',
      title: 'Provider account that nobody declared',
      level: score >= 4 ? 'high' : score >= 2 ? 'medium' : 'low',
      confidence: score >= 4 ? 'high' : score >= 3 ? 'medium' : 'low',
      techniques: ['T1199', 'T1078'],
      provider: provider?.slug,
      account: label,
      host: [...seen.hosts][0],
      srcIp: [...seen.ips][0],
      why: `${shown(label)} isn't declared in the registry, but looks like an account of ${whose}: ${mine.map((trace) => trace.words).join('; ')}. It was used${hosts === '' ? '' : ` on ${hosts}`}${span(registry, seen)}.${witness(seen)}`,
      evidence: mine.map((trace) => ({
        selection: trace.kind,
        field: 'account',
        value: shown(label),
        expected: trace.words,
      })),
      seen,
    };
  }
}

function mostLikely(traces: readonly Trace[]): Provider | undefined {
  const scores = new Map<Provider, number>();
  for (const trace of traces)
    if (trace.provider !== undefined)
      scores.set(trace.provider, (scores.get(trace.provider) ?? 0) + WEIGHT[trace.kind]);
  return [...scores].sort((a, b) => b[1] - a[1])[0]?.[0];
}

/** What a provider's account did to another account, by Windows event or cloud operation. */
function deed(key: string, activity: string): string | undefined {
  if (createsAccount(key, activity)) return 'created the account';
  if (/\/4722$/.test(key) || /^enable/i.test(activity)) return 'enabled the account';
  if (
    /\/47(?:28|32|56)$/.test(key) ||
    /add (?:eligible )?member to (?:role|group)|attach(?:user|role)policy|addusertogroup/i.test(activity)
  )
    return 'gave a group or role to';
  return undefined;
}

function* madeByProviders(registry: Registry, activities: readonly Activity[]): Generator<Draft> {
  const made = new Map<string, { activity: Activity; object: string; did: string; seen: Seen }>();
  for (const activity of activities) {
    const { facts, attribution } = activity;
    if (attribution.declared === undefined || facts.outcome === 'failure') continue;
    const did = deed(facts.class.key, facts.class.activity);
    if (did === undefined) continue;
    const object = objectOf(facts).label ?? 'an account that the log doesn’t name';
    const key = `${attribution.declared} ${did} ${object.toLowerCase()}`;
    let known = made.get(key);
    if (known === undefined) {
      known = { activity, object, did, seen: newSeen(activity) };
      made.set(key, known);
    }
    add(known.seen, activity);
  }
  for (const { activity, object, did, seen } of made.values()) {
    const account = registry.accounts[activity.attribution.declared!]!;
    yield {
      key: 'made-by-provider',
      title: 'A provider’s account made or raised another',
      level: 'medium',
      confidence: 'high',
      techniques: did.startsWith('gave') ? ['T1098'] : ['T1136', 'T1098'],
      provider: account.provider.slug,
      account: account.label,
      host: [...seen.hosts][0],
      srcIp: undefined,
      why: `${whoIs(registry, account, activity.attribution.account, account.provider.slug)} ${did} ${shown(object)}${span(registry, seen)}. If this was agreed, declare the account; if not, disable it.${witness(seen)}`,
      evidence: [{ selection: 'made-by-provider', field: 'user.name', value: shown(object) }],
      seen,
    };
  }
}

function* undeclaredTools(registry: Registry, activities: readonly Activity[]): Generator<Draft> {
  const declared = new Set(
    registry.providers.flatMap((provider) => provider.tools.map((tool) => tool.name.toLowerCase())),
  );
  const tools = new Map<string, Map<string, Seen>>();
  for (const activity of activities) {
    const { tool, host } = activity.attribution;
    if (tool === undefined || declared.has(tool.toLowerCase())) continue;
    let hosts = tools.get(tool);
    if (hosts === undefined) {
      hosts = new Map();
      tools.set(tool, hosts);
    }
    const key = host?.toLowerCase() ?? '';
    let seen = hosts.get(key);
    if (seen === undefined) {
      seen = newSeen(activity);
      hosts.set(key, seen);
    }
    add(seen, activity);
  }
  for (const [tool, hosts] of tools) {
    const groups = hosts.size > MAX_HOSTS ? [joinSeen([...hosts.values()])] : [...hosts.values()];
    for (const seen of groups) {
      yield {
        key: 'undeclared-tool',
        title: 'Remote-management tool that no agreement names',
        level: 'medium',
        confidence: 'medium',
        techniques: ['T1219'],
        provider: undefined,
        account: undefined,
        host: [...seen.hosts][0],
        srcIp: undefined,
        why: `${shown(tool)}, a remote-management tool, was seen on ${list(seen.hosts) || 'a host that the log doesn’t name'}${span(registry, seen)}, and no provider's agreement names it${declared.size === 0 ? '' : ` (agreed: ${[...new Set(registry.providers.flatMap((provider) => provider.tools.map((one) => one.name)))].join(', ')})`}.${witness(seen)}`,
        evidence: [{ selection: 'undeclared-tool', field: 'tool', value: shown(tool) }],
        seen,
      };
    }
  }
}

function* otherInstances(registry: Registry, activities: readonly Activity[]): Generator<Draft> {
  const found = new Map<string, { tool: Tool; instance: string; sure: boolean; seen: Seen }>();
  for (const activity of activities) {
    for (const { tool, instance, sure } of otherInstance(registry, activity)) {
      const key = `${tool.name} ${instance} ${activity.attribution.host?.toLowerCase() ?? ''}`;
      let known = found.get(key);
      if (known === undefined) {
        known = { tool, instance, sure, seen: newSeen(activity) };
        found.set(key, known);
      }
      known.sure ||= sure;
      add(known.seen, activity);
    }
  }
  for (const { tool, instance, sure, seen } of found.values()) {
    yield {
      key: 'other-instance',
      title: 'Agreed tool that talks to another instance',
      level: sure ? 'high' : 'low',
      confidence: sure ? 'medium' : 'low',
      techniques: ['T1219', 'T1199'],
      provider: undefined,
      account: undefined,
      host: [...seen.hosts][0],
      srcIp: undefined,
      why: `${shown(tool.name)} on ${list(seen.hosts) || 'a host that the log doesn’t name'} names ${shown(instance)}${span(registry, seen)}; the instance agreed with ${tool.provider.name} is ${tool.declared.instance ?? tool.declared.relay}. A second installation can hide behind a known one.${witness(seen)}`,
      evidence: [
        {
          selection: 'other-instance',
          field: 'tool',
          value: shown(instance),
          expected: tool.declared.instance ?? tool.declared.relay ?? '',
        },
      ],
      seen,
    };
  }
}

function finish(registry: Registry, draft: Draft): Finding {
  return makeFinding(registry.organization.slug, {
    ...draft,
    detector: 'change',
    rule: { id: `check/${draft.key}`, title: draft.title, file: registry.file, techniques: draft.techniques },
    first: draft.seen.first,
    last: draft.seen.last,
    places: draft.seen.places,
    eventClass: draft.seen.eventClass,
  });
}

function newSeen(activity: Activity): Seen {
  return {
    count: 0,
    first: undefined,
    last: undefined,
    places: [],
    hosts: new Set(),
    ips: new Set(),
    eventClass: activity.facts.class.key,
  };
}

function add(seen: Seen, activity: Activity): void {
  seen.count += activity.count;
  const earlier = activity.first !== undefined && (seen.first === undefined || activity.first < seen.first);
  if (earlier) {
    seen.first = activity.first;
    seen.eventClass = activity.facts.class.key;
    seen.places.unshift(activity.place);
  } else seen.places.push(activity.place);
  if (seen.places.length > MAX_PLACES) seen.places.length = MAX_PLACES;
  if (activity.last !== undefined && (seen.last === undefined || activity.last > seen.last)) seen.last = activity.last;
  if (activity.attribution.host !== undefined) seen.hosts.add(activity.attribution.host);
  if (activity.attribution.src_ip !== undefined) seen.ips.add(activity.attribution.src_ip);
}

function joinSeen(all: readonly Seen[]): Seen {
  const joined: Seen = { ...all[0]!, places: [], hosts: new Set(), ips: new Set(), count: 0 };
  for (const seen of all) {
    joined.count += seen.count;
    if (seen.first !== undefined && (joined.first === undefined || seen.first < joined.first))
      joined.first = seen.first;
    if (seen.last !== undefined && (joined.last === undefined || seen.last > joined.last)) joined.last = seen.last;
    if (joined.places.length < MAX_PLACES && seen.places[0] !== undefined) joined.places.push(seen.places[0]);
    for (const host of seen.hosts) joined.hosts.add(host);
  }
  return joined;
}

function list(names: ReadonlySet<string>): string {
  const all = [...names];
  return `${all.slice(0, MAX_NAMED).map(shown).join(', ')}${all.length > MAX_NAMED ? ` and ${all.length - MAX_NAMED} more` : ''}`;
}

function span(registry: Registry, seen: Seen): string {
  const { zone } = registry.organization;
  if (seen.first === undefined) return ' at a time that the log doesn’t state';
  const first = sayTime(zone, seen.first);
  if (seen.last === undefined || seen.last === seen.first) return ` at ${first}`;
  return ` from ${first} to ${sayTime(zone, seen.last)} (${seen.count} events)`;
}

function witness(seen: Seen): string {
  return ` Seen in ${sayWitness(seen.eventClass, [...seen.hosts][0])}.`;
}
