import type { StateStore } from '../../storage/index.ts';
import type { Finding } from '../finding.ts';
import { storeFindings } from '../findings/store-findings.ts';
import type { Blindness } from './blind-rules.ts';
import { exceptionFor, type LiveException } from './exceptions.ts';
import { liveFindingId } from './live-finding.ts';
import { assessSource, type SourceVerdict } from './source-silence.ts';

const FORTNIGHT = 14 * 86_400_000;
/** Their records are as old as whoever fetched them was slow: that says nothing of a clock. */
const FETCHED: readonly string[] = ['folder', 'upload', 'pull'];
/** Rules that the sentence names, and those that stand in the evidence. */
const MOST_SAID = 5;
const MOST_NAMED = 200;
const TITLES = {
  silent: 'A source fell silent',
  reduced: 'A source sends less than half of what is usual',
  drifting: 'The clock of a source is off',
} as const;

export interface WatchedOrganization {
  /** UUID */
  readonly id: string;
  readonly slug: string;
  readonly exceptions: readonly LiveException[];
  /** what suffers when a source tells nothing or not as it should; `silent`: all that tell nothing now */
  blind(source: string, silent: ReadonlySet<string>): Promise<Blindness>;
  /** a provider's name by its short name */
  provider?(slug: string): Promise<string | undefined>;
}

/**
 * Looks at every source of an organisation: one that fell silent, sends far less or has a wrong clock becomes a finding, once until it is well
 * again. Times in milliseconds since 1970.
 *
 * @param listening since when this service has been listening
 * @throws StoreUnavailable
 */
export async function watchSources(
  state: StateStore,
  organization: WatchedOrganization,
  now: number,
  listening: number,
): Promise<void> {
  const { sources, volumes, open } = await state.within(organization.id, async (tx) => ({
    sources: await tx
      .selectFrom('source')
      .innerJoin('source_health', 'source_health.source_id', 'source.id')
      .select(['source.id', 'source.name', 'source.kind', 'source.expected_interval', 'source.promised_by'])
      .select(['source_health.last_received_at', 'source_health.clock_offset', 'source_health.state as health'])
      .select(['source_health.clock_anchored_at', 'source_health.clock_told_at'])
      .where('source.state', '=', 'active')
      .where('source.kind', '!=', 'upload')
      .execute(),
    volumes: await tx
      .selectFrom('source_volume')
      .select(['source_id', 'hour', 'events'])
      .where('hour', '>=', new Date(now - FORTNIGHT))
      .execute(),
    open: await tx
      .selectFrom('finding')
      .select(['source_id', 'first_at'])
      .where('detector', '=', 'silence')
      .where('rule_id', '=', 'chaperone/source-silent')
      .whereRef('last_at', '=', 'first_at')
      .execute(),
  }));
  const bySource = new Map<string, Map<number, number>>();
  for (const { source_id, hour, events } of volumes) {
    const own = bySource.get(source_id) ?? new Map<number, number>();
    bySource.set(source_id, own.set(hour.getTime(), Number(events)));
  }
  for (const source of sources) {
    if (source.last_received_at === null) continue;
    // Silence ends when something comes, not when the service is started anew or when what was usual is forgotten.
    const fell = source.last_received_at.getTime();
    if (source.health === 'silent' && open.some((one) => one.source_id === source.id && one.first_at.getTime() >= fell))
      continue;
    const offset = source.clock_offset === null ? null : Number(source.clock_offset);
    const verdict = assessSource(
      {
        expected: source.expected_interval,
        lastReceived: fell,
        clockOffset: FETCHED.includes(source.kind) ? null : offset,
        clockSteady: (source.clock_told_at?.getTime() ?? 0) - (source.clock_anchored_at?.getTime() ?? 0),
        drifting: source.health === 'drifting',
        volume: bySource.get(source.id) ?? new Map(),
      },
      now,
      listening,
    );
    if (verdict.state === source.health) continue;
    if (verdict.state !== 'healthy') {
      const silent = new Set(sources.filter(({ health }) => health === 'silent').map((one) => one.id));
      if (verdict.state === 'silent') silent.add(source.id);
      await tell(state, organization, source, verdict, now, await organization.blind(source.id, silent));
    }
    await state.within(organization.id, async (tx) => {
      await tx.updateTable('source_health').set({ state: verdict.state }).where('source_id', '=', source.id).execute();
      // What the source was found to do has ended, by itself or by something worse.
      await tx
        .updateTable('finding')
        .set({ last_at: new Date(now), updated_at: new Date(now) })
        .where('source_id', '=', source.id)
        .where('detector', '=', 'silence')
        .where('rule_id', '=', `chaperone/source-${source.health}`)
        .whereRef('last_at', '=', 'first_at')
        .execute();
      await state.announce(tx, { organization: organization.id, kind: 'source', id: source.id });
    });
  }
}

