import type { CorrelationMatch } from '@chaperone/sigma';
import type { Finding } from '../finding.ts';
import { findingId, shown } from '../registry-finding.ts';
import type { CorrelationInput } from './judgement.ts';
import { rfc3339 } from './rfc3339.ts';
import { attackOf, confidenceOf } from './rule-table.ts';
import type { WhoWas } from './who-was.ts';

/** Further events that one finding names. */
const SOURCES = 50;

/** A match of a correlation as a finding: the group says who and where, or else the events behind it. */
export function correlationFinding(match: CorrelationMatch, who: WhoWas, organization: string | null): Finding {
  const { correlation, contributions, group } = match;
  const inputs = contributions.map((one) => one.ref as CorrelationInput);
  const first = inputs[0];
  const attributions = inputs.map((input) => who(input));
  const only = <K extends 'provider' | 'account' | 'host' | 'src_ip'>(key: K): string | null => {
    const values = new Set(attributions.flatMap((one) => one?.[key] ?? []));
    return values.size === 1 ? [...values][0] : null;
  };
  const by = new Set(attributions.filter((one) => one?.provider !== undefined).flatMap((one) => one?.by ?? []));
  const { tactics, techniques } = attackOf(correlation.tags);
  return {
    id: findingId([
      organization,
      correlation.id,
      match.start,
      match.end,
      JSON.stringify(group),
      first?.place.file,
      first?.place.record,
    ]),
    time: rfc3339(match.start),
    time_end: rfc3339(match.end),
    level: correlation.level,
    confidence: confidenceOf(correlation.status),
    detector: 'correlation',
    rule: {
      id: correlation.id,
      title: correlation.title,
      author: correlation.author,
      license: correlation.license,
      file: correlation.file,
      tags: correlation.tags,
    },
    source: first?.place ?? { file: '', record: 0 },
    sources: inputs.slice(1, SOURCES).map((input) => input.place),
    organization,
    provider: only('provider'),
    account: only('account'),
    host: only('host'),
    src_ip: only('src_ip'),
    why: match.why,
    evidence: Object.entries(group).map(([field, value]) => ({ selection: 'group-by', field, value: shown(value) })),
    attack: { tactics, techniques },
    ...(by.size > 0 ? { attribution: [...by].slice(0, 4).join('; ') } : {}),
  };
}
