import type { CorrelationMatch } from '@chaperone/sigma';
import type { Attribution } from '../../registry/index.ts';
import type { Finding } from '../finding.ts';
import { findingId, shown } from '../registry-finding.ts';
import type { CorrelationInput } from './judgement.ts';
import { rfc3339 } from './rfc3339.ts';
import { attackOf, confidenceOf } from './rule-table.ts';
import type { Teller } from './teller.ts';
import type { WhoWas } from './who-was.ts';

/** Further events that one finding names. */
const SOURCES = 50;

/** A match of a correlation as a finding: the group says who and where, or else the events behind it. */
export function correlationFinding(
  match: CorrelationMatch,
  whoWas: WhoWas,
  organization: string | null,
  teller: Teller,
): Finding {
  const { correlation, contributions, group } = match;
  const inputs = contributions.map((one) => one.ref as CorrelationInput);
  const first = inputs[0];
  const attributions = inputs.map((input) => whoWas(input));
  const only = <K extends 'provider' | 'account' | 'person' | 'host' | 'src_ip' | 'declared'>(key: K) => {
    const values = new Set(attributions.map((one) => one?.[key]).filter((value) => value !== undefined));
    return values.size === 1 ? ([...values][0] as Attribution[K]) : undefined;
  };
  const provider = only('provider');
  const account = only('account');
  const host = only('host');
  const by = new Set(attributions.filter((one) => one?.provider !== undefined).flatMap((one) => one?.by ?? []));
  const { tactics, techniques } = attackOf(correlation.tags);
  const on = host === undefined ? '' : `on ${shown(host)} `;
  const named = account !== undefined || provider !== undefined;
  const who = named ? `${teller.who({ account, provider, person: only('person'), declared: only('declared') })} ` : '';
  const lead = `${who}${who === '' && on !== '' ? `O${on.slice(1)}` : on}`;
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
    provider: provider ?? null,
    account: account ?? null,
    host: host ?? null,
    src_ip: only('src_ip') ?? null,
    why: `${lead}${teller.span(match.start, match.end)}: ${match.why}.`,
    evidence: Object.entries(group).map(([field, value]) => ({ selection: 'group-by', field, value: shown(value) })),
    attack: { tactics, techniques },
    ...(by.size > 0 ? { attribution: [...by].slice(0, 4).join('; ') } : {}),
  };
}
