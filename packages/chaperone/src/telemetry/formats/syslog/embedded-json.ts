import type { LogEvent, Place, Unread } from '../../event.ts';
import type { DecodeContext, Format } from '../../format.ts';
import { windowsJsonFormats } from '../../windows/formats/windows-json.ts';
import type { Json } from '../event/json-event.ts';
import { jsonFormats } from '../json-formats.ts';
import type { Envelope } from './envelope.ts';

const MAX_JSON = 1 << 20;
const SURE = 0.8;
/** As sure as the last record's format must be not to ask the others. */
const CERTAIN = 0.85;

/** A JSON event inside a syslog message (Suricata, Zeek, Windows events, cloud services through a relay); undefined where it isn't one. */
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

/** Windows events are sent so by NXLog, rsyslog's and Logstash's outputs and many agents. */
const FORMATS: readonly Format[] = [...jsonFormats, ...windowsJsonFormats];
/** By the state of a source: the format of its last record, which is most often that of the next. */
const lasts = new WeakMap<object, Format>();

/** The event of a JSON object by the format that is surest of it; undefined where none is sure. */
function decodeJson(json: Json, text: string, place: Place, context: DecodeContext): LogEvent | Unread | undefined {
  const last = lasts.get(context.state);
  if (last !== undefined && last.recognise(text, json) >= CERTAIN) return last.decode(text, json, place, context);
  let best = 0;
  let found: Format | undefined;
  for (let index = 0; index < FORMATS.length && best < 1; index += 1) {
    const sure = FORMATS[index].recognise(text, json);
    if (sure <= best) continue;
    best = sure;
    found = FORMATS[index];
  }
  if (found === undefined || best < SURE) return undefined;
  lasts.set(context.state, found);
  return found.decode(text, json, place, context);
}
