import pg from 'pg';
import type { Notice } from './state-store.ts';

/** PostgreSQL's channel on which changes are announced. */
export const CHANNEL = 'chaperone';
/** Milliseconds between tries to connect again. */
const AGAIN = 1_000;

/** Hears of announced changes over a connection of its own, which is made anew whenever it is lost. */
export class Hearing {
  readonly #url: string;
  readonly #hearers = new Set<{ hear(notice: Notice): void; onGap?(): void }>();
  #client: pg.Client | undefined;
  #closed = false;
  #connecting = false;
  #lost = false;

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
    const client = new pg.Client({ connectionString: this.#url, keepAlive: true });
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
    const [organization, kind, id] = JSON.parse(payload) as [string | null, string, string | undefined];
    for (const { hear } of this.#hearers) hear(id === undefined ? { organization, kind } : { organization, kind, id });
  }
}
