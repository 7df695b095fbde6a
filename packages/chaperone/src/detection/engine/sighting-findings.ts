import type { ActivityTransfer } from '../../registry/index.ts';
import type { Finding } from '../finding.ts';
import { describeHit } from '../indicators/index.ts';
import { makeFinding, sayWitness } from '../registry-finding.ts';
import type { Sighting } from './judgement.ts';

/** An indicator's hits at one account and host as a finding: low, dated, and saying how weak it is. */
export function sightingFinding(sighting: Sighting, activity: ActivityTransfer, organization: string | null): Finding {
  const { indicator, count } = sighting;
  const { attribution } = activity;
  const first = Number.isNaN(sighting.first) ? undefined : sighting.first;
  const said = describeHit(indicator, first);
  const times = count === 1 ? 'once' : `${count} times`;
  return makeFinding(organization, {
    detector: 'indicator',
    rule: { id: `indicator/${indicator.type}/${indicator.value.slice(0, 200)}`, title: said.title, techniques: [] },
    level: said.level,
    confidence: 'low',
    first,
    last: Number.isNaN(sighting.last) ? undefined : sighting.last,
    places: [sighting.place],
    provider: attribution.provider,
    account: attribution.account,
    host: attribution.host,
    srcIp: attribution.src_ip,
    why: `${said.why} Seen ${times} as ${sighting.field} in ${sayWitness(activity.class.key, attribution.host)}.`,
    evidence: [
      { selection: indicator.type, field: sighting.field, value: sighting.value, expected: indicator.written },
    ],
    by: attribution.by,
    eventClass: activity.class.key,
  });
}
