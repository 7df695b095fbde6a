import type { Unread } from '../event.ts';
import type { Format } from '../format.ts';
import {
  detectEncoding,
  type Encoding,
  FRAMING_LIMITS,
  type FrameHandlers,
  type Framer,
  type FramingLimits,
  JsonDocumentFramer,
  LineFramer,
  ToUtf8,
  XmlElementFramer,
} from '../framing/index.ts';
import { inert, unread } from '../unread.ts';
import { knownBinary, looksBinary } from './binary.ts';

/** How a text's records are framed. `json-lines` is the fast way of `json-documents`, where each line is one object. */
export type TextLayout = 'lines' | 'json-lines' | 'json-documents' | 'xml';

export interface SniffedText {
  readonly kind: 'text';
  readonly format: Format;
  readonly encoding: Encoding;
  /** bytes of the byte order mark */
  readonly mark: number;
  readonly layout: TextLayout;
  /** lines end in CR alone */
  readonly carriageReturns: boolean;
  /** for `json-documents`: keys under which an object holds its list of records; none where the objects are records */
  readonly containers: readonly string[];
}

export interface SniffedEvtx {
  readonly kind: 'evtx';
}

export type Sniffed = SniffedEvtx | SniffedText;

/** Records that are looked at to tell a format. */
const SAMPLES = 24;
/** A format must be at least this sure of some record. */
export const SURE = 0.3;
const EVTX = 'ElfFile\0';
const EVTX_CHUNK = 'ElfChnk\0';

/**
 * What a file is, by its first bytes (some 64 KiB): its name says nothing. Every format is asked how sure it is that the
 * first records are its own, and the surest on the whole is taken.
 */
export function sniff(head: Buffer, name: string, formats: readonly Format[]): Sniffed | Unread {
  const magic = head.toString('latin1', 0, 8);
  // A log whose header was lost still has its chunks, at 4096 or from the start
  if (magic === EVTX || magic === EVTX_CHUNK || head.toString('latin1', 4096, 4104) === EVTX_CHUNK)
    return { kind: 'evtx' };
  const { encoding, mark } = detectEncoding(head);
  const known = mark === 0 ? knownBinary(head) : undefined;
  if (known !== undefined) return binary(name, known.what, known.mend);
  if (encoding === 'utf-8' && looksBinary(head)) {
    return binary(name, 'no text and no event log', 'If it is a log, export it as text, JSON or EVTX.');
  }
  const text = utf8(head, encoding, mark);
  const carriageReturns = !text.includes(10) && text.includes(13);
  const first = firstByte(text);
  for (const way of waysFor(first, text, formats)) {
    const framing = { ...way, carriageReturns };
    const format = choose(sample(text, framing), way.layout, formats);
    if (format !== undefined) return { kind: 'text', format, encoding, mark, ...framing };
  }
  return first === '<' && declaresType(text) ? documentType(name) : unknownText(name, text, first);
}

/** How a text is framed. */
export type Framing = Pick<SniffedText, 'layout' | 'carriageReturns' | 'containers'>;

type Way = Pick<Framing, 'layout' | 'containers'>;

/**
 * The ways to frame it that its first character allows, likeliest first. An object is taken for a record before it is taken
 * for a wrapper: real records have lists under names such as `data` or `items`, too.
 */
function waysFor(first: string, text: Buffer, formats: readonly Format[]): readonly Way[] {
  const lines: Way = { layout: 'lines', containers: [] };
  if (first === '<') return [{ layout: 'xml', containers: [] }, lines];
  const records: Way = { layout: 'json-documents', containers: [] };
  const wrappers: Way = { layout: 'json-documents', containers: containersOf(formats) };
  if (first === '{' && isJsonLines(text)) return [{ layout: 'json-lines', containers: [] }, wrappers];
  return first === '{' || first === '[' ? [records, wrappers, lines] : [lines];
}

