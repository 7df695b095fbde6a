import type { LogEvent, Place } from '../../event.ts';
import type { DecodeContext, Format } from '../../format.ts';
import { parseTime } from '../../time/index.ts';
import { windowsClass } from '../classes.ts';
import { refined } from './derive.ts';
import { FlatEvent } from './flat-event.ts';
import { type Json, text } from './json-object.ts';

/** Flat JSON with Windows's own names: NXLog (`SourceName`, `Channel`, `Hostname`), Security-Datasets, `Get-WinEvent`. */
export const windowsFlat: Format = {
  name: 'windows-flat',
  title: 'Windows events as flat JSON (NXLog, Security-Datasets, Get-WinEvent)',
  framing: 'json',
  recognise(_text, json) {
    if (json === undefined || idOf(json) === undefined) return 0;
    const provider = typeof providerOf(json) === 'string';
    const channel = typeof channelOf(json) === 'string';
    if (provider && channel) return 0.9;
    return channel ? 0.7 : provider ? 0.5 : 0;
  },
  decode(raw: string, json: Json | undefined, place: Place, context: DecodeContext): LogEvent | undefined {
    if (json === undefined || idOf(json) === undefined) return undefined;
    return flatEvent(raw, json, place, context);
  },
};

export function flatEvent(raw: string, logged: Json, place: Place, context: DecodeContext): FlatEvent {
  const json = logged.EventType === 'INFO' ? withEventType(logged) : logged;
  const kind = windowsClass(text(providerOf(json)), text(channelOf(json)), idOf(json) ?? -1);
  const event = new FlatEvent(kind, flatTime(json, context), place, json, raw);
  if (kind.refine !== undefined) event.class = refined(kind, (field) => event.get(field));
  return event;
}

/** Older NXLog lets its own `EventType` (`INFO`) hide Sysmon's, which then stands only in the message. */
function withEventType(json: Json): Json {
  const { Message, SourceName } = json;
  if (SourceName !== 'Microsoft-Windows-Sysmon' || typeof Message !== 'string') return json;
  const stated = /^EventType: (\w{1,32})\r?$/m.exec(Message);
  return stated === null ? json : { ...json, EventType: stated[1] };
}

export function idOf(json: Json): number | string | undefined {
  const id = json.EventID ?? json.EventId ?? json.event_id ?? json.Id;
  if (typeof id === 'number' || typeof id === 'string') return id;
  return undefined;
}

function providerOf(json: Json): unknown {
  return json.SourceName ?? json.Provider_Name ?? json.ProviderName ?? json.Provider ?? json.EventSourceName;
}

function channelOf(json: Json): unknown {
  return json.Channel ?? json.LogName;
}

/**
 * When it happened, by the source's clock. Sysmon's `UtcTime` says so in UTC; NXLog's `EventTime` is the sender's local time
 * without a zone, so a stamp with a zone goes before it.
 */
export function flatTime(json: Json, context: DecodeContext): number | undefined {
  const { UtcTime, EventTime, TimeCreated } = json;
  if (typeof UtcTime === 'string') {
    const time = parseTime(UtcTime);
    if (time !== undefined) return time;
  }
  const timestamp = json['@timestamp'];
  if (typeof EventTime === 'string' && (timestamp === undefined || hasZone(EventTime))) {
    const time = parseTime(EventTime, context.zone, context.reference);
    if (time !== undefined) return time;
  }
  if (
    TimeCreated !== undefined &&
    (timestamp === undefined || typeof TimeCreated !== 'string' || hasZone(TimeCreated))
  ) {
    const time = parseTime(stampIn(TimeCreated), context.zone, context.reference);
    if (time !== undefined) return time;
  }
  for (const value of [
    timestamp,
    json.TimeCreated_SystemTime,
    json.SystemTime,
    TimeCreated,
    EventTime,
    json.timestamp,
  ]) {
    if (value === undefined) continue;
    const time = parseTime(stampIn(value), context.zone, context.reference);
    if (time !== undefined) return time;
  }
  // A file's creation is what Sysmon 11 tells
  return String(idOf(json)) === '11' ? parseTime(json.CreationUtcTime) : undefined;
}

/** PowerShell 5 writes a date with note properties as `{"value": "\/Date(...)\/", "DateTime": "..."}`. */
function stampIn(value: unknown): unknown {
  return value !== null && typeof value === 'object' ? (value as Json).value : value;
}

function hasZone(stamp: string): boolean {
  return /(?:Z|[+-]\d\d:?\d\d)$/.test(stamp);
}
