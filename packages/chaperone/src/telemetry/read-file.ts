import { formatsWith } from './all-formats.ts';
import type { Source } from './discover/index.ts';
import type { Unread } from './event.ts';
import type { Format } from './format.ts';
import { type ReadOptions, readTextWith, type TextHandlers } from './read-text.ts';
import { type Sniffed, type SniffedText, sniffSourceWith } from './sniff/index.ts';

/**
 * Tells by its first bytes what a source is. `own`: further formats (mapping files), asked besides the built-in ones.
 *
 * @example
 * for await (const found of discover(['logs'])) {
 *   if ('kind' in found) continue; // Unread
 *   const sniffed = await sniffSource(found);
 *   if (sniffed.kind === 'text') await readText(found, sniffed, { onEvent, onUnread });
 * }
 */
export function sniffSource(source: Source, own?: readonly Format[]): Promise<Sniffed | Unread> {
  return sniffSourceWith(source, formatsWith(own));
}

/** Reads every record of a text source; see {@link TextHandlers} and {@link ReadOptions}. */
export function readText(
  source: Source,
  sniffed: SniffedText,
  handlers: TextHandlers,
  options: ReadOptions & { readonly own?: readonly Format[] } = {},
): Promise<void> {
  return readTextWith(source, sniffed, handlers, formatsWith(options.own), options);
}