async function tell(
  state: StateStore,
  organization: WatchedOrganization,
  source: { readonly id: string; readonly name: string; readonly promised_by: string | null },
  verdict: SourceVerdict,
  now: number,
  blindness: Blindness,
): Promise<void> {
  if (verdict.state === 'healthy') return;
  const { promised_by } = source;
  const name = promised_by === null ? undefined : await organization.provider?.(promised_by);
  const promised = promised_by === null ? '' : ` ${name ?? `Provider ${promised_by}`} promised it.`;
  const suffers = sufferers(verdict.state, blindness);
  const about: Omit<Finding, 'id'> = {
    time: new Date(verdict.since).toISOString().replace('Z', '000Z'),
    level: verdict.state === 'silent' ? 'medium' : 'low',
    confidence: verdict.state === 'silent' ? 'high' : 'medium',
    detector: 'silence',
    rule: { id: `chaperone/source-${verdict.state}`, title: TITLES[verdict.state], tags: [] },
    source: { file: source.name, record: 0 },
    organization: organization.slug,
    provider: source.promised_by,
    account: null,
    host: null,
    src_ip: null,
    why: `The source ${source.name} ${verdict.words}.${promised} ${consequence(verdict.state, suffers)}`,
    evidence: suffers
      .slice(0, MOST_NAMED)
      .map(({ id, title }) => ({ selection: 'blind', field: 'rule', value: title, expected: id })),
    attack: { tactics: [], techniques: [] },
  };
  const id = liveFindingId(organization.id, about, about.rule.id, `${source.id} ${verdict.since}`);
  const document = { ...about, id };
  const first = verdict.since * 1000;
  const exception = exceptionFor(organization.exceptions, document, now * 1000, source.id)?.id;
  const finding = { id, detector: about.detector, level: about.level, first, last: first, count: 0, events: [] };
  const rest = { person: undefined, source: source.id, document, exception, late: false };
  await storeFindings(state, organization.id, [{ ...finding, ...rest }], { registryVersion: undefined });
}

interface Named {
  readonly id: string;
  readonly title: string;
}

/** The rules that suffer: those that see nothing, or where the clock is wrong, those that hold times against each other. */
function sufferers(state: SourceVerdict['state'], { rules, correlations }: Blindness): readonly Named[] {
  return state === 'drifting' ? correlations : rules;
}

function consequence(state: SourceVerdict['state'], suffers: readonly Named[]): string {
  const [what, who] =
    state === 'drifting'
      ? ['may miss what happened together', 'correlation']
      : state === 'silent'
        ? ['went blind', 'rule']
        : ['can see only a part', 'rule'];
  if (suffers.length === 0)
    return state === 'drifting'
      ? 'No correlation asks for its events.'
      : 'No rule went blind: others tell of the same, or no rule asks for it.';
  const named = suffers.slice(0, MOST_SAID).map(({ title }) => title);
  const more = suffers.length - named.length;
  const list = more > 0 ? `${named.join('; ')}; and ${more} more` : named.join('; ');
  const why = state === 'drifting' ? '' : ', for nothing else tells of the same';
  return `${suffers.length} ${who}${suffers.length === 1 ? '' : 's'} ${what}${why}: ${list}.`;
}
