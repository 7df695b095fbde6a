import type { LogEvent, Place, Unread } from '../../event.ts';
import type { DecodeContext } from '../../format.ts';
import { decodeAudit, isAudit } from '../auditd/auditd.ts';
import { decodeAsa, isAsa } from '../cisco/asa.ts';
import { decodeIos } from '../cisco/ios.ts';
import { decodeFortigate, isFortigate } from '../firewall/fortigate.ts';
import { decodePaloalto, isPaloalto } from '../firewall/paloalto.ts';
import { decodeCef, isCef } from '../siem/cef.ts';
import { decodeLeef, isLeef } from '../siem/leef.ts';
import { decodeAccessLog, isAccessLog } from '../web/access-log.ts';
import { decodeSquid, isSquid } from '../web/squid.ts';
import { decodeEmbeddedJson } from './embedded-json.ts';
import type { Envelope } from './envelope.ts';

/**
 * Messages that say themselves what they are, whatever program or host stands before them; undefined for others, and for
 * one whose start promises more than the rest holds: it stays a plain syslog event.
 */
export function contents(
  envelope: Envelope,
  text: string,
  place: Place,
  context: DecodeContext,
): LogEvent | Unread | undefined {
  const { body } = envelope;
  switch (body.charCodeAt(0)) {
    case 37: // %
      return isAsa(body) ? decodeAsa(envelope, text, place) : decodeIos(envelope, text, place);
    case 67: // C
      return isCef(body) ? decodeCef(envelope, text, place, context) : undefined;
    case 76: // L
      return isLeef(body) ? decodeLeef(envelope, text, place, context) : undefined;
    case 100: // d
    case 108: // l
      return isFortigate(body) ? decodeFortigate(envelope, text, place, context) : undefined;
    case 110: // n
    case 116: // t
      if (isAudit(body)) return decodeAudit(envelope, text, place, context);
      return isFortigate(body) ? decodeFortigate(envelope, text, place, context) : undefined;
    case 123: // {
      return decodeEmbeddedJson(envelope, text, place, context);
  }
  if (isPaloalto(body)) return decodePaloalto(envelope, text, place, context);
  if (isSquid(body)) return decodeSquid(envelope, text, place);
  if (isAccessLog(body)) return decodeAccessLog(envelope, text, place, context);
  // Stamped with the time since the device started: `00:00:46: %LINK-3-UPDOWN: ...`
  const percent = body.indexOf(': %');
  return percent > 0 && percent < 24 ? decodeIos(envelope, text, place) : undefined;
}
