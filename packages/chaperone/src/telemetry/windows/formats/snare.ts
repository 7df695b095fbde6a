import type { LogEvent, Place, Unread } from '../../event.ts';
import type { DecodeContext, Format } from '../../format.ts';
import { parseTime } from '../../time/index.ts';
import { unread } from '../../unread.ts';
import { windowsClass } from '../classes.ts';
import { refined } from './derive.ts';
import type { Json } from './json-object.ts';
import { MessageEvent } from './message-event.ts';

/** Snare's mark, followed by a tab, or by what syslog servers make of one. */
const MARK = 'MSWinEventLog';
const COLUMNS = 14;

/**
 * Windows events by Snare and its kin: tab-separated columns in a syslog message. Columns (Snare's manual): criticality, log,
 * counter, time, event id, source, user, kind of SID, kind of event, computer, category, data, message, checksum.
 */
export const snare: Format = {
  name: 'snare',
  title: 'Windows events by Snare (MSWinEventLog in syslog)',
  framing: 'lines',
  claims: isSnare,
  recognise: (text) => (isSnare(text) ? 0.97 : 0),
  decode: (text: string, _json: Json | undefined, place: Place, context: DecodeContext) =>
    snareEvent(text, place, context),
};

export function isSnare(text: string): boolean {
  const at = text.indexOf(MARK);
  if (at < 0 || at > 512) return false;
  const next = text.slice(at + MARK.length, at + MARK.length + 4);
  return next[0] === '\t' || next === '#011';
}

export function snareEvent(text: string, place: Place, context: DecodeContext): LogEvent | Unread {
  const at = text.indexOf(MARK);
  // rsyslog writes control characters as #ooo by default
  const body = text.slice(at);
  const columns = (body.includes('\t') ? body : body.replaceAll('#011', '\t')).split('\t');
  if (columns.length < COLUMNS - 1) {
    return unread(
      'record_unrecognised',
      place.file,
      `is a Snare message with ${columns.length} columns, not ${COLUMNS} or more: it was cut`,
      'Raise the message size of the syslog server (rsyslog: $MaxMessageSize).',
      place,
    );
  }
  const [, criticality, channel, counter, stamp, id, provider, user, , kindOfEvent, computer, category] = columns;
  const header: Record<string, unknown> = Object.create(null);
  header.EventID = /^\d{1,10}$/.test(id) ? Number(id) : id;
  header.Channel = channel;
  header.Provider_Name = provider;
  header.Computer = computer;
  header.Keywords = kindOfEvent;
  header.Task = category;
  header.Level = criticality;
  header.SnareCounter = counter;
  if (user !== '' && user !== 'N/A' && user !== '-\\-') header.UserName = user;
  // The message may hold tabs; the checksum is the last column, where there is one
  const last = columns.length > COLUMNS ? columns.length - 1 : columns.length;
  const message = columns.slice(COLUMNS - 1, last).join('\t') || columns[COLUMNS - 2];
  const kind = windowsClass(provider, channel, id);
  const event = new MessageEvent(kind, parseTime(stamp, context.zone, context.reference), place, header, message, text);
  if (kind.refine !== undefined) event.class = refined(kind, (field) => event.get(field));
  return event;
}