/** Whether each line is an object of its own, judged by the first. */
function isJsonLines(text: Buffer): boolean {
  const [line] = sample(text, { layout: 'lines', carriageReturns: false, containers: [] });
  return line !== undefined && parse(line) !== undefined;
}

/** The framer for a way of framing. */
export function framerFor(framing: Framing, handlers: FrameHandlers, limits: FramingLimits = FRAMING_LIMITS): Framer {
  if (framing.layout === 'json-documents') return new JsonDocumentFramer(handlers, limits, framing.containers);
  if (framing.layout === 'xml') return new XmlElementFramer(handlers, limits, 'Event');
  return new LineFramer(handlers, limits, framing.carriageReturns);
}

const containers = new WeakMap<readonly Format[], readonly string[]>();

function containersOf(formats: readonly Format[]): readonly string[] {
  let keys = containers.get(formats);
  if (keys === undefined) {
    keys = [...new Set(formats.flatMap((format) => format.containers ?? []))];
    containers.set(formats, keys);
  }
  return keys;
}

function sample(text: Buffer, framing: Framing): string[] {
  const records: string[] = [];
  const collect = (record: string) => {
    if (records.length < SAMPLES && record.trim() !== '') records.push(record);
  };
  const framer = framerFor(framing, { onRecord: collect, onProblem: () => {} });
  framer.feed(text);
  // The last line may be cut by the end of the head: it counts only where it is all there is
  if (records.length === 0 && (framing.layout === 'lines' || framing.layout === 'json-lines')) framer.end();
  return records;
}

function choose(records: readonly string[], layout: TextLayout, formats: readonly Format[]): Format | undefined {
  const framing = layout === 'json-lines' || layout === 'json-documents' ? 'json' : layout;
  const parsed = records.map((record) => (framing === 'json' ? parse(record) : undefined));
  let best: Format | undefined;
  let bestSum = 0;
  for (const format of formats) {
    if (format.framing !== framing) continue;
    let sum = 0;
    let top = 0;
    for (let i = 0; i < records.length; i += 1) {
      if (framing === 'json' && parsed[i] === undefined) continue;
      const score = format.recognise(records[i], parsed[i]);
      sum += score;
      if (score > top) top = score;
    }
    if (top >= SURE && sum > bestSum) {
      best = format;
      bestSum = sum;
    }
  }
  return best;
}

function parse(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const json: unknown = JSON.parse(text);
    return json !== null && typeof json === 'object' && !Array.isArray(json)
      ? (json as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

function utf8(head: Buffer, encoding: Encoding, mark: number): Buffer {
  return new ToUtf8(encoding, mark, () => {}).convert(head);
}

function firstByte(text: Buffer): string {
  for (const byte of text) {
    if (byte > 32 && byte !== 0x1e) return String.fromCharCode(byte);
  }
  return '';
}

function declaresType(text: Buffer): boolean {
  return /^\s*(?:<\?[^>]{0,512}\?>\s*)?(?:<!--[^>]{0,512}-->\s*)?<!DOCTYPE/i.test(text.toString('utf8', 0, 4096));
}

function documentType(name: string): Unread {
  return unread(
    'xml_dtd',
    name,
    'declares a document type, which no export of events does',
    'If it is an export of events, remove the DOCTYPE.',
    { stop: true },
  );
}

function binary(name: string, what: string, mend: string): Unread {
  return unread('format_binary', name, `is ${what}`, mend, { stop: true });
}

function unknownText(name: string, text: Buffer, first: string): Unread {
  const lines = text.toString('utf8', 0, 4096).split(/\r\n|\n|\r/);
  const line = lines.find((candidate) => candidate.trim() !== '') ?? '';
  const mend =
    first === '{' || first === '['
      ? 'If it is a log, name its fields in a mapping file, or export it in one of the formats of docs/formats.md.'
      : 'If it is a log with columns, describe them in a mapping file (docs/formats.md, "CSV with a mapping file").';
  return unread('format_unknown', name, `is text in no format that is known here; it begins: ${inert(line)}`, mend, {
    stop: true,
  });
}
