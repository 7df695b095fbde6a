import type { LogEvent, Place, Unread } from './event.ts';

/** What a format may need to know of where its text came from. */
export interface DecodeContext {
  readonly file: string;
  /** IANA zone for stamps that state none; `UTC` by default */
  readonly zone: string;
  /** microseconds since 1970: the file's modification time, from which a missing year is inferred */
  readonly reference: number;
  /** state that one file's decoder keeps between records (a Zeek header, a CSV header); private to the format */
  state: Record<string, unknown>;
}

/**
 * A text format. Framing (lines, a JSON document, XML elements) is the reader's business: `decode` gets one record's
 * text. A JSON record also comes parsed, so that it is parsed once.
 */
export interface Format {
  /** short, lower case, stable: `cloudtrail`, `cisco-asa` */
  readonly name: string;
  readonly title: string;
  /** `lines`: a record a line; `json`: JSON lines, or objects in an array or under a well-known key; `xml`: an element each */
  readonly framing: 'lines' | 'json' | 'xml';
  /** lines of other formats may stand between its own (a syslog server's file): formats with `claims` are asked first */
  readonly mixed?: boolean;
  /** whether this line is surely of this format, for `lines` inside a file of a `mixed` one; cheap. Must not throw */
  claims?(text: string): boolean;
  /** for `json`: the keys under which a document holds its array of records, e.g. `Records`, `value` */
  readonly containers?: readonly string[];
  /** how sure it is, 0 to 1, that this record is its own; called on the first records of a file. Must not throw */
  recognise(text: string, json: Readonly<Record<string, unknown>> | undefined): number;
  /** the event, why it can't be read, or undefined for a line that holds none (a header, a comment) */
  decode(
    text: string,
    json: Readonly<Record<string, unknown>> | undefined,
    place: Place,
    context: DecodeContext,
  ): LogEvent | Unread | undefined;
  /** called once at the end of a file: what is still held (a CSV record whose quote never closed). Must not throw */
  finish?(context: DecodeContext): LogEvent | Unread | undefined;
}
