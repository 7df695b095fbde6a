import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { getRequestListener } from '@hono/node-server';
import manifest from '../../package.json' with { type: 'json' };
import { createApi } from '../api/index.ts';
import { type LiveSource, nextPast, readRulePacks, withoutOff } from '../detection/index.ts';
import { createIdentity, createVault, issueSetupToken, recallTries, verifyChain } from '../identity/index.ts';
import { SourceRouter } from '../sources/index.ts';
import {
  backup,
  confirmMasterKey,
  lockDataFolder,
  masterKey,
  openEventStore,
  openJobs,
  openStateStore,
  StoreUnavailable,
} from '../storage/index.ts';
import {
  fetchGuarded,
  type ListenerConfig,
  listenerSchema,
  startListeners,
  type TlsMaterial,
} from '../telemetry/index.ts';
import type { ServiceConfig } from './config/config-schema.ts';
import { serveControl } from './control/serve-control.ts';
import { unseal } from './control/unseal.ts';
import { giveBackMemory } from './give-back.ts';
import { Health } from './health.ts';
import {
  expireEvents,
  forgetEnded,
  type HousekeepingDeps,
  organizations,
  pullWhatIsDue,
  recountLately,
  watchAllSources,
} from './housekeeping.ts';
import { LiveIntake } from './intake/live-intake.ts';
import type { Log } from './log.ts';
import { createMeter } from './metrics/meter.ts';
import { openConsolePort, peerOf, shippersHost, shownHost } from './open-console-port.ts';
import { exceptionsOf, setupOf } from './organization-setup.ts';
import { judgePast } from './past/judge-past.ts';
import { askPastOfNewRules } from './past/new-pack-rules.ts';
import { recover } from './recover.ts';
import { makeSampleOrganization } from './sample.ts';
import { fingerprint, selfSigned } from './tls/self-signed.ts';
import { watchFolders } from './watch-folders.ts';

export interface RunningService {
  /** the console's address */
  readonly url: string;
  /** the link that finishes the set-up; undefined: it is done */
  readonly setupLink: string | undefined;
  readonly listeners: readonly {
    readonly name: string;
    readonly kind: string;
    readonly host: string;
    readonly port: number;
  }[];
  /** of the own certificate, where one is used */
  readonly fingerprint: string | undefined;
  close(): Promise<void>;
}

const DEFAULT_LISTENERS: readonly Partial<ListenerConfig>[] = [
  { name: 'http', kind: 'http', port: 7781 },
  { name: 'syslog', kind: 'syslog', port: 5514 },
  { name: 'syslog-udp', kind: 'syslog-udp', port: 5514 },
  { name: 'syslog-tls', kind: 'syslog-tls', port: 6514, tls: 'self-signed' },
  { name: 'relp', kind: 'relp', port: 2514 },
];
/**
 * Starts everything in order: the lock on the data folder, the stores, the engines with what they must remember, the API, the listeners last.
 * `close` ends it in the other order, so that nothing that was taken is lost.
 *
 * @param consoleFolder the built console
 */
export async function startService(
  config: ServiceConfig,
  log: Log,
  consoleFolder: string | undefined,
): Promise<RunningService> {
  const closers: (() => Promise<unknown> | unknown)[] = [];
  const close = async () => {
    for (const one of closers.splice(0).reverse()) {
      try {
        await one();
      } catch (error) {
        log.error({ error: said(error) }, 'Something did not end in order.');
      }
    }
  };
  try {
    return await start(config, log, consoleFolder, closers, close);
  } catch (error) {
    await close();
    throw error;
  }
}

