import type { LogEvent, Place, Unread } from '../../event.ts';
import type { DecodeContext, Format } from '../../format.ts';
import { fromEpoch } from '../../time/index.ts';
import { Shape } from '../event/shape.ts';
import { ShapedEvent } from '../event/shaped-event.ts';
import { unread } from '../event/unread.ts';
import { ZEEK_ALIASES, zeekClasses } from './streams.ts';

/** What the `#` lines at the head of a file say (Zeek's ASCII writer). A file may hold several heads. */
interface Header {
  separator: string;
  setSeparator: string;
  empty: string;
  unset: string;
  path: string;
  fields: readonly string[];
  types: readonly string[];
  shape: Shape | undefined;
  timeSlot: number;
}

const MAX_COLUMNS = 1024;

export const zeekTsv: Format = {
  name: 'zeek-tsv',
  title: 'Zeek logs as tab-separated text',
  framing: 'lines',
  recognise(text) {
    if (text.startsWith('#separator ')) return 1;
    return /^#(?:set_separator|empty_field|unset_field|path|fields|types|open|close)[\t ,]/.test(text) ? 0.9 : 0;
  },
  decode(text, _json, place, context) {
    const header = headerOf(context);
    if (text.charCodeAt(0) === 35) {
      readDirective(text, header);
      return undefined;
    }
    return text === '' ? undefined : decodeRow(text, header, place);
  },
};

function headerOf(context: DecodeContext): Header {
  const known = context.state.zeek as Header | undefined;
  if (known !== undefined) return known;
  const header: Header = {
    separator: '\t',
    setSeparator: ',',
    empty: '(empty)',
    unset: '-',
    path: '',
    fields: [],
    types: [],
    shape: undefined,
    timeSlot: -1,
  };
  context.state.zeek = header;
  return header;
}

function readDirective(text: string, header: Header): void {
  // The first line states the separator after a space; the others use it
  if (text.startsWith('#separator ')) {
    header.separator = unescapeText(text.slice(11).trim()) || '\t';
    return;
  }
  const words = text.split(header.separator, MAX_COLUMNS + 1);
  switch (words[0]) {
    case '#set_separator':
      header.setSeparator = unescapeText(words[1] ?? ',');
      break;
    case '#empty_field':
      header.empty = words[1] ?? '(empty)';
      break;
    case '#unset_field':
      header.unset = words[1] ?? '-';
      break;
    case '#path':
      header.path = words[1] ?? '';
      break;
    case '#fields':
      header.fields = words.slice(1);
      header.shape = new Shape(header.fields, ZEEK_ALIASES);
      header.timeSlot = header.fields.indexOf('ts');
      header.types = [];
      break;
    case '#types':
      header.types = words.slice(1);
      break;
  }
}

function decodeRow(text: string, header: Header, place: Place): LogEvent | Unread {
  const { shape, fields, types } = header;
  if (shape === undefined) {
    return unread(
      place,
      'zeek-no-header',
      'a row stands before any #fields line',
      'keep the lines that start with # at the head of the file: they name the columns',
    );
  }
  const cells: unknown[] = text.split(header.separator, fields.length + 1);
  if (cells.length !== fields.length) {
    return unread(
      place,
      'zeek-columns',
      `the row has ${cells.length > fields.length ? 'more' : cells.length} columns where the head names ${fields.length}`,
      'the line may be cut: check that the file was written to its end',
    );
  }
  for (let slot = 0; slot < cells.length; slot += 1) {
    const cell = cells[slot] as string;
    if (cell === header.unset) cells[slot] = undefined;
    else cells[slot] = read(cell, types[slot], header);
  }
  const stamp = header.timeSlot < 0 ? undefined : cells[header.timeSlot];
  const time = typeof stamp === 'string' ? fromEpoch(stamp, 's') : undefined;
  return new ShapedEvent(zeekClasses.of(header.path || 'unknown'), time, place, text, shape, cells);
}

function read(cell: string, type: string | undefined, header: Header): unknown {
  if (type === 'bool') return cell === 'T' ? true : cell === 'F' ? false : cell;
  if (type !== undefined && (type.startsWith('set[') || type.startsWith('vector['))) {
    return cell === header.empty ? [] : cell.split(header.setSeparator, 4096).map(unescapeText);
  }
  return cell === header.empty ? '' : unescapeText(cell);
}

/** The writer escapes what isn't printable, its own separators and the backslash itself: `\x09`, `\\`. */
function unescapeText(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(/\\(?:x([0-9a-fA-F]{2})|(\\))/g, (_all, hex: string | undefined) =>
    hex === undefined ? '\\' : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
