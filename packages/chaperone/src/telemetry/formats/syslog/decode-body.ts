import type { LogEvent, Place, Unread } from '../../event.ts';
import type { DecodeContext } from '../../format.ts';
import { decodePam } from '../linux/pam.ts';
import { contents } from './contents.ts';
import type { Envelope } from './envelope.ts';
import { decodeGeneric, serviceName } from './generic.ts';
import { byPrefix, programs } from './programs.ts';

/**
 * Chooses the decoder of one syslog message: by what the body starts with (devices of many makes send to one collector),
 * then by the program's name. What none of them knows is a plain syslog event.
 */
export function decodeBody(envelope: Envelope, text: string, place: Place, context: DecodeContext): LogEvent | Unread {
  unwrapRepeated(envelope);
  const byContent = contents(envelope, text, place, context);
  if (byContent !== undefined) return byContent;
  const service = serviceName(envelope.program);
  const named = byPrefix(service)?.(envelope, text, place, context);
  if (named !== undefined) return named;
  const decoders = programs.get(service);
  if (decoders !== undefined) {
    for (const decode of decoders) {
      const event = decode(envelope, text, place, context);
      if (event !== undefined) return event;
    }
  } else if (envelope.body.startsWith('pam_')) {
    const event = decodePam(envelope, text, place);
    if (event !== undefined) return event;
  }
  return decodeGeneric(envelope, text, place);
}

/** rsyslog writes `message repeated 5 times: [ Failed password for root ...]` for what came more than once. */
function unwrapRepeated(envelope: Envelope): void {
  const { body } = envelope;
  if (!body.startsWith('message repeated ')) return;
  const open = body.indexOf(' times: [ ');
  if (open < 0 || open > 30 || !body.endsWith(']')) return;
  envelope.repeated = Number(body.slice(17, open)) || undefined;
  envelope.body = body.slice(open + 10, -1);
}
