import type { Source } from './discover/source.ts';
import type { LogEvent, Place, Unread } from './event.ts';
import type { DecodeContext, Format } from './format.ts';
import { FRAMING_LIMITS, type FramingLimits, jsonTooDeep, ToUtf8 } from './framing/index.ts';
import { framerFor, type SniffedText, SURE } from './sniff/index.ts';
import { inert, type UnreadCode, unread } from './unread.ts';

/** What a reader tells its user. Called synchronously, in the order of the file. */
export interface TextHandlers {
  onEvent(event: LogEvent): void;
  onUnread(problem: Unread): void;
  /** bytes of unpacked text that were read since the last call */
  onBytes?(count: number): void;
}

export interface ReadOptions {
  /** IANA zone for time stamps that state none; UTC by default */
  readonly zone?: string;
  readonly limits?: Partial<FramingLimits>;
  /** stops reading, after the chunk at hand */
  readonly signal?: AbortSignal;
}

/** Framers carry an unfinished record from piece to piece: small pieces (a gzip of many tiny members) would make that costly. */
const PIECE = 256 * 1024;

/**
 * Reads the records of a text source in one pass with bounded memory. Nothing is thrown for what the file holds: a record
 * that can't be read is told, and the rest goes on.
 *
 * @param formats all formats, for lines of another format in the same file (one syslog file of many devices)
 */
export async function readTextWith(
  source: Source,
  sniffed: SniffedText,
  handlers: TextHandlers,
  formats: readonly Format[],
  options: ReadOptions = {},
): Promise<void> {
  const limits = { ...FRAMING_LIMITS, ...options.limits };
  const records = new RecordReader(source, sniffed, handlers, formats, options, limits);
  const framer = framerFor(sniffed, records, limits);
  const text = new ToUtf8(sniffed.encoding, sniffed.mark, () => handlers.onUnread(invalidText(source.path, sniffed)));
  let held: Buffer[] = [];
  let size = 0;
  for await (const chunk of source.bytes((problem) => handlers.onUnread(problem))) {
    handlers.onBytes?.(chunk.length);
    held.push(chunk);
    size += chunk.length;
    if (size < PIECE) continue;
    framer.feed(text.convert(held.length === 1 ? chunk : Buffer.concat(held)));
    held = [];
    size = 0;
    if (options.signal?.aborted === true) return;
  }
  if (size > 0) framer.feed(text.convert(Buffer.concat(held)));
  framer.feed(text.end());
  framer.end();
  records.finish();
}

/** Decodes framed records. One shape for all layouts, so that the call from the framer stays monomorphic. */
class RecordReader {
  readonly #file: string;
  readonly #format: Format;
  readonly #handlers: TextHandlers;
  readonly #context: DecodeContext;
  readonly #json: boolean;
  readonly #unicode: boolean;
  readonly #formats: readonly Format[];
  readonly #maxDepth: number;
  readonly #containers: readonly string[];
  /** line formats that may lay claim to single lines of the file */
  readonly #guests: readonly Format[];
  readonly #guestContexts = new Map<Format, DecodeContext>();

  constructor(
    source: Source,
    sniffed: SniffedText,
    handlers: TextHandlers,
    formats: readonly Format[],
    options: ReadOptions,
    limits: FramingLimits,
  ) {
    this.#file = source.path;
    this.#format = sniffed.format;
    this.#handlers = handlers;
    this.#formats = formats;
    this.#json = sniffed.format.framing === 'json';
    this.#unicode = sniffed.encoding === 'utf-8';
    this.#maxDepth = limits.maxDepth;
    this.#containers = sniffed.containers;
    this.#context = { file: source.path, zone: options.zone ?? 'UTC', reference: source.modified, state: {} };
    const mixed = sniffed.layout === 'lines' && sniffed.format.mixed === true;
    this.#guests = mixed ? formats.filter((format) => format.claims !== undefined && format !== sniffed.format) : [];
  }

