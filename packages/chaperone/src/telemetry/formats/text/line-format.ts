import type { LogEvent, Place, Unread } from '../../event.ts';
import type { DecodeContext, Format } from '../../format.ts';
import { unread } from '../event/unread.ts';
import { Envelope } from '../syslog/envelope.ts';
import type { BodyDecoder } from '../syslog/programs.ts';

/** What a line format that also comes by syslog says of itself. */
export interface LineFormatDraft {
  readonly name: string;
  readonly title: string;
  /** whether a line starts as this format's do; cheap */
  starts(text: string): boolean;
  readonly decode: BodyDecoder;
}

/** Makes a Format of a body decoder for files that hold the bare lines, without a syslog envelope. */
export function lineFormat(draft: LineFormatDraft): Format {
  return {
    name: draft.name,
    title: draft.title,
    framing: 'lines',
    recognise: (text, json) => (json === undefined && draft.starts(text) ? 0.97 : 0),
    decode(text, _json, place, context) {
      if (text.trim() === '') return undefined;
      return decodeBare(draft, text, place, context);
    },
  };
}

function decodeBare(draft: LineFormatDraft, text: string, place: Place, context: DecodeContext): LogEvent | Unread {
  const envelope = new Envelope();
  envelope.body = text;
  return (
    draft.decode(envelope, text, place, context) ??
    unread(
      place,
      `${draft.name}-malformed`,
      `the line is not of the form of ${draft.title}`,
      'look at the line: it may be cut, or of another source that writes to the same file',
    )
  );
}
