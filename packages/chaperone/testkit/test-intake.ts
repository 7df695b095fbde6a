import { randomBytes, randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { loadDirectory, loadRules } from '@chaperone/sigma';
import { type LiveException, type LiveSetup, type LiveSource, packIndicators } from '../src/detection/index.ts';
import { Health } from '../src/service/health.ts';
import { LiveIntake } from '../src/service/intake/live-intake.ts';
import { createLog } from '../src/service/log.ts';
import { createMeter } from '../src/service/metrics/meter.ts';
import type { EventStore, OpenStateStore } from '../src/storage/index.ts';

/** The real intake on real stores, with one organisation and its sources. */
export interface TestIntake {
  readonly intake: LiveIntake;
  readonly organization: string;
  readonly slug: string;
  readonly faults: unknown[];
  source(name: string, more?: Partial<LiveSource>): Promise<string>;
  setup(more?: Partial<LiveSetup>, remember?: () => Promise<void>): Promise<void>;
  except(exceptions: readonly LiveException[]): void;
}

export async function testIntake(
  state: OpenStateStore,
  events: EventStore,
  given: Partial<LiveSetup> = {},
): Promise<TestIntake> {
  const organization = randomUUID();
  const slug = `o-${organization.slice(0, 8)}`;
  await state.everywhere((tx) =>
    tx
      .insertInto('organization')
      .values({ id: organization, slug, name: slug, side: 'client', zone: 'Europe/Berlin' })
      .execute(),
  );
  await events.ensure(organization);
  const sources = new Map<string, LiveSource>();
  const faults: unknown[] = [];
  const intake: LiveIntake = new LiveIntake({
    state,
    events,
    meter: createMeter(),
    workers: 1,
    most: 64 << 20,
    source: (_, id) => sources.get(id),
    restart: () => intake.setup(base, key),
    health: new Health(undefined, createLog('fatal')),
    fault: (what, error) => faults.push(what, error),
  });
  const key = randomBytes(32);
  const { sources: documents } = await loadDirectory(fileURLToPath(new URL('../../../content/rules', import.meta.url)));
  const base: LiveSetup = {
    organization,
    slug,
    zone: 'Europe/Berlin',
    rules: loadRules(documents),
    registry: undefined,
    indicators: packIndicators([]),
    exceptions: [],
    lateness: 30_000_000,
    ...given,
  };
  await intake.setup(base, key);
  return {
    intake,
    organization,
    slug,
    faults,
    async source(name, more = {}) {
      const id = randomUUID();
      sources.set(id, { id, name, zone: 'Europe/Berlin', format: undefined, masking: [], ...more });
      await state.within(organization, (tx) =>
        tx
          .insertInto('source')
          .values({
            id,
            organization_id: organization,
            slug: name,
            name,
            kind: 'elastic',
            masking: '[]',
            settings: '{}',
          })
          .execute(),
      );
      return id;
    },
    setup: (more = {}, remember = undefined) => intake.setup({ ...base, ...more }, key, remember),
    except: (exceptions) => intake.except(organization, exceptions),
  };
}
