import type { LogEvent, Place, Unread } from '../../event.ts';
import type { DecodeContext, Format } from '../../format.ts';
import { unread } from '../event/unread.ts';
import { isOpenCsv, splitCsv } from '../text/split-csv.ts';
import { m365Event } from './m365.ts';

/** A quoted cell may go on over lines; a record longer than this is given up. */
const MAX_RECORD = 4 << 20;

interface CsvState {
  columns: readonly string[];
  pending: string;
  first: number;
}

/** The CSV that Purview's audit search and Search-UnifiedAuditLog export: the record itself is JSON in the column AuditData. */
export const m365Csv: Format = {
  name: 'm365-csv',
  title: 'Microsoft 365 unified audit log, exported as CSV',
  framing: 'lines',
  recognise: (text) => (isHead(text) ? 1 : /,"\{""/.test(text) && text.includes('""Workload"":') ? 0.9 : 0),
  decode(text, _json, place, context): LogEvent | Unread | undefined {
    const state = stateOf(context);
    const record = state.pending === '' ? text : `${state.pending}\n${text}`;
    const start = state.pending === '' ? place.record : state.first;
    if (isOpenCsv(record) && record.length < MAX_RECORD) {
      state.pending = record;
      state.first = start;
      return undefined;
    }
    state.pending = '';
    if (record.trim() === '' || record.startsWith('#TYPE ')) return undefined;
    const cells = splitCsv(record);
    if (isHead(record)) {
      state.columns = cells;
      return undefined;
    }
    return row(cells, record, { ...place, record: start }, state, context);
  },
};

function stateOf(context: DecodeContext): CsvState {
  context.state.m365 ??= { columns: [], pending: '', first: 0 } satisfies CsvState;
  return context.state.m365 as CsvState;
}

function isHead(text: string): boolean {
  return /(?:^|,)"?AuditData"?(?:,|$)/.test(text.slice(0, 4096)) && /Operations?\b/.test(text.slice(0, 4096));
}

function row(
  cells: readonly string[],
  record: string,
  place: Place,
  state: CsvState,
  context: DecodeContext,
): LogEvent | Unread {
  const column = state.columns.indexOf('AuditData');
  // A part of an export may lack its head: the cell that is JSON is the record
  const data = column >= 0 ? cells[column] : cells.find((cell) => cell.startsWith('{'));
  if (data === undefined || !data.startsWith('{')) {
    return unread(
      place,
      'm365-csv-no-data',
      'the row has no JSON in the column AuditData',
      'the line may be cut: export the search again, or read the rest without it',
    );
  }
  const names = state.columns.map((name, at) => [name, cells[at]] as const);
  const json = { ...Object.fromEntries(names), AuditData: data };
  return m365Event(json, record, place, context.zone);
}
