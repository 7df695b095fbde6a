import { hash } from 'node:crypto';

/**
 * The id of an event: a UUID of version 8 made of what it is, so that the same delivery has the same ids on every node and after every
 * restart.
 *
 * @param salt tells equal records of one delivery apart (their number among them), or deliveries that are never repeated
 */
function eventId(source: string, raw: string, salt: string): string {
  const hex = hash('sha256', `${source}\0${salt}\0${raw}`, 'hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/**
 * The id of a record of a source. One with masked fields is hashed under the masking's key: else whoever reads the store could try values until the
 * id fits.
 */
export function recordId(
  source: { readonly id: string; readonly masking: readonly unknown[] },
  raw: string,
  salt: string,
  mask: (value: string) => string,
): string {
  return eventId(source.id, source.masking.length > 0 ? mask(raw) : raw, salt);
}
