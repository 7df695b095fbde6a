import type { LogEvent, Place, Unread } from '../../event.ts';
import type { DecodeContext } from '../../format.ts';
import type { Json } from '../event/json-event.ts';
import { jsonFormats } from '../json-formats.ts';
import type { Envelope } from './envelope.ts';

const MAX_JSON = 1 << 20;
const SURE = 0.8;

/** A JSON event inside a syslog message (Suricata, Zeek, cloud services through a relay); undefined where it isn't one. */
export function decodeEmbeddedJson(
  envelope: Envelope,
  text: string,
  place: Place,
  context: DecodeContext,
): LogEvent | Unread | undefined {
  if (envelope.body.length > MAX_JSON) return undefined;
  let json: unknown;
  try {
    json = JSON.parse(envelope.body);
  } catch {
    return undefined;
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return undefined;
  return decodeJson(json as Json, text, place, context);
}

/** The event of a JSON object by the format that is surest of it; undefined where none is sure. */
export function decodeJson(
  json: Json,
  text: string,
  place: Place,
  context: DecodeContext,
): LogEvent | Unread | undefined {
  let best = 0;
  let found = -1;
  for (let index = 0; index < jsonFormats.length && best < 1; index += 1) {
    const sure = jsonFormats[index].recognise(text, json);
    if (sure > best) {
      best = sure;
      found = index;
    }
  }
  return best < SURE ? undefined : jsonFormats[found].decode(text, json, place, context);
}
