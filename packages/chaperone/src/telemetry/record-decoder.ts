import { allFormats } from './all-formats.ts';
import { CarriedEvent, type Unpacked, unpack } from './carried/index.ts';
import type { LogEvent, Place, Unread } from './event.ts';
import type { DecodeContext, Format } from './format.ts';
import { FRAMING_LIMITS, jsonTooDeep } from './framing/index.ts';
import { SURE } from './sniff/index.ts';
import { inert, unread } from './unread.ts';

export interface RecordDecoderOptions {
  /** how the source is called in findings and problems */
  readonly name: string;
  /** IANA zone of stamps that state none */
  readonly zone: string;
  /** name of the only format that its records have; undefined: told from each record */
  readonly format?: string;
}

/** Reads the records of one source as they come, one at a time. */
export interface RecordDecoder {
  /**
   * @param received microseconds since 1970, from which a missing year is inferred
   * @returns the event, why it can't be read, or undefined for a record that holds none (a comment, a heartbeat)
   */
  decode(text: string, place: Place, received: number): LogEvent | Unread | undefined;
}

type Json = Readonly<Record<string, unknown>>;

/** As sure as a format must be of a record to be taken without asking the others. */
const CERTAIN = 0.85;

/**
 * Makes the decoder of one source. Most sources speak one format, so the one that read the last record is asked first; the others only
 * where it isn't sure. Formats that keep state between records (headers of CSV and Zeek) keep it per source.
 *
 * @throws TypeError for a format that there isn't
 */
export function createRecordDecoder({ name, zone, format }: RecordDecoderOptions): RecordDecoder {
  const only = format === undefined ? undefined : allFormats.find((one) => one.name === format);
  if (format !== undefined && only === undefined) throw new TypeError(`there is no format ${JSON.stringify(format)}`);
  return new SourceDecoder(name, zone, only);
}

class SourceDecoder implements RecordDecoder {
  readonly #name: string;
  readonly #zone: string;
  readonly #only: Format | undefined;
  readonly #last = new Map<Format['framing'], Format>();
  readonly #states = new Map<Format, Record<string, unknown>>();

  constructor(name: string, zone: string, only: Format | undefined) {
    this.#name = name;
    this.#zone = zone;
    this.#only = only;
  }

  decode(text: string, place: Place, received: number): LogEvent | Unread | undefined {
    const first = firstCharacter(text);
    if (first === 0) return undefined;
    let json: Json | undefined;
    let framing: Format['framing'] = 'lines';
    if (first === 0x7b) {
      const parsed = this.#parse(text, place);
      if ('kind' in parsed) return parsed;
      json = parsed.json;
      framing = 'json';
      const unpacked = unpack(json);
      if (unpacked !== undefined) return this.#carried(unpacked, text, place, received);
    } else if (first === 0x3c && isElement(text)) framing = 'xml';
    return this.#read(text, json, framing, place, received);
  }

  /** What stands beside a record is kept with its event, and where no format knows the record, too. */
  #carried({ record, carried, unknown }: Unpacked, text: string, place: Place, received: number): LogEvent {
    let inner: LogEvent | Unread | undefined;
    if (typeof record === 'string') {
      const first = firstCharacter(record);
      const json = first === 0x7b ? this.#parse(record, place) : undefined;
      if (json === undefined || 'json' in json)
        inner = this.#read(
          record,
          json?.json,
          json !== undefined ? 'json' : first === 0x3c && isElement(record) ? 'xml' : 'lines',
          place,
          received,
        );
    } else if (record !== undefined) inner = this.#read(JSON.stringify(record), record, 'json', place, received);
    const event = inner === undefined || 'kind' in inner ? unknown(place) : inner;
    return new CarriedEvent(event, carried, text);
  }

  #read(
    text: string,
    json: Json | undefined,
    framing: Format['framing'],
    place: Place,
    received: number,
  ): LogEvent | Unread | undefined {
    const chosen = this.#choose(text, json, framing);
    if (chosen === undefined) return this.#unknown(text, place);
    try {
      const decoded = chosen.decode(text, json, place, this.#context(chosen, received));
      if (decoded === undefined && json !== undefined) return this.#unknown(text, place);
      return decoded;
    } catch (error) {
      const said = error instanceof Error ? error.message : String(error);
      return unread(
        'decode_failed',
        this.#name,
        `its ${chosen.name} decoder failed: ${inert(said)}`,
        'Please report it with the line.',
        place,
      );
    }
  }

  #choose(text: string, json: Json | undefined, framing: Format['framing']): Format | undefined {
    if (this.#only?.framing === framing) return this.#only;
    if (framing === 'lines') {
      for (const format of CLAIMING) if (format.claims?.(text) === true) return format;
    }
    const last = this.#last.get(framing);
    if (last !== undefined && last.recognise(text, json) >= CERTAIN) return last;
    let best: Format | undefined;
    let sure = SURE;
    for (const format of BY_FRAMING[framing]) {
      const score = format.recognise(text, json);
      if (score < sure) continue;
      if (score === sure && best !== undefined) continue;
      best = format;
      sure = score;
    }
    // A format that a header announced reads lines which alone say nothing.
    if (best === undefined && last !== undefined && this.#states.get(last) !== undefined) return last;
    if (best !== undefined) this.#last.set(framing, best);
    return best;
  }

  #context(format: Format, received: number): DecodeContext {
    let state = this.#states.get(format);
    if (state === undefined) {
      state = {};
      this.#states.set(format, state);
    }
    return { file: this.#name, zone: this.#zone, reference: received, state };
  }

  #parse(text: string, place: Place): { json: Json } | Unread {
    if (jsonTooDeep(text, FRAMING_LIMITS.maxDepth))
      return unread(
        'json_too_deep',
        this.#name,
        `a record nests more than ${FRAMING_LIMITS.maxDepth} deep`,
        'Look at the record.',
        place,
      );
    try {
      return { json: JSON.parse(text) as Json };
    } catch {
      return unread(
        'json_invalid',
        this.#name,
        `is no JSON object: ${inert(text, 80)}`,
        'Check that the sender writes whole records.',
        place,
      );
    }
  }

  #unknown(text: string, place: Place): Unread {
    const mend = 'If it is a log, send it in one of the formats of docs/formats.md, or set the format of the source.';
    return unread(
      'record_unrecognised',
      this.#name,
      `is of no format that is known here: ${inert(text, 80)}`,
      mend,
      place,
    );
  }
}

const of = (framing: Format['framing']) => allFormats.filter((format) => format.framing === framing);
const BY_FRAMING: Readonly<Record<Format['framing'], readonly Format[]>> = {
  lines: of('lines'),
  json: of('json'),
  xml: of('xml'),
};
const CLAIMING = BY_FRAMING.lines.filter((format) => format.claims !== undefined);

/** The first character that is no white space; 0 where there is none. */
function firstCharacter(text: string): number {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code > 32 && code !== 0xfeff) return code;
  }
  return 0;
}

/** `<Event ...>` or `<?xml`; `<34>` is a syslog priority. */
function isElement(text: string): boolean {
  return /^\s*<[?A-Za-z]/.test(text);
}
