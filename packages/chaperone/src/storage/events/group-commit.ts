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

/**
 * Joins what many callers want to write into one INSERT, as databases do with commits: while one is on its way the next ones gather. Each
 * caller is answered when its own rows are on the disk. Small inserts would cost a part and an fsync each.
 */
export class GroupCommit {
  readonly #write: (pieces: readonly Uint8Array[]) => Promise<void>;
  #waiting: Waiting[] = [];
  #bytes = 0;
  #running = false;

  constructor(write: (pieces: readonly Uint8Array[]) => Promise<void>) {
    this.#write = write;
  }

  add(batch: RowBatch): Promise<void> {
    if (batch.rows === 0) return Promise.resolve();
    if (this.#bytes + batch.bytes.length > MOST_WAITING)
      return Promise.reject(
        new StoreUnavailable('events', 'The event store is slower than the events that come.', { retryAfter: 1 }),
      );
    this.#bytes += batch.bytes.length;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ batch, resolve, reject });
      if (!this.#running) void this.#run();
    });
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