async function start(
  config: ServiceConfig,
  log: Log,
  consoleFolder: string | undefined,
  closers: (() => Promise<unknown> | unknown)[],
  close: () => Promise<void>,
): Promise<RunningService> {
  const own = config.state === undefined || config.events === undefined;
  const health = new Health(own ? config.data : undefined, log);
  closers.push(() => health.close());
  const fault = (what: string, error: unknown) =>
    error instanceof StoreUnavailable ? health.failed(error) : log.error({ error: said(error) }, what);
  const lock = lockDataFolder(config.data);
  closers.push(() => lock.release());
  const state = await openStateStore({
    ...(config.state === undefined ? { folder: join(config.data, 'postgres') } : { url: config.state.url }),
    log: (line) => log.info({ store: 'state' }, line),
    beforeMigration: async (url) => {
      const to = join(
        config.data,
        'backups',
        `before-${manifest.version}-${new Date().toISOString().replace(/[:.]/g, '-')}`,
      );
      log.info({ to }, 'The stores are older than this program: backing up before they are brought up to date.');
      await backup({ state: { url }, data: config.data, to, program: manifest.version });
    },
  });
  closers.push(() => state.close());
  const key = masterKey(config.data);
  await confirmMasterKey(state, key);
  const vault = createVault(key);
  const identity = createIdentity(state, vault, Date.now, (url, request, inside) =>
    fetchGuarded(url, request, { allowPrivate: inside, maxBytes: 1 << 20, timeout: 10_000 }),
  );
  await recallTries(identity);
  const events = await openEventStore(
    config.events === undefined
      ? { folder: join(config.data, 'events') }
      : {
          ...config.events,
          ...(config.events.cluster === undefined
            ? { cluster: undefined }
            : { cluster: { name: config.events.cluster } }),
        },
  );
  closers.push(() => events.close());
  const meter = createMeter();
  const packs = await readRulePacks(config.rules, config.builtin_rules);
  if (packs.refused.length > 0)
    log.warn({ refused: packs.refused.length }, 'Some rules can’t run: chaperone rules check says which and why.');
  const router = await SourceRouter.open(state);
  closers.push(() => router.close());
  const zones = new Map<string, string>();
  const sourceOf = (organization: string, id: string): LiveSource | undefined => {
    const source = router.source(organization, id);
    if (source === undefined) return undefined;
    return {
      id,
      name: source.name,
      zone: source.zone ?? zones.get(organization) ?? config.zone,
      format: source.format ?? undefined,
      masking: source.masking,
    };
  };
  const intake = new LiveIntake({
    state,
    events,
    meter,
    workers: config.workers,
    engineMemory: config.engine_memory,
    most: config.memory_queue * 2 ** 20,
    source: sourceOf,
    restart: (organization) => reload(organization),
    health,
    fault,
  });
  closers.push(() => intake.close());

  /** organisations of which everything that was stored before the start is judged, with when their engine was made */
  const started = new Map<string, Date>();
  const setUp = async (organization: string) => {
    const begun = new Date();
    const setup = await setupOf(state, packs, organization, config.lateness);
    if (setup === undefined) return intake.drop(organization);
    // Another node may have made it a moment ago.
    await events.ensure(organization);
    zones.set(organization, setup.zone);
    let again = 0;
    await intake.setup(setup, vault.key(`masking/${organization}`), async () => {
      const since = started.get(organization);
      again = await recover(organization, {
        state,
        events,
        intake,
        source: (id) => sourceOf(organization, id),
        rules: withoutOff(setup.rules, setup.off ?? []),
        remember: since !== undefined,
        since,
      });
      started.set(organization, begun);
    });
    if (again > 0)
      log.info(
        { organization: setup.slug, events: again },
        'Judged stored events again, so that correlations go on and no finding is missing.',
      );
  };
  const reloading = new Map<string, Promise<void>>();
  const reload = (organization: string): Promise<void> => {
    const next = (reloading.get(organization) ?? Promise.resolve()).catch(() => {}).then(() => setUp(organization));
    reloading.set(organization, next);
    return next;
  };
  // Before the engines are made: they must know which correlations are new.
  await askPastOfNewRules(state, packs);
  for (const { id } of await organizations(state)) {
    await events.ensure(id);
    await reload(id);
  }

  /** until jobs run, what is asked of the past waits in the state store */
  let lookBack: (organization: string) => Promise<void> = async () => {};
  let listeners: Awaited<ReturnType<typeof startListeners>> | undefined;
  const stopping = new AbortController();
  const tls = config.http.tls === undefined ? undefined : await material(config, config.http.tls, config.http.host);
  const port = await openConsolePort(config.http, tls);
  closers.push(() => port.close());
  const { url } = port;
  const api = createApi(
    {
      identity,
      state,
      events,
      intake,
      packs,
      metrics: meter.registry,
      version: manifest.version,
      publicUrl: url,
      bound: config.http.host,
      hosts: config.http.hosts,
      trustedProxies: config.http.trusted_proxies,
      places: () => {
        const portOf = (kind: ListenerConfig['kind']) => listeners?.running.find((one) => one.kind === kind)?.port;
        const http = listeners?.running.find(({ kind }) => kind === 'http');
        return {
          host: shippersHost(config.http),
          http,
          syslog: portOf('syslog'),
          syslogTls: portOf('syslog-tls'),
          relp: portOf('relp'),
        };
      },
      kinds: async (organization) =>
        (
          await events.query<{ kind: string }>(
            organization,
            ({ events: table }) => `SELECT DISTINCT kind FROM ${table} WHERE kind != 'unread' LIMIT 10000`,
          )
        ).map(({ kind }) => kind),
      reload,
      judgePast: (organization) => lookBack(organization),
      engine: (organization) => intake.engine(organization),
      exceptionsChanged: async (organization) => intake.except(organization, await exceptionsOf(state, organization)),
      routed: () => router.reload(),
      sample: (by) =>
        makeSampleOrganization(by, {
          identity,
          state,
          events,
          listeners: listeners?.running ?? [],
          stop: stopping.signal,
          reload,
          routed: () => router.reload(),
          fault,
        }),
      ready: async () => {
        health.check();
        await Promise.all([state.ping(), events.ping()]);
      },
      console: consoleFolder,
      secure: url.startsWith('https:'),
      fault: (error, request) => {
        const id = randomUUID();
        log.error({ id, request, error: said(error) }, 'A request failed in a way that nobody foresaw.');
        return id;
      },
    },
    peerOf,
  );
  port.serve(getRequestListener(api.app.fetch, { overrideGlobalObjects: false }));

  const configs = config.listeners ?? DEFAULT_LISTENERS.map((one) => listenerSchema.parse(one));
  listeners = await startListeners(
    configs,
    async (one) => (one.tls === undefined ? undefined : material(config, one.tls, one.host)),
    { intake, router, meter },
  );
  const running = listeners;
  closers.push(() => running.close());

  const folders = await watchFolders({ state, intake, fault });
  closers.push(() => folders.close());
  const deaf = state.listen(({ organization, kind }) => {
    // Another node may have made it, or changed its zone.
    if (kind === 'organization' && organization !== null && !reloading.has(organization))
      void reload(organization).catch((error) => fault('An organisation could not be started.', error));
  });
  closers.push(deaf);

  const jobs = await openJobs(state, {
    log: (line, error) => (error instanceof StoreUnavailable ? health.failed(error) : log.warn({ part: 'jobs' }, line)),
  });
  closers.push(() => jobs.stop());
  const chores: HousekeepingDeps = {
    state,
    events,
    identity,
    intake,
    retentionDays: config.retention_days,
    reload,
    judgePast: (organization) => lookBack(organization),
    packs,
    fault,
  };
  const past = {
    state,
    events,
    intake,
    days: config.retrospective_days,
    engineMemory: config.engine_memory,
    setup: (organization: string) => setupOf(state, packs, organization, config.lateness),
    source: sourceOf,
    fault,
  };
  await jobs.handle<{ organization: string }>('judge-past', ({ organization }, signal) =>
    judgePast(organization, past, signal),
  );
  lookBack = (organization) => jobs.enqueue('judge-past', { organization }, { singletonKey: organization });
  await jobs.schedule('resume-past', 300, async () => {
    for (const { id } of await organizations(state)) if ((await nextPast(state, id)) !== undefined) await lookBack(id);
  });
  await jobs.schedule('expire-events', '17 * * * *', () => expireEvents(chores));
  await jobs.schedule('forget-ended', 600, () => forgetEnded(chores));
  await jobs.schedule('recount', 300, () => recountLately(chores));
  await jobs.schedule('pull', 60, () => pullWhatIsDue(chores));
  const listening = Date.now();
  await jobs.schedule('watch-sources', 60, () => watchAllSources(chores, listening));

  const control = await serveControl(config.data, {
    backup: async ({ to }) => backup({ state, events, data: config.data, to: String(to), program: manifest.version }),
    unseal: (ask) => unseal({ state, events, vault }, ask),
    verify: async () => {
      const chains = [{ organization: null, slug: 'installation', verdict: await verifyChain(state, vault, null) }];
      const verdicts: {
        organization: string | null;
        slug: string;
        verdict: Awaited<ReturnType<typeof verifyChain>>;
      }[] = [...chains];
      for (const { id, slug } of await organizations(state))
        verdicts.push({ organization: id, slug, verdict: await verifyChain(state, vault, id) });
      return verdicts;
    },
  });
  closers.push(() => control.close());
  closers.push(() => stopping.abort());
  await giveBackMemory();
  const token = await issueSetupToken(identity);
  return {
    url,
    setupLink: token === undefined ? undefined : `${url}/#/setup?token=${token}`,
    listeners: running.running,
    fingerprint: existsSync(join(config.data, 'tls', 'self-signed.crt'))
      ? await fingerprint(readFileSync(join(config.data, 'tls', 'self-signed.crt'), 'utf8'))
      : undefined,
    close,
  };
}

async function material(
  config: ServiceConfig,
  tls: NonNullable<ListenerConfig['tls']> | NonNullable<ServiceConfig['http']['tls']>,
  host: string,
): Promise<TlsMaterial> {
  if (tls === 'self-signed') {
    const names = new Set(['localhost', '127.0.0.1', shownHost(host)]);
    if (config.http.public_url !== undefined) names.add(new URL(config.http.public_url).hostname);
    return { ...(await selfSigned(join(config.data, 'tls'), [...names])), clientCertificate: 'optional' };
  }
  const own = tls as {
    cert: string;
    key: string;
    client_ca?: string;
    client_certificate?: 'none' | 'optional' | 'required';
  };
  return {
    cert: readFileSync(own.cert),
    key: readFileSync(own.key),
    ...(own.client_ca === undefined ? {} : { ca: readFileSync(own.client_ca) }),
    clientCertificate: own.client_certificate ?? 'none',
  };
}

function said(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
