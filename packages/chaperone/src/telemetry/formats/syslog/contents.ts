import type { LogEvent, Place, Unread } from '../../event.ts';
import type { DecodeContext } from '../../format.ts';
import { decodeAsa, isAsa } from '../cisco/asa.ts';
import type { Envelope } from './envelope.ts';

/** Messages that say themselves what they are, whatever program or host stands before them. */
export function contents(
  envelope: Envelope,
  text: string,
  place: Place,
  context: DecodeContext,
): LogEvent | Unread | undefined {
  void context;
  switch (envelope.body.charCodeAt(0)) {
    case 37: // %
      if (isAsa(envelope.body)) return decodeAsa(envelope, text, place);
  }
  return undefined;
}
