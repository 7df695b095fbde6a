import type { RuleSet } from '@chaperone/sigma';
import { ruleCondition, rulesAbout, storedKinds } from '../../detection/index.ts';
import type { EventStore, StateStore } from '../../storage/index.ts';

/** Correlations that came of late, and what they must know of the time before. */
export interface NewCorrelations {
  /** condition on stored events that they are fed by, and that no rule matched as they came */
  readonly fedBy: string;
  /** when each came, milliseconds since 1970 */
  readonly came: ReadonlyMap<string, number>;
}

/**
 * Correlations that came, or were changed or switched on, within a stretch of time, by themselves or with a rule of theirs. What feeds them was
 * stored before anybody asked for it: so a run of events that spans the moment of their coming would be seen from that moment on alone.
 *
 * @param rules by which the organisation's events are judged now
 * @param back milliseconds
 */
export async function newCorrelations(
  state: StateStore,
  events: EventStore,
  organization: string,
  rules: RuleSet,
  back: number,
): Promise<NewCorrelations | undefined> {
  const asked = await state.within(organization, (tx) =>
    tx
      .selectFrom('past_run')
      .select(['rules', 'came_at'])
      .where('kind', '=', 'rules')
      .where('came_at', '>=', new Date(Date.now() - back))
      .orderBy('came_at')
      .execute(),
  );
  const came = new Map<string, number>();
  for (const one of asked)
    for (const { id } of rulesAbout(rules, one.rules).part.correlations) came.set(id, one.came_at.getTime());
  if (came.size === 0) return undefined;
  const kinds = await storedKinds(events, organization);
  const conditions = rulesAbout(rules, [...came.keys()])
    .part.rules.map((rule) => ruleCondition(rule, kinds).where)
    .filter((where) => where !== undefined && where !== '0');
  return { fedBy: conditions.length === 0 ? '0' : `(${conditions.join(' OR ')})`, came };
}