  onRecord(text: string, record: number, offset: number): void {
    const place: Place = this.#unicode ? { file: this.#file, record, offset } : { file: this.#file, record };
    let json: Readonly<Record<string, unknown>> | undefined;
    let format = this.#format;
    let context = this.#context;
    if (this.#json) {
      json = this.#parse(text, place);
      if (json === undefined || this.#isEmptyWrapper(text, json)) return;
    } else if (this.#guests.length > 0) {
      const guest = this.#guests.find((candidate) => candidate.claims?.(text) === true);
      if (guest !== undefined) {
        format = guest;
        context = this.#contextOf(guest);
      }
    }
    const decoded = this.#decode(format, text, json, place, context) ?? this.#otherwise(text, json, place);
    if (decoded === undefined) return;
    if ('kind' in decoded) this.#handlers.onUnread(decoded);
    else this.#handlers.onEvent(decoded);
  }

  #decode(
    format: Format,
    text: string,
    json: Readonly<Record<string, unknown>> | undefined,
    place: Place,
    context: DecodeContext,
  ): LogEvent | Unread | undefined {
    try {
      return format.decode(text, json, place, context);
    } catch (error) {
      const message = `its ${format.name} decoder failed: ${said(error)}`;
      return unread('decode_failed', this.#file, message, MENDS.decode_failed ?? '', place);
    }
  }

  /**
   * A JSON record that the file's format does not know: exports of search engines hold records of many formats. Lines have no
   * such second chance, for a line without an event is a header or a comment.
   */
  #otherwise(
    text: string,
    json: Readonly<Record<string, unknown>> | undefined,
    place: Place,
  ): LogEvent | Unread | undefined {
    if (json === undefined) return undefined;
    let best: Format | undefined;
    let sure = SURE;
    for (const format of this.#formats) {
      if (format.framing !== 'json' || format === this.#format) continue;
      const score = format.recognise(text, json);
      if (score < sure) continue;
      best = format;
      sure = score;
    }
    const decoded = best === undefined ? undefined : this.#decode(best, text, json, place, this.#contextOf(best));
    if (decoded !== undefined) return decoded;
    const message = `is a JSON object of no format that is known here: ${inert(text, 80)}`;
    const mend =
      'If it is a log, name its fields in a mapping file, or export it in one of the formats of docs/formats.md.';
    return unread('record_unrecognised', this.#file, message, mend, place);
  }

  /** Asks the decoders for what they still hold. */
  finish(): void {
    this.#finishOne(this.#format, this.#context);
    for (const [format, context] of this.#guestContexts) this.#finishOne(format, context);
  }

  #finishOne(format: Format, context: DecodeContext): void {
    const held = format.finish?.(context);
    if (held === undefined) return;
    if ('kind' in held) this.#handlers.onUnread(held);
    else this.#handlers.onEvent(held);
  }

  onProblem(code: UnreadCode, message: string, record: number, offset: number): void {
    const place = this.#unicode ? { record, offset } : { record };
    this.#handlers.onUnread(unread(code, this.#file, message, MENDS[code] ?? 'Look at the record.', place));
  }

  #parse(text: string, place: Place): Readonly<Record<string, unknown>> | undefined {
    if (jsonTooDeep(text, this.#maxDepth)) {
      const message = `a record nests more than ${this.#maxDepth} deep; it was skipped`;
      this.onProblem('json_too_deep', message, place.record, place.offset ?? 0);
      return undefined;
    }
    try {
      const json: unknown = JSON.parse(text);
      if (json !== null && typeof json === 'object' && !Array.isArray(json)) return json as Record<string, unknown>;
    } catch {
      // told below: a line that is white space only is none
    }
    if (text.trim() === '') return undefined;
    const message = `is no JSON object: ${inert(text, 80)}`;
    this.onProblem('json_invalid', message, place.record, place.offset ?? 0);
    return undefined;
  }

  /** A page of a list may be empty (`{"value": []}`): no record, and nothing lost. */
  #isEmptyWrapper(text: string, json: Readonly<Record<string, unknown>>): boolean {
    for (const key of this.#containers) {
      const list = json[key];
      if (Array.isArray(list) && list.length === 0) return this.#format.recognise(text, json) === 0;
    }
    return false;
  }

  #contextOf(format: Format): DecodeContext {
    let context = this.#guestContexts.get(format);
    if (context === undefined) {
      context = { ...this.#context, state: {} };
      this.#guestContexts.set(format, context);
    }
    return context;
  }
}

const MENDS: Readonly<Partial<Record<UnreadCode, string>>> = {
  record_too_long: 'Look at the place in the file; a real record is never that long.',
  json_too_deep: 'Look at the place in the file; a real record never nests that deep.',
  json_invalid: 'Look at the line: it was cut, or is not of this log.',
  json_truncated: 'Copy the file again from where it comes from.',
  xml_truncated: 'Copy the file again from where it comes from.',
  xml_invalid: 'Look at the place in the file.',
  xml_dtd: 'Remove the DOCTYPE if you know where the file comes from.',
  decode_failed: 'Please report this with the record: it is a fault of Chaperone.',
};

function invalidText(file: string, sniffed: SniffedText): Unread {
  return unread(
    'text_invalid',
    file,
    `holds bytes that are no ${sniffed.encoding.toUpperCase()}; they were replaced by �`,
    'Nothing to do, unless names look wrong: then convert the file to UTF-8 first.',
    { records: 0 },
  );
}

function said(error: unknown): string {
  return inert(error instanceof Error ? error.message : String(error));
}
