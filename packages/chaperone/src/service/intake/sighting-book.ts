import { countSightings, type MetIndicator } from '../../detection/index.ts';
import type { StateStore } from '../../storage/index.ts';

/** Keeps account of indicators met between two writings to the state store, which happen every few seconds and may fail. */
export class SightingBook {
  readonly #state: StateStore;
  #pages = new Map<string, Map<string, MetIndicator>>();

  constructor(state: StateStore) {
    this.#state = state;
  }

  note(organization: string, met: readonly MetIndicator[]): void {
    if (met.length === 0) return;
    const page = this.#pages.get(organization) ?? new Map<string, MetIndicator>();
    this.#pages.set(organization, page);
    for (const one of met) {
      const key = `${one.type} ${one.value}`;
      const known = page.get(key);
      page.set(
        key,
        known === undefined ? one : { ...one, count: known.count + one.count, at: Math.max(known.at, one.at) },
      );
    }
  }

  /** Writes what came together. What can't be written now is kept for the next time. */
  async write(): Promise<void> {
    const pages = this.#pages;
    this.#pages = new Map();
    for (const [organization, page] of pages)
      await countSightings(this.#state, organization, [...page.values()]).catch(() =>
        this.note(organization, [...page.values()]),
      );
  }
}
