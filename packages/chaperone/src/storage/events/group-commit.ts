import { promptly } from '../promptly.ts';
import { StoreUnavailable } from '../store-unavailable.ts';
import type { RowBatch } from './event-store.ts';

interface Waiting {
  readonly batch: RowBatch;
  resolve(): void;
  reject(error: unknown): void;
}

/** One INSERT takes at most this; what waits for the next ones at most eight times as much. */
const MOST_BYTES = 32 << 20;
const MOST_WAITING = 8 * MOST_BYTES;
/** Milliseconds: shippers themselves wait for a minute or so. */
const PATIENCE = 20_000;

/**
 * Joins what many callers want to write into one INSERT, as databases do with commits: while one is on its way the next ones gather. Each
 * caller is answered when its own rows are on the disk. Small inserts would cost a part and an fsync each.
 */
export class GroupCommit {
  readonly #write: (pieces: readonly Uint8Array[]) => Promise<void>;
  #waiting: Waiting[] = [];
  #bytes = 0;
  #running = false;

  readonly #patience: number;

  constructor(write: (pieces: readonly Uint8Array[]) => Promise<void>, patience = PATIENCE) {
    this.#write = write;
    this.#patience = patience;
  }

  /** @throws StoreUnavailable where it can't be written, or isn't in time: what was not begun by then is left out */
  async add(batch: RowBatch): Promise<void> {
    if (batch.rows === 0) return;
    if (this.#bytes + batch.bytes.length > MOST_WAITING)
      throw new StoreUnavailable('events', 'The event store is slower than the events that come.', { retryAfter: 1 });
    this.#bytes += batch.bytes.length;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const own = { batch, resolve, reject };
    this.#waiting.push(own);
    if (!this.#running) void this.#run();
    try {
      await promptly('events', this.#patience, promise);
    } finally {
      const at = this.#waiting.indexOf(own);
      if (at >= 0) {
        this.#waiting.splice(at, 1);
        this.#bytes -= batch.bytes.length;
      }
    }
  }

  async #run(): Promise<void> {
    this.#running = true;
    while (this.#waiting.length > 0) {
      const group: Waiting[] = [];
      let size = 0;
      while (
        this.#waiting.length > 0 &&
        (group.length === 0 || size + this.#waiting[0].batch.bytes.length <= MOST_BYTES)
      ) {
        const one = this.#waiting.shift()!;
        group.push(one);
        size += one.batch.bytes.length;
      }
      try {
        await this.#write(group.map(({ batch }) => batch.bytes));
        for (const { resolve } of group) resolve();
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
      this.#bytes -= size;
    }
    this.#running = false;
  }
}
