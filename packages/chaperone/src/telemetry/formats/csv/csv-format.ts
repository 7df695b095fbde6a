import type { EventAccess } from '@chaperone/sigma';
import type { EventClass, LogEvent, NormalPath, Outcome, Unread } from '../../event.ts';
import type { DecodeContext, Format } from '../../format.ts';
import { eventClass, roles } from '../event/class-table.ts';
import { Shape } from '../event/shape.ts';
import { ShapedEvent } from '../event/shaped-event.ts';
import { unread } from '../event/unread.ts';
import { type CsvRecord, CsvRecords } from '../text/csv-records.ts';
import { splitCsv } from '../text/split-csv.ts';
import type { CsvMapping } from './csv-mapping.ts';
import { type TimeReader, timeReader } from './time-format.ts';

interface CsvState {
  readonly records: CsvRecords;
  /** undefined until the head was read */
  shape: Shape | undefined;
  /** slots of the time columns */
  time: readonly number[];
}

/** A format for the CSV files that a mapping describes. */
export function csvFormat(mapping: CsvMapping): Format {
  const delimiter = mapping.delimiter === 'tab' ? 9 : mapping.delimiter.charCodeAt(0);
  const timeColumns = typeof mapping.time.column === 'string' ? [mapping.time.column] : mapping.time.column;
  const needed = mapping.match ?? [...new Set([...timeColumns, ...Object.keys(mapping.fields)])];
  const readTime = timeReader(mapping.time.format) as TimeReader;
  const kind = classOf(mapping);
  const named = (columns: readonly string[]) => columns.map((column) => mapping.fields[column] ?? column);

  function stateOf(context: DecodeContext): CsvState {
    if (context.state.csv === undefined) {
      const state: CsvState = { records: new CsvRecords(delimiter), shape: undefined, time: [] };
      if (mapping.header !== undefined) setHead(state, mapping.header);
      context.state.csv = state;
    }
    return context.state.csv as CsvState;
  }

  function setHead(state: CsvState, columns: readonly string[]): void {
    state.shape = new Shape(named(columns));
    state.time = timeColumns.map((column) => columns.indexOf(column));
  }

  function isHead(cells: readonly string[]): boolean {
    return needed.every((column) => cells.includes(column));
  }

  function row(record: CsvRecord, state: CsvState, context: DecodeContext): LogEvent | Unread {
    const shape = state.shape as Shape;
    const { cells, text, place } = record;
    if (cells.length !== shape.names.length) {
      return unread(
        place,
        'csv-columns',
        `the record has ${cells.length} columns where the head names ${shape.names.length}`,
        'look at the line: a cell that holds the delimiter must be quoted',
      );
    }
    const stamp = state.time.map((slot) => cells[slot] ?? '').join(' ');
    const time = readTime(stamp.trim(), mapping.time.zone ?? context.zone, context.reference);
    if (time === undefined && stamp.trim() !== '') {
      return unread(
        place,
        'csv-time',
        `the time ${JSON.stringify(stamp.slice(0, 60))} is not of the form \`${mapping.time.format}\``,
        `correct \`time.format\` in the mapping \`${mapping.name}\``,
      );
    }
    return new ShapedEvent(kind, time, place, text, shape, cells);
  }

  return {
    name: mapping.name,
    title: mapping.title ?? mapping.name,
    framing: 'lines',
    recognise(text) {
      const cells = splitCsv(text.replace(/^\ufeff/, ''), 0, delimiter);
      if (mapping.header === undefined) return isHead(cells) ? 1 : 0;
      // Without a head only the number of columns and the time tell
      if (cells.length !== mapping.header.length) return 0;
      const stamp = timeColumns.map((column) => cells[mapping.header?.indexOf(column) ?? -1] ?? '').join(' ');
      return readTime(stamp.trim(), 'UTC', 0) === undefined ? 0 : 0.9;
    },
    decode(text, _json, place, context) {
      const state = stateOf(context);
      const record = state.records.line(text, place);
      if (record === undefined) return undefined;
      if (mapping.header === undefined && isHead(record.cells)) {
        setHead(state, record.cells);
        return undefined;
      }
      if (state.shape !== undefined) return row(record, state, context);
      return unread(
        record.place,
        'csv-no-head',
        `the line stands before the head; it should name ${needed.slice(0, 5).join(', ')}`,
        'name the columns in order under `header` in the mapping if the file has no head',
      );
    },
    finish: (context) => stateOf(context).records.end('csv-open-quote'),
  };
}

function classOf(mapping: CsvMapping): EventClass {
  const { event } = mapping;
  return eventClass('csv', mapping.name, {
    offers: Array.isArray(mapping.logsource) ? mapping.logsource : [mapping.logsource],
    class_uid: event.class_uid,
    activity: event.activity,
    roles: roles(mapping.roles as Partial<Record<NormalPath, string | readonly string[]>>),
    ...(event.outcome === undefined ? {} : { outcome: outcomeOf(event.outcome) }),
  });
}

function outcomeOf(declared: { field: string; success: readonly string[]; failure: readonly string[] }) {
  const success = new Set(declared.success.map((value) => value.toLowerCase()));
  const failure = new Set(declared.failure.map((value) => value.toLowerCase()));
  return (event: EventAccess): Outcome => {
    const value = String(event.get(declared.field) ?? '').toLowerCase();
    return success.has(value) ? 'success' : failure.has(value) ? 'failure' : 'unknown';
  };
}
