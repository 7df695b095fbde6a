import { type Rule, toClickHouse } from '@chaperone/sigma';
import type { EventStore } from '../../storage/index.ts';
import { windowsClass } from '../../telemetry/index.ts';

export interface RuleTest {
  readonly from: Date;
  readonly to: Date;
  /** stored events of the time */
  readonly events: number;
  readonly matches: number;
  readonly samples: readonly { readonly id: string; readonly time: string | null; readonly raw: string }[];
  readonly note: string | null;
}

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
  const kinds = await store.query<{ kind: string }>(
    organization,
    ({ events }) => `SELECT DISTINCT kind FROM ${events} WHERE kind != 'unread' LIMIT 10000`,
  );
  // Windows events are offered to rules by provider, channel and id; of the others the rule asks the fields alone.
  const windows = kinds.flatMap(({ kind }) => {
    const [family, channel, provider, id] = kind.split('/');
    return family === 'windows' && id !== undefined
      ? [{ key: kind, offers: windowsClass(provider, channel, id).offers }]
      : [];
  });
  const asked = rule.logsource.product?.toLowerCase() === 'windows';
  const query = toClickHouse(rule, {
    table: 'events',
    columns: { fields: 'fields', numbers: 'numbers', raw: 'raw', time: 'time', kind: 'kind', shown: ['id'] },
    ...(asked ? { kinds: windows } : {}),
  });
  if (!('where' in query))
    return { from, to, events: 0, matches: 0, samples: [], note: `${query.message} ${query.mend}` };
  const period = `time >= ${from.getTime() * 1000} AND time < ${to.getTime() * 1000}`;
  const [{ total }] = await store.query<{ total: string }>(
    organization,
    ({ events }) => `SELECT toString(uniqExact(id)) AS total FROM ${events} WHERE ${period}`,
  );
  const [{ n }] = await store.query<{ n: string }>(
    organization,
    ({ events }) => `SELECT toString(uniqExact(id)) AS n FROM ${events} WHERE ${period} AND (${query.where})`,
  );
  const samples = await store.query<{ id: string; stamp: string; head: string }>(
    organization,
    ({ events }) =>
      `SELECT id, toString(time) AS stamp, substring(raw, 1, ${RAW}) AS head FROM ${events} WHERE ${period} AND (${query.where}) ORDER BY id LIMIT 1 BY id LIMIT ${SAMPLES}`,
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
    note: asked ? null : 'The rule’s log source was not held against the kinds of events: fields alone decided.',
  };
}
