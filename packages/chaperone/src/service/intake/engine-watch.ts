import { setTimeout as sleep } from 'node:timers/promises';
import type { Meter } from '../metrics/meter.ts';

/** How the threads of the engine do, since the service was started. */
export interface EngineState {
  readonly deaths: number;
  readonly last_death: { readonly at: Date; readonly message: string } | null;
  /** the organisation's is being started again */
  readonly down: boolean;
  /** records of the organisation that were kept unjudged */
  readonly unjudged: number;
}

export interface EngineWatchOptions {
  readonly meter: Meter;
  restart(organization: string): Promise<void>;
  fault(what: string, error: unknown): void;
}

/** Milliseconds before an organisation is tried again that could not be set up; doubled each time up to the longest. */
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 30_000;

/** Sets organisations up anew when the thread of their engine died, and keeps account of it. */
export class EngineWatch {
  readonly #options: EngineWatchOptions;
  /** organisations being set up anew; true: their engine died again meanwhile */
  readonly #restarting = new Map<string, boolean>();
  readonly #closed = new AbortController();
  #deaths = 0;
  #last: EngineState['last_death'] = null;
  readonly #unjudged = new Map<string, number>();

  constructor(options: EngineWatchOptions) {
    this.#options = options;
  }

  state(organization: string): EngineState {
    return {
      deaths: this.#deaths,
      last_death: this.#last,
      down: this.#restarting.has(organization),
      unjudged: this.#unjudged.get(organization) ?? 0,
    };
  }

  died(organizations: readonly string[], error: Error): void {
    this.#deaths += 1;
    this.#last = { at: new Date(), message: error.message };
    this.#options.meter.engineDied();
    this.#options.fault('A thread of the engine died. A new one is started, and what it was at is given to it.', error);
    for (const organization of organizations)
      if (this.#restarting.has(organization)) this.#restarting.set(organization, true);
      else void this.#restart(organization);
  }

  unjudged(organization: string, slug: string, records: number): void {
    this.#unjudged.set(organization, (this.#unjudged.get(organization) ?? 0) + records);
    this.#options.meter.unjudged(slug, records);
    this.#options.fault(
      'Records were kept without being judged.',
      new Error(`The engine died over ${records} records of ${slug} again and again. Their source tells of them.`),
    );
  }

  close(): void {
    this.#closed.abort();
  }

  async #restart(organization: string): Promise<void> {
    for (let pause = FIRST_PAUSE; !this.#closed.signal.aborted; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
      this.#restarting.set(organization, false);
      this.#options.meter.enginesDown(this.#restarting.size);
      try {
        await this.#options.restart(organization);
        if (this.#restarting.get(organization) === false) break;
        pause = FIRST_PAUSE;
      } catch (error) {
        this.#options.fault('An organisation could not be set up anew after the engine died; trying again.', error);
        await sleep(pause, undefined, { signal: this.#closed.signal }).catch(() => {});
      }
    }
    this.#restarting.delete(organization);
    this.#options.meter.enginesDown(this.#restarting.size);
  }
}
