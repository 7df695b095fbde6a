import pg from 'pg';
import type { Notice } from './state-store.ts';

/** PostgreSQL's channel on which changes are announced. */
export const CHANNEL = 'chaperone';
/** A connection that a network dropped in silence is found out within a minute, not after the kernel's two hours. */
export const KEEP_ALIVE = { keepAlive: true, keepAliveInitialDelayMillis: 30_000 };
/** Milliseconds between tries to connect again. */
const AGAIN = 1_000;

/** Hears of announced changes over a connection of its own, which is made anew whenever it is lost. */
export class Hearing {
  readonly #url: string;
  readonly #hearers = new Set<{ hear(notice: Notice): void; onGap?(): void }>();
  #client: pg.Client | undefined;
  #closed = false;
  #connecting = false;
  /** nobody listened for a while: before the first connection, too, somebody may have announced something */
  #lost = true;

  constructor(url: string) {
    this.#url = url;
  }

  add(hear: (notice: Notice) => void, onGap?: () => void): () => void {
    const hearer = { hear, onGap };
    this.#hearers.add(hearer);
    void this.#connect();
    return () => this.#hearers.delete(hearer);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#client?.end().catch(() => {});
  }

  async #connect(): Promise<void> {
    if (this.#client !== undefined || this.#connecting || this.#closed) return;
    this.#connecting = true;
    const client = new pg.Client({ connectionString: this.#url, ...KEEP_ALIVE });
    const lose = () => {
      if (this.#client === client) this.#client = undefined;
      this.#lost = true;
      this.#later();
    };
    client.on('error', () => {});
    client.on('notification', ({ payload }) => this.#tell(payload ?? ''));
    try {
      await client.connect();
      await client.query(`listen ${CHANNEL}`);
      client.once('end', lose);
      this.#client = client;
      this.#connecting = false;
      // What was announced while nobody listened is not repeated.
      if (this.#lost) for (const { onGap } of this.#hearers) onGap?.();
      this.#lost = false;
    } catch {
      this.#connecting = false;
      await client.end().catch(() => {});
      this.#lost = true;
      this.#later();
    }
    if (this.#closed) await client.end().catch(() => {});
  }

  #later(): void {
    if (this.#closed) return;
    setTimeout(() => void this.#connect(), AGAIN).unref();
  }

  #tell(payload: string): void {
    const notice = read(payload);
    if (notice !== undefined) for (const { hear } of this.#hearers) hear(notice);
  }
}

/** Whoever may connect to the database may notify on any channel: what isn't ours is passed over. */
function read(payload: string): Notice | undefined {
  let parts: unknown;
  try {
    parts = JSON.parse(payload);
  } catch {
    return undefined;
  }
  if (!Array.isArray(parts)) return undefined;
  const [organization, kind, id] = parts as unknown[];
  if ((organization !== null && typeof organization !== 'string') || typeof kind !== 'string') return undefined;
  return typeof id === 'string' ? { organization, kind, id } : { organization, kind };
}
