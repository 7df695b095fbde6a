import type { LogEvent, Place, Unread } from '../../event.ts';
import type { DecodeContext, Format } from '../../format.ts';
import type { Json } from './json-event.ts';
import { unread } from './unread.ts';

/** What a JSON format says of itself; the rest is the same for all. */
export interface JsonFormatDraft {
  readonly name: string;
  readonly title: string;
  readonly containers?: readonly string[];
  /** how sure it is, 0 to 1 */
  recognise(json: Json): number;
  decode(json: Json, text: string, place: Place, context: DecodeContext): LogEvent | Unread | undefined;
}

/** Makes a Format of a JSON format's own part: text that isn't a JSON object is unread. */
export function jsonFormat(draft: JsonFormatDraft): Format {
  return {
    name: draft.name,
    title: draft.title,
    framing: 'json',
    ...(draft.containers === undefined ? {} : { containers: draft.containers }),
    recognise: (_text, json) => (json === undefined ? 0 : draft.recognise(json)),
    decode(text, json, place, context) {
      if (json !== undefined) return draft.decode(json, text, place, context);
      return unread(
        place,
        `${draft.name}-no-object`,
        'the record is not a JSON object',
        'check that the file was written to its end and holds one object a record',
      );
    },
  };
}

/** Whether a value is a plain object. */
export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
