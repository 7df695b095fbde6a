import {
  blindRules,
  LISTED,
  pullFeed,
  type RulePacks,
  recountFindings,
  requestPast,
  rulesOf,
  watchSources,
} from '../detection/index.ts';
import type { Identity } from '../identity/index.ts';
import { loadRegistry } from '../registry/index.ts';
import { runPull } from '../sources/index.ts';
import type { EventStore, StateStore } from '../storage/index.ts';
import type { Intake } from '../telemetry/index.ts';
import { ago } from './intake/doubtful-counts.ts';
import { exceptionsOf } from './organization-setup.ts';

const DAY = 86_400_000;

export interface HousekeepingDeps {
  readonly state: StateStore;
  readonly events: EventStore;
  readonly identity: Identity;
  readonly intake: Intake;
  readonly packs: RulePacks;
  /** days, where an organisation says nothing; undefined: for ever */
  readonly retentionDays: number | undefined;
  reload(organization: string): Promise<void>;
  /** begins what was asked of an organisation's stored events */
  judgePast(organization: string): Promise<void>;
  fault(what: string, error: unknown): void;
}

/** Deletes events past their time, by organisation and source; what is on legal hold stays. */
export async function expireEvents(
  { state, events, retentionDays }: Pick<HousekeepingDeps, 'state' | 'events' | 'retentionDays'>,
  now = Date.now(),
): Promise<void> {
  for (const { id, retention_days } of await organizations(state)) {
    const { sources, holds } = await state.within(id, async (tx) => ({
      sources: await tx
        .selectFrom('source')
        .select(['id', 'retention_days'])
        .where('retention_days', 'is not', null)
        .execute(),
      holds: await tx
        .selectFrom('legal_hold')
        .select('source_id')
        .where('released_at', 'is', null)
        .where((hold) => hold.or([hold('ends_at', 'is', null), hold('ends_at', '>', new Date(now))]))
        .execute(),
    }));
    if (holds.some(({ source_id }) => source_id === null)) continue;
    const held = new Set(holds.map(({ source_id }) => source_id));
    for (const source of sources)
      if (!held.has(source.id))
        await events.expire(id, (now - source.retention_days! * DAY) * 1000, { only: [source.id] });
    const days = retention_days ?? retentionDays;
    const own = sources.map((source) => source.id);
    if (days !== undefined)
      await events.expire(id, (now - days * DAY) * 1000, {
        except: [...own, ...[...held].filter((one) => one !== null)],
      });
  }
}

/** Pulls the feeds and sources that are due. One that fails says so in its row and is tried again the next time. */
export async function pullWhatIsDue(deps: HousekeepingDeps, now = Date.now()): Promise<void> {
  const { state, identity, intake } = deps;
  const vault = { open: (sealed: string) => identity.vault.open('settings', sealed) };
  for (const { id } of await organizations(state)) {
    const due = await state.within(id, async (tx) => ({
      feeds: await tx
        .selectFrom('indicator_feed')
        .select(['id', 'name', 'interval', 'last_pull_at'])
        .where('enabled', '=', true)
        .where('interval', 'is not', null)
        .execute(),
      sources: await tx
        .selectFrom('source')
        .select(['id', 'organization_id', 'settings'])
        .where('kind', '=', 'pull')
        .where('state', '=', 'active')
        .execute(),
      cursors: await tx.selectFrom('source_cursor').select(['source_id', 'next_run_at']).execute(),
    }));
    for (const feed of due.feeds) {
      if (feed.last_pull_at !== null && now - feed.last_pull_at.getTime() < feed.interval! * 1000) continue;
      await pullAndLook(deps, id, feed, vault).catch((error) =>
        deps.fault('A feed of indicators could not be pulled.', error),
      );
    }
    const next = new Map(due.cursors.map(({ source_id, next_run_at }) => [source_id, next_run_at?.getTime() ?? 0]));
    for (const source of due.sources)
      if ((next.get(source.id) ?? 0) <= now)
        await runPull(state, source, { intake, vault, now: Date.now }).catch((error) =>
          deps.fault('A source could not be pulled.', error),
        );
  }
}

/** Pulls a feed; what is new in it is judged against what is stored, too. */
async function pullAndLook(
  deps: HousekeepingDeps,
  organization: string,
  feed: { readonly id: string; readonly name: string },
  vault: { open(sealed: string): string },
): Promise<void> {
  const cameAt = new Date();
  const { added, again } = await pullFeed(deps.state, feed.id, { vault, now: Date.now });
  await deps.reload(organization);
  if (added + again === 0) return;
  await deps.state.within(organization, (tx) =>
    requestPast(tx, organization, { kind: 'feed', subject: feed.id, title: feed.name, reason: LISTED, cameAt }),
  );
  await deps.judgePast(organization);
}

/** Tells of sources that fell silent, send far less than usual or have a wrong clock. `listening`: since when we could hear them, ms. */
export async function watchAllSources(
  { state, events, packs, fault }: HousekeepingDeps,
  listening: number,
  now = Date.now(),
): Promise<void> {
  for (const { id, slug } of await organizations(state)) {
    const exceptions = await exceptionsOf(state, id);
    const blind = async (source: string, silent: ReadonlySet<string>) => {
      const { rules } = await state.within(id, (tx) => rulesOf(tx, packs));
      return blindRules(events, id, rules, source, silent, now);
    };
    const provider = async (one: string) => {
      const registry = await state.within(id, (tx) =>
        tx.selectFrom('registry_version').select('document').where('active', '=', true).executeTakeFirst(),
      );
      if (registry === undefined) return undefined;
      const { registry: read } = loadRegistry(registry.document, 'chaperone.yaml');
      return read?.providers.find((known) => known.slug === one)?.name;
    };
    await watchSources(state, { id, slug, exceptions, blind, provider }, now, listening).catch((error) =>
      fault('The sources of an organisation could not be looked after.', error),
    );
  }
}

/** Forgets sessions, links and idempotency keys that have ended. */
export async function forgetEnded({ state }: HousekeepingDeps, now = Date.now()): Promise<void> {
  await state.everywhere(async (tx) => {
    await tx.deleteFrom('session').where('expires_at', '<', new Date(now)).execute();
    await tx
      .deleteFrom('one_time_token')
      .where('expires_at', '<', new Date(now - DAY))
      .execute();
    await tx
      .deleteFrom('idempotency')
      .where('created_at', '<', new Date(now - DAY))
      .execute();
  });
}

export function organizations(state: StateStore) {
  return state.everywhere((tx) =>
    tx.selectFrom('organization').select(['id', 'slug', 'retention_days']).orderBy('id').execute(),
  );
}

/** Seconds after which a finding's events and its count are both stored. */
const QUIET = 60;

/** Sets right the counts of findings that changed of late, and don't now. Those that are known to be in doubt are counted sooner (`DoubtfulCounts`). */
export async function recountLately({ state, events }: HousekeepingDeps): Promise<void> {
  const since = await ago(state, 30 * 60);
  for (const { id } of await organizations(state)) await recountFindings(state, events, id, since, QUIET);
}
