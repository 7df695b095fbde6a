import { randomBytes, randomUUID } from 'node:crypto';
import { Registry } from 'prom-client';
import { createApi } from '../../src/api/index.ts';
import { readRulePacks } from '../../src/detection/index.ts';
import { createIdentity, createToken, createVault, digest, SYSTEM_ACTOR } from '../../src/identity/index.ts';
import type { OpenStateStore, Role } from '../../src/storage/index.ts';
import { testEvents } from '../../testkit/storage/test-events.ts';
import { testState } from '../../testkit/storage/test-state.ts';
import { testIntake } from '../../testkit/test-intake.ts';

export interface Caller {
  readonly headers: Readonly<Record<string, string>>;
  /** of a person */
  readonly user?: string;
}

export interface Answer {
  readonly status: number;
  /** of a problem */
  readonly code: string | undefined;
  readonly text: string;
  readonly headers: Headers;
}

/** One thing of each sort in an organisation: the ids that routes take. */
export type Things = Readonly<
  Record<'source' | 'binding' | 'token' | 'feed' | 'exception' | 'finding' | 'hold' | 'document' | 'user', string>
>;

export interface House {
  readonly id: string;
  readonly slug: string;
  readonly things: Things;
}

/** The routes on real stores, with two organisations that have one thing of each sort. */
export async function apiInstallation() {
  const postgres = await testState();
  const { store } = await postgres.fresh();
  const { store: events, close } = await testEvents();
  const identity = createIdentity(store, createVault(randomBytes(32)));
  const { intake } = await testIntake(store, events);
  const faults: string[] = [];
  const api = createApi(
    {
      identity,
      state: store,
      events,
      intake,
      packs: await readRulePacks([], true),
      metrics: new Registry(),
      version: '0.0.0',
      publicUrl: 'https://chaperone.clinic.example',
      bound: '192.0.2.80',
      hosts: ['chaperone.internal'],
      trustedProxies: ['198.51.100.0/24', '::1'],
      places: () => ({ host: '127.0.0.1', http: undefined, syslog: 5514, syslogTls: undefined, relp: undefined }),
      kinds: async () => [],
      reload: async () => {},
      judgePast: async () => {},
      engine: (organization) => intake.engine(organization),
      exceptionsChanged: async () => {},
      routed: async () => {},
      sample: async () => 'sample',
      ready: async () => {},
      console: undefined,
      secure: false,
      fault: (error, request) => {
        faults.push(`${request}: ${error}`);
        return 'id';
      },
    },
    (env) => ({ local: undefined, ...(env as { address: string; local?: string }) }),
  );
  let calls = 0;

  return {
    api,
    store,
    faults,
    identity,
    house: async (slug: string): Promise<House> => {
      const id = randomUUID();
      await store.everywhere((tx) =>
        tx.insertInto('organization').values({ id, slug, name: slug, side: 'client', zone: 'UTC' }).execute(),
      );
      await events.ensure(id);
      return { id, slug, things: await fill(store, id) };
    },
    /** Somebody who has just signed in; with `role`, into these organisations. */
    async person(
      role: Role | undefined,
      houses: readonly House[],
      more: { ended?: boolean; half?: boolean; factor?: boolean; csrf?: boolean; installation?: boolean } = {},
    ): Promise<Caller> {
      const user = randomUUID();
      const secret = randomBytes(32).toString('base64url');
      const session = digest(secret);
      await store.everywhere(async (tx) => {
        await tx
          .insertInto('app_user')
          .values({
            id: user,
            email: `${user}@clinic.example`,
            name: 'Ada',
            installation_administrator: more.installation ?? false,
          })
          .execute();
        if (more.factor !== false)
          await tx
            .insertInto('user_factor')
            .values({ id: randomUUID(), user_id: user, kind: 'totp', label: '', data: '{}', confirmed_at: new Date() })
            .execute();
        for (const { id } of role === undefined ? [] : houses)
          await tx
            .insertInto('membership')
            .values({
              user_id: user,
              organization_id: id,
              role: role as Role,
              provider: role === 'provider_reader' ? 'acme' : null,
            })
            .execute();
        await tx
          .insertInto('session')
          .values({
            id: session,
            user_id: user,
            state: more.half === true ? 'password' : 'full',
            expires_at: new Date(Date.now() + (more.ended === true ? -1 : 3_600_000)),
          })
          .execute();
      });
      const csrf: Record<string, string> =
        more.csrf === false ? {} : { 'x-csrf-token': identity.vault.mac('csrf', session) };
      return { headers: { cookie: `chaperone=${secret}`, ...csrf }, user };
    },
    /** Another session of somebody. */
    async again({ user }: Caller): Promise<Caller> {
      const secret = randomBytes(32).toString('base64url');
      const id = digest(secret);
      await store.everywhere((tx) =>
        tx
          .insertInto('session')
          .values({ id, user_id: user ?? '', state: 'full', expires_at: new Date(Date.now() + 3_600_000) })
          .execute(),
      );
      return {
        headers: { cookie: `chaperone=${secret}`, 'x-csrf-token': identity.vault.mac('csrf', id) },
        ...(user === undefined ? {} : { user }),
      };
    },
    /** One more thing of each sort, of another provider. */
    things: (organization: string, provider: string) => fill(store, organization, provider),
    async token(
      house: House,
      wanted: { kind: 'api' | 'ingest'; role?: Role; scopes?: string[]; source?: string },
    ): Promise<Caller> {
      const { secret } = await store.within(house.id, (tx) =>
        createToken(
          tx,
          identity.vault,
          house.id,
          { name: 'test', ...wanted },
          { actor: SYSTEM_ACTOR, role: 'administrator' },
        ),
      );
      return { headers: { authorization: `Bearer ${secret}` } };
    },
    /** Calls from an address of its own each time, so that no limit but the one under test is met. */
    async call(method: string, path: string, caller?: Caller, body?: unknown): Promise<Answer> {
      calls += 1;
      const answer = await api.app.request(
        path,
        {
          method: method.toUpperCase(),
          headers: { 'content-type': 'application/json', ...caller?.headers },
          ...(method === 'get' ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body ?? {}) }),
        },
        { address: `10.${(calls >> 16) & 255}.${(calls >> 8) & 255}.${calls & 255}` },
      );
      const { status, headers } = answer;
      if (headers.get('content-type')?.startsWith('text/event-stream') === true) {
        await answer.body?.cancel();
        return { status, code: undefined, text: '', headers };
      }
      const text = await answer.text();
      const problem = headers.get('content-type') === 'application/problem+json';
      return { status, code: problem ? (JSON.parse(text) as { code: string }).code : undefined, text, headers };
    },
    async close() {
      await intake.close();
      await close();
      await postgres.close();
    },
  };
}

