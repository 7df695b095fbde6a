import type { LogEvent, Place, Unread } from '../../event.ts';
import type { DecodeContext, Format } from '../../format.ts';
import { unread } from '../event/unread.ts';
import { decodeBody } from './decode-body.ts';
import { parseEnvelope } from './parse-envelope.ts';

/** For telling whether a line has an envelope at all, neither zone nor year matters. */
const NOWHERE: DecodeContext = { file: '', zone: 'UTC', reference: 1_800_000_000_000_000, state: {} };

/** Syslog of any make: the envelope is read here, the message by the decoder that fits it, line by line. */
export const syslog: Format = {
  name: 'syslog',
  title: 'Syslog (RFC 5424, RFC 3164), with the messages of the programs and devices known here',
  framing: 'lines',
  mixed: true,
  recognise,
  decode,
};

function recognise(text: string, json: Readonly<Record<string, unknown>> | undefined): number {
  if (json !== undefined) return 0;
  const envelope = parseEnvelope(text.slice(0, 2048), NOWHERE);
  if (envelope.style === 'none') return 0;
  if (envelope.style === '5424') return 0.95;
  if (envelope.priority !== undefined) return 0.9;
  // A stamp alone starts many a file; a program or a device's mark after it makes it syslog
  if (envelope.program !== undefined && envelope.host !== undefined) return 0.9;
  return envelope.body.startsWith('%') || envelope.program !== undefined || envelope.host !== undefined ? 0.6 : 0.2;
}

function decode(
  text: string,
  _json: Readonly<Record<string, unknown>> | undefined,
  place: Place,
  context: DecodeContext,
): LogEvent | Unread | undefined {
  if (text.trim() === '') return undefined;
  const envelope = parseEnvelope(text, context);
  const event = decodeBody(envelope, text, place, context);
  if (envelope.style !== 'none' || !('class' in event) || event.class.format !== 'syslog') return event;
  return unread(
    place,
    'syslog-no-envelope',
    'the line has neither a syslog priority nor a time stamp',
    'if it continues the line before it, nothing is missing; otherwise check that the file is syslog',
  );
}
