import { Problem } from './problem.ts';

/** Where the next page begins, as text that only we read. */
export function cursorOf(place: readonly unknown[] | undefined): string | null {
  return place === undefined ? null : Buffer.from(JSON.stringify(place)).toString('base64url');
}

/** @throws Problem 400 for a cursor that isn't one */
export function placeOf(cursor: string | undefined, length: number): unknown[] | undefined {
  if (cursor === undefined) return undefined;
  try {
    const place: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (Array.isArray(place) && place.length === length) return place;
  } catch {
    // said below
  }
  throw new Problem(
    400,
    'cursor_invalid',
    'The cursor is none that was given out.',
    'Leave it out to begin with the first page.',
  );
}
