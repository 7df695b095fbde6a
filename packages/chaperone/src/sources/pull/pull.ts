import type { Fetched, FetchOptions } from '../../telemetry/index.ts';

/** Where a pull goes on: plain JSON, private to each service. */
export type PullCursor = Readonly<Record<string, unknown>>;

/** Records and the place to go on from once they are stored. */
export interface PullBatch {
  readonly records: readonly Uint8Array[];
  readonly cursor: PullCursor;
}

/** What a service's pull may use. */
export interface PullContext {
  /** asks again where that helps; throws FetchFailure for what isn't a success */
  fetch(url: string, options?: Pick<FetchOptions, 'method' | 'headers' | 'body' | 'maxBytes'>): Promise<Fetched>;
  /** milliseconds since 1970 */
  now(): number;
}

/** One service's records since a cursor, oldest first where the service can; ends when there is nothing more for now. */
export type Pull<Settings> = (
  settings: Settings,
  cursor: PullCursor,
  context: PullContext,
) => AsyncGenerator<PullBatch>;

/** A record as bytes. The same record parsed again gives the same bytes, so that meeting it twice does no harm. */
export function recordBytes(record: unknown): Uint8Array {
  return Buffer.from(typeof record === 'string' ? record : JSON.stringify(record), 'utf8');
}

/** ISO 8601 to the second, as all these services take it. */
export function isoSecond(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`;
}

/** A cursor's field if it is a time. */
export function timeIn(cursor: PullCursor | undefined, key: string): number | undefined {
  const value = cursor?.[key];
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}
