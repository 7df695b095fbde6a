import { formatMinute, type Registry, wallClock } from '../../registry/index.ts';
import type { Finding } from '../finding.ts';
import { makeFinding, sayTime, sayWitness, shown } from '../registry-finding.ts';
import type { Occurrence } from './occurrences.ts';

/** An occurrence as a finding, told as one tells it: who did what to what, when, what was agreed, where it was seen. */
export function sayOccurrence(registry: Registry, occurrence: Occurrence): Finding {
  const { zone } = registry.organization;
  const { first, last, count, words } = occurrence;
  const when = first === undefined ? ' at a time that the log doesn’t state' : ` at ${sayTime(zone, first)}`;
  const because = occurrence.because.length === 0 ? '' : `, ${joinWords(occurrence.because)}`;
  const addresses = [...occurrence.srcIps].filter((ip) => !because.includes(ip));
  const from = addresses.length === 0 ? '' : ` from ${addresses.slice(0, 3).map(shown).join(', ')}`;
  let more = '';
  if (count > 1 && first !== undefined && last !== undefined) {
    const until = wallClock(zone, last / 1000);
    const sameDay = until.day === wallClock(zone, first / 1000).day;
    more = ` ${occurrence.partial ? 'At least ' : ''}${count} events until ${sameDay ? formatMinute(until.minute) : sayTime(zone, last)}.`;
  } else if (count > 1) more = ` ${count} events.`;
  const why = `${occurrence.who} ${words}${from}${when}${because}.${more} Seen in ${sayWitness(occurrence.eventClass, occurrence.host)}.`;
  const suffix = occurrence.parts.length === 0 ? '' : `/${occurrence.parts.join('+')}`;
  const kind = occurrence.key.includes('/') ? 'term' : 'check';
  return makeFinding(registry.organization.slug, {
    detector: 'term',
    rule: {
      id: `${kind}/${occurrence.key}${suffix}`,
      title: occurrence.title,
      file: occurrence.file,
      techniques: occurrence.techniques,
    },
    level: occurrence.level,
    confidence: occurrence.confidence,
    first,
    last,
    places: occurrence.places,
    provider: occurrence.provider,
    account: occurrence.account === '' ? undefined : occurrence.account,
    host: occurrence.host,
    srcIp: [...occurrence.srcIps][0],
    why,
    evidence: occurrence.evidence,
    by: occurrence.by,
    eventClass: occurrence.eventClass,
  });
}

function joinWords(parts: readonly string[]): string {
  return parts.length < 2 ? (parts[0] ?? '') : `${parts.slice(0, -1).join(', ')}, and ${parts[parts.length - 1]}`;
}
