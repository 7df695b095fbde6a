import type { IndicatorProblem, LoadedIndicators } from './indicator.ts';
import { readType } from './normalise.ts';
import { clamp, optional, Reader, readDate } from './reader.ts';
import { delimiterOf, rowsOf, wholeLines } from './rows.ts';
import { readStixBundle } from './stix-bundle.ts';
import { IndicatorStore, IndicatorTable } from './store.ts';

/** A bundle is parsed whole, so it must be smaller than a list, which is read piece by piece. */
const MAX_BUNDLE = 100_000_000;

const HEADERS: Readonly<Record<string, string>> = {
  type: 'type',
  'indicator-type': 'type',
  'ioc-type': 'type',
  kind: 'type',
  category: 'type',
  value: 'value',
  indicator: 'value',
  ioc: 'value',
  observable: 'value',
  'ioc-value': 'value',
  data: 'value',
  first_published: 'from',
  'first-published': 'from',
  valid_from: 'from',
  'valid-from': 'from',
  first_seen: 'from',
  'first-seen': 'from',
  date: 'from',
  published: 'from',
  created: 'from',
  valid_until: 'until',
  'valid-until': 'until',
  expires: 'until',
  expiration: 'until',
  'expiration-date': 'until',
  confidence: 'confidence',
  score: 'confidence',
  weight: 'weight',
  tlp: 'tlp',
  marking: 'tlp',
  source: 'source',
  feed: 'source',
  reference: 'source',
  to_ids: 'detect',
  'to-ids': 'detect',
  description: 'description',
  comment: 'description',
  note: 'description',
  name: 'description',
};
const WEIGHTS: Readonly<Record<string, number>> = { low: 15, medium: 50, high: 85, none: 0 };

/**
 * Reads indicators from CSV (with or without a header, columns in any order), a plain list of values, or a STIX 2.1 bundle. A bad row
 * is a problem with its line; the others are read.
 *
 * @example
 * const { indicators, problems } = loadIndicators('type,value\ndomain,evil.example\n', 'feed.csv');
 */
export function loadIndicators(text: string, file: string, keepBenign = false): LoadedIndicators {
  const store = new IndicatorStore();
  const problems = readIndicators([text], file, store, keepBenign);
  return { indicators: [...new IndicatorTable(store.pack()).all()], problems };
}

/** Reads indicators from the pieces of a text into a store; of a list or CSV no more than a piece is held at a time. */
export function readIndicators(
  pieces: Iterable<string>,
  file: string,
  store: IndicatorStore,
  keepBenign = false,
): IndicatorProblem[] {
  const reader = new Reader(file, store, keepBenign);
  const walk = pieces[Symbol.iterator]();
  const first = (walk.next().value ?? '').replace(/^\ufeff/, '');
  const rest = { [Symbol.iterator]: () => walk };
  if (!/^\s*[{[]/.test(first.slice(0, 1000))) readRows(first, rest, reader);
  else {
    let text = first;
    for (const piece of rest) {
      if (text.length > MAX_BUNDLE) break;
      text += piece;
    }
    if (text.length > MAX_BUNDLE)
      reader.problem(
        'INDICATORS_TOO_LARGE',
        1,
        `The bundle is larger than ${MAX_BUNDLE / 1e6} MB.`,
        'Split it, or give it as CSV.',
      );
    else readStixBundle(text, reader);
  }
  return reader.done();
}

function readRows(first: string, rest: Iterable<string>, reader: Reader): void {
  const delimiter = delimiterOf(first);
  let columns: readonly (string | undefined)[] | undefined;
  let begun = false;
  for (const { text, line } of wholeLines(first, rest)) {
    for (const row of rowsOf(text, line, delimiter, reader)) {
      if (!begun) {
        begun = true;
        const head = row.record.map((cell) => cell.toLowerCase().trim().replace(/\s+/g, '-'));
        // Where a column is called type, its neighbour category only groups (MISP).
        const roles = head.map((cell) => (cell === 'category' && head.includes('type') ? undefined : HEADERS[cell]));
        if (roles.includes('value') || (roles.includes('type') && head.includes('type'))) {
          columns = roles;
          continue;
        }
      }
      if (columns === undefined) readBare(row.record, row.line, reader);
      else readRow(row.record, columns, row.line, reader);
    }
  }
}

// Without a header: a value alone, or a type and a value in either order.
function readBare(record: readonly string[], line: number, reader: Reader): void {
  const cells = record.filter((cell) => cell !== '');
  const typed = cells.length >= 2 ? cells.slice(0, 2).findIndex((cell) => readType(cell) !== undefined) : -1;
  if (typed >= 0) reader.add(readType(cells[typed]!)!, cells[1 - typed]!, {}, line);
  else if (cells[0] !== undefined) reader.add('auto', cells[0], {}, line);
}

function readRow(
  record: readonly string[],
  columns: readonly (string | undefined)[],
  line: number,
  reader: Reader,
): void {
  const cell = (role: string) => {
    const text = record[columns.indexOf(role)];
    return columns.includes(role) && text !== undefined && text !== '' ? text : undefined;
  };
  if (/^(?:0|false)$/i.test(cell('detect') ?? '')) return;
  const value = cell('value');
  if (value === undefined)
    return void reader.problem('INDICATORS_ROW', line, 'The row has no value.', 'Mend or remove the row.');
  const stated = cell('type');
  const type = stated === undefined ? 'auto' : readType(stated);
  if (type === undefined)
    return void reader.problem(
      'INDICATORS_ROW',
      line,
      `"${stated!.slice(0, 40)}" is no kind of indicator that is known here.`,
      'Known: domain, url, ip, email, md5, sha1, sha256, filename, filepath, mutex, pipe, registrykey.',
    );
  const from = readDate(cell('from'));
  const until = readDate(cell('until'));
  if (from === null || until === null)
    return void reader.problem(
      'INDICATORS_ROW',
      line,
      'Its date is none.',
      'Write dates as 2026-03-01 or 2026-03-01T00:00:00Z.',
    );
  const confidence = cell('confidence') ?? cell('weight');
  reader.add(
    type,
    value,
    {
      ...(from === undefined ? {} : { validFrom: from }),
      ...(until === undefined ? {} : { validUntil: until }),
      ...optional(
        'confidence',
        confidence === undefined ? undefined : (WEIGHTS[confidence.toLowerCase()] ?? clamp(confidence)),
      ),
      ...optional('tlp', cell('tlp')),
      ...optional('feed', cell('source')),
      ...optional('description', cell('description')?.slice(0, 300)),
    },
    line,
  );
}
