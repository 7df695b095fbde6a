import type { Correlation, Rule, RuleSet } from '@chaperone/sigma';
import type { EventStore } from '../../storage/index.ts';
import { storedKinds } from '../past/stored-kinds.ts';

/** What suffers when a source tells nothing, less, or at the wrong times. */
export interface Blindness {
  /** rules that only this source, or others that are silent too, gave anything to judge */
  readonly rules: readonly Rule[];
  /** correlations that some of its events feed */
  readonly correlations: readonly Correlation[];
}

const MONTH = 30 * 86_400_000;

/**
 * The rules that a source alone kept seeing: those that apply to kinds of events which came from nowhere else of late.
 *
 * @param silent ids of sources that tell nothing now, the source among them
 * @param now milliseconds since 1970
 * @throws StoreUnavailable
 */
export async function blindRules(
  store: EventStore,
  organization: string,
  set: RuleSet,
  source: string,
  silent: ReadonlySet<string>,
  now: number,
): Promise<Blindness> {
  const rows = await store.query<{ kind: string; sources: readonly string[] }>(
    organization,
    ({ events }) =>
      `SELECT kind, groupUniqArray(source) AS sources FROM ${events} WHERE received >= ${(now - MONTH) * 1000} AND kind != 'unread' GROUP BY kind`,
    {},
    { timeout: 120 },
  );
  const from = new Map(rows.map(({ kind, sources }) => [kind, sources]));
  const kinds = (await storedKinds(store, organization)).filter(({ key }) => from.has(key));
  const rules: Rule[] = [];
  const fed = new Set<Rule>();
  for (const rule of set.rules) {
    const own = kinds.filter(({ class: known }) => known?.offers.some((offer) => means(rule, offer)));
    const sources = new Set(own.flatMap(({ key }) => from.get(key) ?? []));
    if (!sources.has(source)) continue;
    fed.add(rule);
    if ([...sources].every((one) => one === source || silent.has(one))) rules.push(rule);
  }
  const correlations = set.correlations.filter(({ rules: refs }) =>
    [...fed].some(({ id, name }) => refs.includes(id) || (name !== undefined && refs.includes(name))),
  );
  return { rules, correlations };
}

function means({ logsource }: Rule, offer: Rule['logsource']): boolean {
  return (['product', 'category', 'service'] as const).every((key) => {
    const stated = logsource[key];
    return stated === undefined || stated.toLowerCase() === offer[key]?.toLowerCase();
  });
}
