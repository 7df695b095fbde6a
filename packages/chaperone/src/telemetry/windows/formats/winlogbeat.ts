import { lookup } from '@chaperone/sigma';
import type { LogEvent, Place } from '../../event.ts';
import type { DecodeContext, Format } from '../../format.ts';
import { parseTime } from '../../time/index.ts';
import { windowsClass } from '../classes.ts';
import { refined } from './derive.ts';
import { isObject, type Json, text } from './json-object.ts';
import { WinlogEvent } from './winlog-event.ts';

/** Winlogbeat and Elastic Agent, nested or with dotted keys, also inside the `_source` of an Elasticsearch export. */
export const winlogbeat: Format = {
  name: 'winlogbeat',
  title: 'Windows events by Winlogbeat or Elastic Agent (ECS)',
  framing: 'json',
  recognise(_text, json) {
    if (json === undefined) return 0;
    const event = sourceOf(json);
    if (isObject(event.winlog)) return 0.97;
    if (event['winlog.event_id'] !== undefined || event['winlog.channel'] !== undefined) return 0.95;
    return isObject(event.event_data) && typeof event.log_name === 'string' ? 0.9 : 0;
  },
  decode(raw: string, json: Json | undefined, place: Place, context: DecodeContext): LogEvent | undefined {
    if (json === undefined) return undefined;
    const event = sourceOf(json);
    const { winlog } = event;
    const nested = isObject(winlog);
    if (
      !nested &&
      event['winlog.event_id'] === undefined &&
      event['winlog.channel'] === undefined &&
      event.log_name === undefined
    ) {
      return undefined;
    }
    const provider = nested ? winlog.provider_name : (event['winlog.provider_name'] ?? event.source_name);
    const channel = nested ? winlog.channel : (event['winlog.channel'] ?? event.log_name);
    const id =
      (nested ? winlog.event_id : undefined) ??
      lookup(event, 'event.code') ??
      lookup(event, 'winlog.event_id') ??
      event.event_id;
    const kind = windowsClass(text(provider), text(channel), text(id));
    const time = parseTime(event['@timestamp'] ?? lookup(event, 'event.created'), context.zone, context.reference);
    const made = new WinlogEvent(kind, time, place, event, dataOf(event), raw);
    if (kind.refine !== undefined) made.class = refined(kind, (field) => made.get(field));
    return made;
  },
};

function sourceOf(json: Json): Json {
  return isObject(json._source) && (json._index !== undefined || json._id !== undefined) ? json._source : json;
}

const DATA = 'winlog.event_data.';

function dataOf(event: Json): Json {
  const { winlog } = event;
  if (isObject(winlog)) {
    if (isObject(winlog.event_data)) return winlog.event_data;
    if (isObject(winlog.user_data)) return winlog.user_data;
    return NONE;
  }
  if (isObject(event.event_data)) return event.event_data;
  const data: Record<string, unknown> = Object.create(null);
  for (const key of Object.keys(event)) if (key.startsWith(DATA)) data[key.slice(DATA.length)] = event[key];
  return data;
}

const NONE: Json = Object.freeze(Object.create(null));
