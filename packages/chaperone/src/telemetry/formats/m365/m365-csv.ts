import type { LogEvent, Unread } from '../../event.ts';
import type { DecodeContext, Format } from '../../format.ts';
import { unread } from '../event/unread.ts';
import { type CsvRecord, CsvRecords } from '../text/csv-records.ts';
import { m365Event } from './m365.ts';

interface CsvState {
  columns: readonly string[];
  readonly records: CsvRecords;
}

/** The CSV that Purview's audit search and Search-UnifiedAuditLog export: the record itself is JSON in the column AuditData. */
export const m365Csv: Format = {
  name: 'm365-csv',
  title: 'Microsoft 365 unified audit log, exported as CSV',
  framing: 'lines',
  recognise: (text) => (isHead(text) ? 1 : /,"\{""/.test(text) && text.includes('""Workload"":') ? 0.9 : 0),
  decode(text, _json, place, context): LogEvent | Unread | undefined {
    const state = stateOf(context);
    const record = state.records.line(text, place);
    if (record === undefined || record.text.startsWith('#TYPE ')) return undefined;
    if (!isHead(record.text)) return row(record, state, context);
    state.columns = record.cells;
    return undefined;
  },
  finish: (context) => stateOf(context).records.end('m365-csv-open-quote'),
};

function stateOf(context: DecodeContext): CsvState {
  context.state.m365 ??= { columns: [], records: new CsvRecords() } satisfies CsvState;
  return context.state.m365 as CsvState;
}

function isHead(text: string): boolean {
  const start = text.slice(0, 4096);
  return /(?:^|,)"?AuditData"?(?:,|$)/.test(start) && /Operations?\b/.test(start) && !start.includes('{');
}

function row(record: CsvRecord, state: CsvState, context: DecodeContext): LogEvent | Unread {
  const { cells, text, place } = record;
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
  return m365Event({ ...Object.fromEntries(names), AuditData: data }, text, place, context.zone);
}
