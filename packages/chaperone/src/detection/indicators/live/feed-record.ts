import type { IndicatorType } from '../indicator.ts';

/** One indicator as every reader of feeds gives it. Times in milliseconds since 1970. */
export interface FeedRecord {
  readonly type: IndicatorType;
  /** normalised, as events are looked up */
  readonly value: string;
  /** the value as its author wrote it */
  readonly written: string;
  readonly validFrom?: number;
  readonly validUntil?: number;
  /** 0 to 100 */
  readonly confidence?: number;
  /** one of clear, white, green, amber, amber+strict, red */
  readonly tlp?: string;
  readonly note?: string;
  /** STIX id or MISP uuid: by it a later version or a withdrawal is told */
  readonly externalId?: string;
  /** withdrawn by its author */
  readonly revoked: boolean;
  readonly labels: readonly string[];
}

/** Somebody saw an indicator: STIX sighting. */
export interface FeedSighting {
  readonly externalId: string;
  readonly count: number;
  readonly lastSeen?: number;
}

export type FeedProblemCode =
  | 'FEED_UNREADABLE'
  | 'FEED_OBJECT'
  | 'FEED_PATTERN'
  | 'FEED_PATTERN_PART'
  | 'FEED_VALUE'
  | 'FEED_TYPE'
  | 'FEED_MANY';

/** An object of a feed that gave no indicator, or less than it says. */
export interface FeedProblem {
  readonly code: FeedProblemCode;
  /** id of the object, or the line */
  readonly object: string;
  readonly message: string;
  readonly mend: string;
}

/** What a reader of feeds gives. */
export interface FeedContent {
  readonly records: readonly FeedRecord[];
  readonly sightings: readonly FeedSighting[];
  /** the first 200; the last of them says how many more there are */
  readonly problems: readonly FeedProblem[];
}

const MAX_PROBLEMS = 200;
const MAX_NOTE = 300;
const MAX_LABELS = 50;

/** Gathers what one feed, or one page of it, holds. */
export class FeedCollector {
  readonly #records: FeedRecord[] = [];
  readonly #sightings: FeedSighting[] = [];
  readonly #problems: FeedProblem[] = [];
  #more = 0;

  record(record: FeedRecord): void {
    const { value, written, note, externalId, labels } = record;
    this.#records.push({
      ...record,
      value: storable(value),
      written: storable(written),
      ...(note === undefined ? {} : { note: storable(note.slice(0, MAX_NOTE)) }),
      ...(externalId === undefined ? {} : { externalId: storable(externalId) }),
      labels: labels.slice(0, MAX_LABELS),
    });
  }

  sighting(sighting: FeedSighting): void {
    this.#sightings.push({ ...sighting, externalId: storable(sighting.externalId) });
  }

  problem(code: FeedProblemCode, object: string, message: string, mend: string): void {
    if (this.#problems.length < MAX_PROBLEMS - 1) this.#problems.push({ code, object, message, mend });
    else this.#more += 1;
  }

  content(): FeedContent {
    const rest: FeedProblem[] =
      this.#more === 0
        ? []
        : [
            {
              code: 'FEED_MANY',
              object: '',
              message: `${this.#more} more objects like these.`,
              mend: 'Mend the ones above first.',
            },
          ];
    return { records: this.#records, sightings: this.#sightings, problems: [...this.#problems, ...rest] };
  }
}

// The store's text holds no NUL, and no half of a surrogate pair.
function storable(text: string): string {
  return text.replaceAll('\0', ' ').toWellFormed();
}
