import { activeIndicators, type LiveException, type LiveSetup, type RulePacks, rulesOf } from '../detection/index.ts';
import type { StateStore } from '../storage/index.ts';

/** Everything by which an organisation's events are judged, as it stands in the stores now; undefined: there is no such organisation. */
export async function setupOf(
  state: StateStore,
  packs: RulePacks,
  organization: string,
  lateness: number,
): Promise<LiveSetup | undefined> {
  const indicators = await activeIndicators(state, organization, Date.now());
  return state.within(organization, async (tx) => {
    const own = await tx.selectFrom('organization').select(['slug', 'zone']).executeTakeFirst();
    if (own === undefined) return undefined;
    const { all, key, off } = await rulesOf(tx, packs);
    const registry = await tx
      .selectFrom('registry_version')
      .select(['document', 'version'])
      .where('active', '=', true)
      .executeTakeFirst();
    return {
      organization,
      slug: own.slug,
      zone: own.zone,
      rules: all,
      rulesKey: key,
      off,
      registry: registry === undefined ? undefined : { text: registry.document, version: registry.version },
      indicators: indicators.packed,
      exceptions: await exceptionsOf(state, organization),
      lateness: lateness * 1e6,
    };
  });
}

/** The exceptions that go on. */
export function exceptionsOf(state: StateStore, organization: string): Promise<LiveException[]> {
  return state.within(organization, async (tx) =>
    (
      await tx
        .selectFrom('exception')
        .selectAll()
        .where('ended_at', 'is', null)
        .where('ends_at', '>', new Date())
        .execute()
    ).map(({ id, detector, rule_id, provider, account, host, src_ip, source_id, fields, ends_at }) => ({
      id,
      detector,
      rule_id,
      provider,
      account,
      host,
      src_ip,
      source_id,
      fields,
      ends: ends_at.getTime() * 1000,
    })),
  );
}
