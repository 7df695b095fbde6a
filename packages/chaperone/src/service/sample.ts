import { createHash, randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { createOrganization, createToken, type Identity, SYSTEM_ACTOR } from '../identity/index.ts';
import { createSource } from '../sources/index.ts';
import type { EventStore, StateStore } from '../storage/index.ts';
import type { RunningListener } from '../telemetry/index.ts';

interface SampleContent {
  sampleRecords(until?: number): readonly {
    readonly shipper: 'windows' | 'firewall' | 'archive' | 'tenant';
    readonly time: number;
    readonly text: string;
  }[];
}

export interface SampleDeps {
  readonly identity: Identity;
  readonly state: StateStore;
  readonly events: EventStore;
  readonly listeners: readonly RunningListener[];
  /** the service ends: nothing more is sent, so that its listeners can close */
  readonly stop: AbortSignal;
  reload(organization: string): Promise<void>;
  /** the router knows of new tokens and bindings */
  routed(): Promise<void>;
  fault(what: string, error: unknown): void;
}

const SLUG = 'lakeside';
/** Microseconds of the sample's week that are sent at once: so that one sees them come. */
const EVERY = 30 * 60_000_000;

/**
 * Makes the sample organisation (a clinic, its provider, a week of logs with one bad night), and sends its logs through this service's own
 * listeners, as the clinic's shippers would. Resolves with its short name when the sending has begun.
 */
export async function makeSampleOrganization(by: string, deps: SampleDeps): Promise<string> {
  const { identity, state, events, listeners } = deps;
  const http =
    listeners.find(({ kind, tls }) => kind === 'http' && !tls) ?? listeners.find(({ kind }) => kind === 'http');
  if (http === undefined) throw new Error('The sample needs an HTTP listener.');
  const syslog = listeners.find(({ kind }) => kind === 'syslog');
  const { sampleRecords } = (await import(content('sample-records.ts'))) as SampleContent;
  const { sampleRegistry } = (await import(content('index.ts'))) as { sampleRegistry(until?: number): string };
  // As old logs they would be no use to whoever looks at the newest findings first.
  const now = Date.now();
  const actor = { ...SYSTEM_ACTOR, id: by };
  const taken = await state.everywhere((tx) =>
    tx.selectFrom('organization').select('id').where('slug', '=', SLUG).executeTakeFirst(),
  );
  if (taken !== undefined) return SLUG;
  const organization = await state.everywhere((tx) =>
    createOrganization(
      identity,
      tx,
      { name: 'Lakeside Clinic (sample)', slug: SLUG, zone: 'Europe/Berlin', side: 'client' },
      { id: by, actor },
    ),
  );
  await events.ensure(organization);
  const tokens = await state.within(organization, async (tx) => {
    const document = sampleRegistry(now);
    await tx
      .insertInto('registry_version')
      .values({
        id: randomUUID(),
        organization_id: organization,
        version: 1,
        document,
        hash: createHash('sha256').update(document).digest('hex'),
        active: true,
      })
      .execute();
    const add = async (name: string, kind: 'elastic' | 'hec' | 'ndjson' | 'syslog') => {
      const source = await createSource(
        tx,
        organization,
        { name, kind, zone: 'Europe/Berlin', promised_by: name === 'Windows servers' ? null : 'northgate' },
        null,
      );
      const { secret } = await createToken(
        tx,
        identity.vault,
        organization,
        { kind: 'ingest', name: 'Sample', source },
        { actor, role: 'administrator' },
      );
      return { source, secret };
    };
    const made = {
      windows: await add('Windows servers', 'elastic'),
      firewall: await add('Firewall fw01', syslog === undefined ? 'ndjson' : 'syslog'),
      archive: await add('Archive store01', 'hec'),
      tenant: await add('Microsoft 365 sign-ins', 'ndjson'),
    };
    if (syslog !== undefined) {
      await tx
        .insertInto('source_binding')
        .values({
          id: randomUUID(),
          organization_id: organization,
          source_id: made.firewall.source,
          kind: 'address',
          listener: syslog.name,
          value: '127.0.0.1',
        })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    }
    return made;
  });
  await deps.reload(organization);
  await deps.routed();
  const send = async () => {
    const records = sampleRecords(now);
    for (let from = 0; from < records.length && !deps.stop.aborted; ) {
      // As shippers do, each sends what it has every so often; the week passes in order.
      let to = from;
      while (to < records.length && records[to].time < records[from].time + EVERY) to += 1;
      const part = records.slice(from, to);
      from = to;
      const of = (shipper: string) => part.filter((one) => one.shipper === shipper).map(({ text }) => text);
      await post(
        http,
        '/_bulk',
        tokens.windows.secret,
        of('windows').flatMap((text) => ['{"create":{"_index":"winlogbeat"}}', text]),
      );
      await post(http, '/services/collector/raw', tokens.archive.secret, of('archive'));
      await post(http, '/ndjson', tokens.tenant.secret, of('tenant'));
      if (syslog === undefined) await post(http, '/lines', tokens.firewall.secret, of('firewall'));
      else await overTcp(syslog, of('firewall'));
    }
  };
  send().catch((error) => {
    if (!deps.stop.aborted) deps.fault('The sample’s logs could not be sent.', error);
  });
  return SLUG;
}

function content(file: string): string {
  return new URL(`../../../../content/sample/${file}`, import.meta.url).href;
}

async function post(listener: RunningListener, path: string, token: string, lines: readonly string[]): Promise<void> {
  if (lines.length === 0) return;
  for (;;) {
    const response = await fetch(
      `${listener.tls ? 'https' : 'http'}://${reachable(listener.host)}:${listener.port}${path}`,
      {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/x-ndjson' },
        body: `${lines.join('\n')}\n`,
      },
    );
    await response.arrayBuffer();
    if (response.ok) return;
    if (response.status !== 429 && response.status !== 503) throw new Error(`${path} answered ${response.status}`);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
}

function overTcp(listener: RunningListener, lines: readonly string[]): Promise<void> {
  if (lines.length === 0) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const socket = connect(listener.port, reachable(listener.host), () => socket.end(`${lines.join('\n')}\n`));
    socket.once('error', reject).once('close', () => resolve());
  });
}

function reachable(host: string): string {
  return host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
}
