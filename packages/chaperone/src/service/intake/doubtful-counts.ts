import { sql } from 'kysely';
import { recountFindings } from '../../detection/index.ts';
import type { EventStore, StateStore } from '../../storage/index.ts';

/** Milliseconds after which whoever was not answered has sent again what he had: it may be counted twice by then. */
const REPEATED = 30_000;
/** Seconds before the doubt began in which a finding may have changed already. */
const BEFORE = 120;

/** Counts large findings anew soon after deliveries may have been stored without being confirmed. */
export class DoubtfulCounts {
  readonly #state: StateStore;
  readonly #events: EventStore;
  readonly #repeated: number;
  readonly #doubts = new Map<string, { readonly since: number; last: number }>();

  constructor(state: StateStore, events: EventStore, repeated = REPEATED) {
    this.#state = state;
    this.#events = events;
    this.#repeated = repeated;
  }

  /** A delivery of an organisation was stored, perhaps counted, and not confirmed: it will come again. */
  doubt(organization: string): void {
    const now = performance.now();
    const known = this.#doubts.get(organization);
    if (known === undefined) this.#doubts.set(organization, { since: now, last: now });
    else known.last = now;
  }

  /**
   * Counts where the last doubt is old enough; to be called now and then.
   *
   * @throws StoreUnavailable; it is tried again the next time
   */
  async look(): Promise<void> {
    const now = performance.now();
    for (const [organization, doubt] of this.#doubts) {
      if (now - doubt.last < this.#repeated) continue;
      const seconds = (now - doubt.since) / 1000 + BEFORE;
      await recountFindings(this.#state, this.#events, organization, await ago(this.#state, seconds));
      if (this.#doubts.get(organization)?.last === doubt.last) this.#doubts.delete(organization);
    }
  }
}

/** A moment so many seconds ago, by the clock by which the state store says when a finding changed. */
export async function ago(state: StateStore, seconds: number): Promise<Date> {
  const { rows } = await state.everywhere((tx) =>
    sql<{ at: Date }>`select now() - make_interval(secs => ${seconds}) as at`.execute(tx),
  );
  return rows[0].at;
}
