/** A store can't be reached or can't write (gone, restarting, disk full). Nothing was acknowledged; try again after `retryAfter` seconds. */
export class StoreUnavailable extends Error {
  readonly code = 'store_unavailable';
  readonly store: 'state' | 'events';
  readonly retryAfter: number;

  constructor(store: 'state' | 'events', message: string, options: { retryAfter?: number; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = 'StoreUnavailable';
    this.store = store;
    this.retryAfter = options.retryAfter ?? 5;
  }
}
