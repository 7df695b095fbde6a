import type { ActivityTransfer } from '../../registry/index.ts';
import type { Finding } from '../finding.ts';
import { describeHit } from '../indicators/index.ts';
import { makeFinding, sayWitness } from '../registry-finding.ts';
import type { Sighting } from './judgement.ts';
import type { LaneResult } from './lane.ts';
import type { Teller } from './teller.ts';

/** An indicator's hits at one account and host as a finding: low, dated, and saying how weak it is. */
export function sightingFinding(
  sighting: Sighting,
  activity: ActivityTransfer,
  organization: string | null,
  teller: Teller,
): Finding {
  const { indicator, count } = sighting;
  const { attribution } = activity;
  const first = Number.isNaN(sighting.first) ? undefined : sighting.first;
  const said = describeHit(indicator, first);
  const times = count === 1 ? 'once' : `${count} times`;
  const last = Number.isNaN(sighting.last) ? undefined : sighting.last;
  const when =
    first === undefined || last === undefined
      ? ''
      : ` ${teller.span(first, last)}${attribution.account === undefined ? '' : `, by ${teller.who(attribution)},`}`;
  return makeFinding(organization, {
    detector: 'indicator',
    rule: { id: `indicator/${indicator.type}/${indicator.value.slice(0, 200)}`, title: said.title, techniques: [] },
    level: said.level,
    confidence: 'low',
    first,
    last,
    places: [sighting.place],
    provider: attribution.provider,
    account: attribution.account,
    host: attribution.host,
    srcIp: attribution.src_ip,
    why: `${said.why} Seen ${times}${when} as ${sighting.field} in ${sayWitness(activity.class.key, attribution.host)}.`,
    evidence: [
      { selection: indicator.type, field: sighting.field, value: sighting.value, expected: indicator.written },
    ],
    by: attribution.by,
    eventClass: activity.class.key,
  });
}

/** A sighting with the activity in which it was first seen. */
export interface Joined {
  readonly sighting: Sighting;
  readonly activity: ActivityTransfer;
}

/** The lanes' sightings, those of one indicator at one account, host and kind of log joined: in the order of time and place. */
export function joinSightings(lanes: readonly LaneResult[]): Joined[] {
  const joined = new Map<string, { sighting: Sighting; activity: ActivityTransfer }>();
  const all = lanes.flatMap((lane) =>
    lane.sightings.map((sighting) => ({ sighting: { ...sighting }, activity: lane.activities[sighting.entry] })),
  );
  for (const one of all.sort((a, b) => compare(a.sighting, b.sighting))) {
    const { indicator, field, count, last } = one.sighting;
    const { account, host, provider } = one.activity.attribution;
    const key = JSON.stringify([
      indicator.type,
      indicator.value,
      field,
      one.activity.class.key,
      account,
      host,
      provider,
    ]);
    const known = joined.get(key)?.sighting;
    if (known === undefined) {
      joined.set(key, one);
      continue;
    }
    known.count += count;
    if (!(known.last >= last)) known.last = Number.isNaN(last) ? known.last : last;
  }
  return [...joined.values()];
}

// The earliest first, those without a time last, then by place: whichever thread met them.
function compare(a: Sighting, b: Sighting): number {
  const [one, two] = [a.first, b.first].map((time) => (Number.isNaN(time) ? Number.POSITIVE_INFINITY : time));
  if (one !== two) return one - two;
  if (a.place.file !== b.place.file) return a.place.file < b.place.file ? -1 : 1;
  return a.place.record - b.place.record;
}
