import { createHash } from 'node:crypto';
import { type IpRange, IpSet, parseIp, parseRange } from '../registry/index.ts';
import type { StateStore } from '../storage/index.ts';
import type { Route, Router } from '../telemetry/index.ts';

interface Source extends Route {
  readonly name: string;
  readonly slug: string;
  readonly zone: string | null;
  readonly format: string | null;
  readonly masking: readonly { readonly field: string; readonly how: 'mask' | 'drop' }[];
}

interface Tables {
  readonly tokens: ReadonlyMap<string, Route & { readonly expires: number }>;
  readonly certificates: ReadonlyMap<string, Route>;
  readonly listeners: ReadonlyMap<string, Route>;
  /** by listener; '' for any */
  readonly addresses: ReadonlyMap<string, IpSet<Route>>;
  readonly sources: ReadonlyMap<string, Source>;
}

/** Everything is read anew this often, whatever was announced. */
const ANEW = 60_000;

/** Says whose a delivery is, from memory: it goes on while the state store is gone. */
export class SourceRouter implements Router {
  readonly #state: StateStore;
  #tables: Tables = {
    tokens: new Map(),
    certificates: new Map(),
    listeners: new Map(),
    addresses: new Map(),
    sources: new Map(),
  };
  #loading: Promise<void> | undefined;
  readonly #timer: NodeJS.Timeout;
  readonly #deaf: () => void;

  private constructor(state: StateStore) {
    this.#state = state;
    this.#timer = setInterval(() => void this.reload().catch(() => {}), ANEW);
    const read = () => void this.reload().catch(() => {});
    this.#deaf = state.listen(({ kind }) => {
      if (kind === 'token' || kind === 'routing') read();
    }, read);
  }

  static async open(state: StateStore): Promise<SourceRouter> {
    const router = new SourceRouter(state);
    await router.reload();
    return router;
  }

  byToken(token: string): Route | undefined {
    const found = this.#tables.tokens.get(createHash('sha256').update(token).digest('hex'));
    return found !== undefined && found.expires > Date.now() ? found : undefined;
  }

  byCertificate(fingerprint: string, listener: string): Route | undefined {
    const { certificates } = this.#tables;
    const print = fingerprint.replaceAll(':', '').toLowerCase();
    return certificates.get(`${listener}/${print}`) ?? certificates.get(`/${print}`);
  }

  byAddress(address: string, listener: string): Route | undefined {
    const { addresses, listeners } = this.#tables;
    const ip = parseIp(address);
    if (ip !== undefined) {
      for (const name of [listener, '']) {
        const found = addresses.get(name)?.find(ip);
        if (found !== undefined) return found;
      }
    }
    return listeners.get(listener);
  }

  /** What is known of a source; undefined: it is not there, or paused. */
  source(organization: string, id: string): Source | undefined {
    const source = this.#tables.sources.get(id);
    return source?.organization === organization ? source : undefined;
  }

  /** Reads everything anew; resolves when what was committed before the call is known. */
  async reload(): Promise<void> {
    // A reading that is under way may have begun too early.
    await this.#loading?.catch(() => {});
    this.#loading ??= this.#load().finally(() => {
      this.#loading = undefined;
    });
    await this.#loading;
  }

  close(): void {
    clearInterval(this.#timer);
    this.#deaf();
  }

  async #load(): Promise<void> {
    const { tokens, bindings, sources } = await this.#state.everywhere(async (tx) => ({
      tokens: await tx
        .selectFrom('token')
        .select(['hash', 'organization_id', 'source_id', 'expires_at'])
        .where('kind', '=', 'ingest')
        .where('revoked_at', 'is', null)
        .execute(),
      bindings: await tx.selectFrom('source_binding').selectAll().execute(),
      sources: await tx
        .selectFrom('source')
        .select(['id', 'organization_id', 'name', 'slug', 'zone', 'format', 'masking'])
        .where('state', '=', 'active')
        .execute(),
    }));
    const known = new Map(
      sources.map(({ id, organization_id, ...rest }): [string, Source] => [
        id,
        { organization: organization_id, source: id, ...rest },
      ]),
    );
    const certificates = new Map<string, Route>();
    const listeners = new Map<string, Route>();
    const ranges = new Map<string, { range: IpRange; value: Route }[]>();
    for (const { kind, listener, value, organization_id: organization, source_id: source } of bindings) {
      if (!known.has(source)) continue;
      const route = { organization, source };
      if (kind === 'certificate') certificates.set(`${listener}/${value}`, route);
      else if (kind === 'listener') listeners.set(listener, route);
      else {
        const range = parseRange(value);
        if (range !== undefined) ranges.set(listener, [...(ranges.get(listener) ?? []), { range, value: route }]);
      }
    }
    this.#tables = {
      sources: known,
      certificates,
      listeners,
      addresses: new Map([...ranges].map(([listener, list]) => [listener, new IpSet(list)])),
      tokens: new Map(
        tokens
          .filter(({ source_id }) => source_id !== null && known.has(source_id))
          .map(({ hash, organization_id: organization, source_id, expires_at }) => [
            hash,
            { organization, source: source_id!, expires: expires_at?.getTime() ?? Number.POSITIVE_INFINITY },
          ]),
      ),
    };
  }
}
