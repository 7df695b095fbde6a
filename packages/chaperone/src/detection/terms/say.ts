import { formatMinute, hostName, type Registry, wallClock } from '../../registry/index.ts';
import type { Evidence, Finding } from '../finding.ts';
import { makeFinding, sayList, sayTime, sayWitness, shown } from '../registry-finding.ts';
import type { Narrower, Occurrence, Session } from './occurrences.ts';
import { sayDeed } from './use.ts';
import { type Broken, titleOf } from './verdict.ts';

/** Bounds of one finding: enough to click through and to read, not a log. */
const MAX_PLACES = 21;
const MAX_ADDRESSES = 20;
const MAX_EVIDENCE = 40;
const MAX_HOSTS = 200;
/** How many of each a sentence names. */
const NAMED = 6;
const REASONS = 3;
const CONFIDENCE = ['low', 'medium', 'high'] as const;

/** A session as a finding, told as one tells it: who did what to what, when, what was agreed, where it was seen. */
export function saySession(registry: Registry, session: Session): Finding {
  const { occurrences, parts } = session;
  const [lead] = occurrences as readonly [Occurrence, ...Occurrence[]];
  const kind = lead.title === undefined ? 'term' : 'check';
  const suffix = parts.length === 0 ? '' : `/${parts.join('+')}`;
  const title = lead.title ?? titleOf(parts);
  const addresses = addressesOf(occurrences);
  const hosts = hostsOf(occurrences);
  const last = lastOf(occurrences);
  const rank = Math.max(...occurrences.map((one) => CONFIDENCE.indexOf(one.confidence)));
  return makeFinding(registry.organization.slug, {
    detector: 'term',
    rule: {
      id: `${kind}/${lead.key}${suffix}`,
      title: lead.refused ? `Refused: ${title.charAt(0).toLowerCase()}${title.slice(1)}` : title,
      file: lead.file,
      techniques: lead.techniques,
    },
    level: lead.refused ? 'low' : lead.level,
    confidence: CONFIDENCE[rank]!,
    first: lead.first,
    last,
    places: occurrences
      .map((one) => one.places[0]!)
      .concat(occurrences.flatMap((one) => one.places.slice(1)))
      .slice(0, MAX_PLACES),
    provider: lead.provider,
    account: lead.account === '' ? undefined : lead.account,
    host: hosts[0],
    hosts: hosts.slice(0, MAX_HOSTS),
    srcIp: addresses[0],
    why: sentence(registry, session, { addresses, last }),
    evidence: evidenceOf(session),
    by: [...new Set(occurrences.flatMap((one) => one.by))].slice(0, NAMED),
    eventClass: lead.eventClass,
  });
}

function sentence(
  registry: Registry,
  { occurrences, broken, narrower }: Session,
  { addresses, last }: { addresses: readonly string[]; last: number | undefined },
): string {
  const { zone } = registry.organization;
  const [lead] = occurrences as readonly [Occurrence, ...Occurrence[]];
  const deeds = deedsOf(registry, occurrences);
  const [main, ...also] = deeds;
  const when = lead.first === undefined ? ' at a time that the log doesn’t state' : ` at ${sayTime(zone, lead.first)}`;
  const because = sayReasons(broken, main!.objects.length > 1);
  const unsaid = addresses.filter((ip) => !because.includes(ip));
  // One source says where it came from; several are told by the events themselves.
  const from = unsaid.length === 0 || deeds.length > 1 ? '' : ` from ${sayList(unsaid.map(shown), 3)}`;
  const said = `${lead.who} ${main!.text}${from}${when}${because === '' ? '' : `, ${because}`}.`;
  const count = occurrences.reduce((sum, one) => sum + one.count, 0);
  const events = `${occurrences.some((one) => one.partial) ? 'at least ' : ''}${count} events`;
  let until = '';
  if (lead.first !== undefined && last !== undefined) {
    const end = wallClock(zone, last / 1000);
    const begin = wallClock(zone, lead.first / 1000);
    if (end.day !== begin.day) until = ` until ${sayTime(zone, last)}`;
    else if (end.minute !== begin.minute) until = ` until ${formatMinute(end.minute)}`;
  }
  let more = '';
  if (also.length > 0)
    more = ` It also ${sayList(
      also.map((deed) => deed.text),
      NAMED,
    )}: ${events}${until}.`;
  else if (count > 1) more = ` ${events.charAt(0).toUpperCase()}${events.slice(1)}${until}.`;
  const narrow = narrower.map((one) => sayNarrower(registry, one)).join('');
  return `${said}${narrow}${more} Seen in ${sayWitnesses(occurrences)}.`;
}

