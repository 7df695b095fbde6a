import { statfs } from 'node:fs/promises';
import { StoreUnavailable } from '../storage/index.ts';
import type { Log } from './log.ts';

/** Bytes that must be free where our own stores lie. Below, nothing more is taken: both stores need room to end their work in order. */
const RESERVE = 128 * 2 ** 20;
/** And that must be free before more is taken again. */
const ROOM = 160 * 2 ** 20;
/** Milliseconds between two looks, */
const LOOK = 1_000;
/** and where so many bytes are free that no disk is filled before the next. */
const PLENTY = 32 * 2 ** 30;
const SELDOM = 5_000;
/** A failure that was not repeated for so long counts as over. */
const OVER = 15_000;
/** One that lasts is told again so often. */
const AGAIN = 60_000;

interface Trouble {
  message: string;
  readonly since: number;
  last: number;
  told: number;
}

/** Knows what keeps the service from storing, tells the log in plain words once and not for every delivery, and answers for `/readyz`. */
export class Health {
  readonly #folder: string | undefined;
  readonly #log: Log;
  readonly #troubles = new Map<'state' | 'events', Trouble>();
  #timer: NodeJS.Timeout | undefined;
  #full: StoreUnavailable | undefined;
  #plenty = false;

  /** @param folder where our own stores lie; undefined: they are elsewhere */
  constructor(folder: string | undefined, log: Log) {
    this.#folder = folder;
    this.#log = log;
    this.#wait(LOOK);
  }

  /** @throws StoreUnavailable where the disk is as good as full */
  ensureRoom(): void {
    if (this.#full !== undefined) throw this.#full;
  }

  /** @throws StoreUnavailable with what is wrong now */
  check(): void {
    this.ensureRoom();
    for (const [store, { message }] of this.#troubles) throw new StoreUnavailable(store, message);
  }

  failed({ store, message }: StoreUnavailable): void {
    // It is said already, and better.
    if (this.#full !== undefined) return;
    const now = performance.now();
    const known = this.#troubles.get(store);
    const trouble = known ?? { message, since: now, last: now, told: Number.NEGATIVE_INFINITY };
    trouble.last = now;
    trouble.message = message;
    this.#troubles.set(store, trouble);
    if (now - trouble.told < AGAIN) return;
    trouble.told = now;
    this.#log.error({ store }, `${message.replace(/(?<![.!?])$/, '.')} ${HELD_BACK}`);
  }

  worked(store: 'state' | 'events'): void {
    const trouble = this.#troubles.get(store);
    if (trouble === undefined) return;
    this.#troubles.delete(store);
    const seconds = Math.round((performance.now() - trouble.since) / 1000);
    this.#log.warn({ store, seconds }, `The ${store === 'state' ? 'state' : 'event'} store works again. ${CATCH_UP}`);
  }

  /** Looks how much room there is, and which failures are over. */
  async look(): Promise<void> {
    const now = performance.now();
    for (const [store, { last }] of this.#troubles) if (now - last > OVER) this.worked(store);
    if (this.#folder === undefined) return;
    const free = await statfs(this.#folder).then(
      ({ bavail, bsize }) => bavail * bsize,
      () => Number.POSITIVE_INFINITY,
    );
    this.#plenty = free >= PLENTY;
    if (free >= (this.#full === undefined ? RESERVE : ROOM)) {
      if (this.#full !== undefined) this.#log.warn({ free }, `There is room on the disk again. ${CATCH_UP}`);
      this.#full = undefined;
      return;
    }
    const message = `The disk of the data folder ${this.#folder} is full: ${Math.floor(free / 2 ** 20)} MiB are left, ${ROOM / 2 ** 20} are needed.`;
    if (this.#full === undefined) this.#log.error({ free }, `${message} Make room there. ${HELD_BACK}`);
    this.#full = new StoreUnavailable('events', message, { retryAfter: 10 });
  }

  #wait(time: number): void {
    this.#timer = setTimeout(async () => {
      await this.look();
      if (this.#timer !== undefined) this.#wait(this.#plenty && this.#troubles.size === 0 ? SELDOM : LOOK);
    }, time);
    this.#timer.unref();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}

const HELD_BACK =
  'Until then nothing more is taken: shippers are told to come again, and nothing that was confirmed is lost.';
const CATCH_UP = 'Shippers send what they kept.';