async function fill(store: OpenStateStore, organization: string, provider = 'other'): Promise<Things> {
  const [source, binding, token, feed, exception, finding, hold, document, user] = Array.from({ length: 9 }, () =>
    randomUUID(),
  );
  const mine = { organization_id: organization };
  await store.everywhere(async (tx) => {
    await tx
      .insertInto('app_user')
      .values({ id: user, email: `${user}@clinic.example`, name: 'Bea' })
      .execute();
    await tx
      .insertInto('membership')
      .values({ ...mine, user_id: user, role: 'viewer' })
      .execute();
    await tx
      .insertInto('source')
      .values({
        ...mine,
        id: source,
        slug: `one-${source.slice(0, 8)}`,
        name: 'One',
        kind: 'syslog',
        promised_by: provider,
        masking: '[]',
        settings: '{}',
      })
      .execute();
    await tx
      .insertInto('source_binding')
      .values({
        ...mine,
        id: binding,
        source_id: source,
        kind: 'address',
        listener: '',
        // An address belongs to one source of the installation: drawn by chance, two houses met now and then.
        value: `2001:db8::${randomUUID().slice(0, 4)}:${randomUUID().slice(0, 4)}`,
      })
      .execute();
    await tx
      .insertInto('token')
      .values({
        ...mine,
        id: token,
        kind: 'ingest',
        name: 'one',
        hash: digest(token),
        prefix: 'chi_',
        source_id: source,
      })
      .execute();
    await tx
      .insertInto('indicator_feed')
      .values({ ...mine, id: feed, name: provider, kind: 'manual', settings: '{}' })
      .execute();
    await tx
      .insertInto('exception')
      .values({
        ...mine,
        id: exception,
        fields: '[]',
        account: 'x',
        owner: 'Ada',
        reason: 'a test',
        ends_at: new Date(Date.now() + 1e7),
      })
      .execute();
    await tx
      .insertInto('legal_hold')
      .values({ ...mine, id: hold, reason: 'court', owner: 'Ada' })
      .execute();
    await tx
      .insertInto('rule_document')
      .values({ ...mine, id: document, name: provider, document: 'x', version: 1 })
      .execute();
    await tx
      .insertInto('finding')
      .values({ ...mine, id: finding, ...FINDING, provider })
      .execute();
  });
  return { source, binding, token, feed, exception, finding, hold, document, user };
}

const FINDING = {
  detector: 'rule',
  rule_id: 'a4f1c8ce-0000-4000-8000-000000000001',
  rule_title: 'A test',
  level: 'high',
  confidence: 'high',
  first_at: new Date(0),
  last_at: new Date(0),
  count: 1,
  why: 'A test.',
  document: '{}',
} as const;
