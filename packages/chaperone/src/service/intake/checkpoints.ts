import { sql } from 'kysely';
import type { StateStore } from '../../storage/index.ts';

/**
 * Writes down, for each organisation, the moment before which everything that was received is judged and its findings are stored. What was received
 * since is judged again at the next start; one that is too early costs time, one that is too late costs findings.
 */
export class Checkpoints {
  readonly #state: StateStore;
  /** what the state store holds at most: an earlier one, where the last writing failed */
  readonly #kept = new Map<string, number>();
  readonly #writing = new Map<string, Promise<void>>();

  constructor(state: StateStore) {
    this.#state = state;
  }

  /** Whether what was received at a moment (microseconds) is judged again after a kill. It isn't at first, nor after the clock was set back. */
  covers(organization: string, received: number): boolean {
    const kept = this.#kept.get(organization);
    return kept !== undefined && kept <= received;
  }

  /**
   * Writes a checkpoint; one after the other, each with what holds when its turn comes.
   *
   * @throws StoreUnavailable
   */
  write(organization: string, checkpoint: () => number): Promise<void> {
    const before = this.#writing.get(organization) ?? Promise.resolve();
    const writing = before
      .catch(() => {})
      .then(() => this.#write(organization, checkpoint()))
      .finally(() => {
        if (this.#writing.get(organization) === writing) this.#writing.delete(organization);
      });
    this.#writing.set(organization, writing);
    return writing;
  }

  forget(organization: string): void {
    this.#kept.delete(organization);
  }

  async #write(organization: string, received: number): Promise<void> {
    const before = this.#kept.get(organization);
    if (received === 0 || before === received) return;
    if (before !== undefined) this.#kept.set(organization, Math.max(before, received));
    await this.#state.within(organization, (tx) =>
      tx
        .insertInto('checkpoint')
        .values({ organization_id: organization, received })
        .onConflict((conflict) => conflict.column('organization_id').doUpdateSet({ received, updated_at: sql`now()` }))
        .execute(),
    );
    this.#kept.set(organization, received);
  }
}