// What was done, one entry for each kind of deed, with all it was done to.
function deedsOf(registry: Registry, occurrences: readonly Occurrence[]): { text: string; objects: string[] }[] {
  const kinds = new Map<string, { verbs: Map<string, Occurrence>; objects: Set<string> }>();
  for (const occurrence of occurrences) {
    const { kind, verb, object } = occurrence.deed;
    let known = kinds.get(kind);
    if (known === undefined) {
      known = { verbs: new Map(), objects: new Set() };
      kinds.set(kind, known);
    }
    known.verbs.set(verb, occurrence);
    if (object !== undefined) known.objects.add(object);
  }
  return [...kinds].map(([kind, { verbs, objects }]) => {
    const [one] = verbs.values();
    const names = [...objects];
    if (kinds.size === 1 && verbs.size === 1 && names.length < 2) return { text: sayDeed(one!.deed), objects: names };
    const verb = verbs.size === 1 && names.length < 2 ? one!.deed.verb : kind;
    return {
      text: names.length === 0 ? one!.deed.alone : `${verb} ${sayHosts(registry, names, true)}`,
      objects: names,
    };
  });
}

function sayReasons(broken: readonly Broken[], several: boolean): string {
  const texts = broken.map(({ because }) => (several ? because.replace(/^which is none/, 'which are none') : because));
  const [first, ...rest] = texts.slice(0, REASONS);
  if (first === undefined) return '';
  const more = texts.length > REASONS ? `, and ${texts.length - REASONS} more such reasons` : '';
  return rest.length === 0 ? first : `${[first, ...rest.slice(0, -1)].join(', ')}, and ${rest[rest.length - 1]}${more}`;
}

function sayNarrower(registry: Registry, { broken, occurrences }: Narrower): string {
  const names = [...new Set(occurrences.map((one) => one.deed.object).filter((name) => name !== undefined))];
  const where = names.length === 0 ? 'Some of it' : sayHosts(registry, names);
  const did = sayList(
    deedsOf(registry, occurrences).map((deed) => deed.text),
    NAMED,
  );
  return broken
    .slice(0, REASONS)
    .map(({ because }) =>
      because.startsWith('which is ')
        ? ` ${where} ${names.length > 1 ? 'are' : 'is'} ${because.slice('which is '.length)}.`
        : ` It ${did} ${because}.`,
    )
    .join('');
}

/** Host names in a list: those of a domain of ours by their first label. */
function sayHosts(registry: Registry, names: readonly string[], short = names.length > 1): string {
  const { domains } = registry.organization;
  const said = names.map((name) => {
    const dot = name.indexOf('.');
    return short && dot > 0 && domains.canonical(hostName(name.slice(dot + 1))) !== undefined
      ? name.slice(0, dot)
      : name;
  });
  return sayList([...new Set(said)], NAMED);
}

function sayWitnesses(occurrences: readonly Occurrence[]): string {
  return sayList([...new Set(occurrences.map((one) => sayWitness(one.eventClass, one.host)))], 2, 'logs');
}

function evidenceOf({ occurrences, broken, narrower }: Session): Evidence[] {
  const evidence = [...broken, ...narrower.flatMap((one) => one.broken)].flatMap((one) => one.evidence);
  const hosts = hostsOf(occurrences);
  const selection = `${occurrences[0]!.key} hosts`;
  const named = new Set(evidence.filter((one) => one.field === 'device.hostname').map((one) => one.value));
  // Every host that the finding is about, with how often: nothing of what was joined is lost.
  const each = hosts.length < 2 ? [] : hosts.filter((host) => !named.has(shown(host)));
  return [...evidence, ...each.map((host) => ({ selection, field: 'device.hostname', value: shown(host) }))].slice(
    0,
    MAX_EVIDENCE,
  );
}

function hostsOf(occurrences: readonly Occurrence[]): string[] {
  return [...new Set(occurrences.map((one) => one.host).filter((host) => host !== undefined))];
}

function addressesOf(occurrences: readonly Occurrence[]): string[] {
  return [...new Set(occurrences.map((one) => one.srcIp).filter((ip) => ip !== undefined))].slice(0, MAX_ADDRESSES);
}

function lastOf(occurrences: readonly Occurrence[]): number | undefined {
  return occurrences.reduce<number | undefined>(
    (last, one) => (one.last !== undefined && (last === undefined || one.last > last) ? one.last : last),
    undefined,
  );
}
