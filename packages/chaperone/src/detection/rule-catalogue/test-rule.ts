import type { Rule } from '@chaperone/sigma';
import type { EventStore } from '../../storage/index.ts';
import { ruleCondition } from '../past/rule-query.ts';
import { storedKinds } from '../past/stored-kinds.ts';

export interface RuleTest {
  readonly from: Date;
  readonly to: Date;
  /** stored events of the time */
  readonly events: number;
  readonly matches: number;
  readonly samples: readonly { readonly id: string; readonly time: string | null; readonly raw: string }[];
  readonly note: string | null;
}

const WIDE =
  'Some stored events lack fields that this rule asks for, because no rule asked for them when they came: they are counted where the rest holds.';
const SAMPLES = 20;
const RAW = 2_000;

/** Asks the stored events of a time what a rule would have found. Nothing is stored. */
export async function testRule(
  store: EventStore,
  organization: string,
  rule: Rule,
  from: Date,
  to: Date,
): Promise<RuleTest> {
  const { where, note, exact } = ruleCondition(rule, await storedKinds(store, organization));
  if (where === undefined) return { from, to, events: 0, matches: 0, samples: [], note: note ?? null };
  const period = `time >= ${from.getTime() * 1000} AND time < ${to.getTime() * 1000}`;
  const [{ total }] = await store.query<{ total: string }>(
    organization,
    ({ events }) => `SELECT toString(uniqExact(id)) AS total FROM ${events} WHERE ${period}`,
  );
  const [{ n }] = await store.query<{ n: string }>(
    organization,
    ({ events }) => `SELECT toString(uniqExact(id)) AS n FROM ${events} WHERE ${period} AND (${where})`,
  );
  const samples = await store.query<{ id: string; stamp: string; head: string }>(
    organization,
    ({ events }) =>
      `SELECT id, toString(time) AS stamp, substring(raw, 1, ${RAW}) AS head FROM ${events} WHERE ${period} AND (${where}) ORDER BY id LIMIT 1 BY id LIMIT ${SAMPLES}`,
  );
  return {
    from,
    to,
    events: Number(total),
    matches: Number(n),
    samples: samples.map(({ id, stamp, head }) => ({
      id,
      time: new Date(Number(stamp) / 1000).toISOString(),
      raw: head,
    })),
    note: [note, exact ? undefined : WIDE].filter((one) => one !== undefined).join(' ') || null,
  };
}
