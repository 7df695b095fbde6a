import { parse } from 'csv-parse/sync';
import { benign } from './benign.ts';
import type {
  Indicator,
  IndicatorProblem,
  IndicatorProblemCode,
  IndicatorType,
  LoadedIndicators,
} from './indicator.ts';
import { normalise, readType } from './normalise.ts';
import { readStixPattern } from './stix-pattern.ts';
import { IndicatorStore, IndicatorTable } from './store.ts';

/** A bundle is parsed whole, so it must be smaller than a list, which is read piece by piece. */
const MAX_BUNDLE = 100_000_000;
/** Problems told one by one; the rest is counted. */
const MAX_PROBLEMS = 200;
/** Pieces that are put together while a quote is open. */
const MAX_HELD = 4;

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
export function loadIndicators(text: string, file: string): LoadedIndicators {
  const store = new IndicatorStore();
  const problems = readIndicators([text], file, store);
  return { indicators: [...new IndicatorTable(store.pack()).all()], problems };
}

/** Reads indicators from the pieces of a text into a store; of a list or CSV no more than a piece is held at a time. */
export function readIndicators(pieces: Iterable<string>, file: string, store: IndicatorStore): IndicatorProblem[] {
  const reader = new Reader(file, store);
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
    else readJson(text, reader);
  }
  return reader.done();
}

class Reader {
  readonly #file: string;
  readonly #store: IndicatorStore;
  /** what this file adds begins here: only within a file does a value stand once */
  readonly #since: number;
  readonly #problems: IndicatorProblem[] = [];
  #more = 0;

  constructor(file: string, store: IndicatorStore) {
    this.#file = file;
    this.#store = store;
    this.#since = store.size;
  }

  problem(code: IndicatorProblemCode, line: number, message: string, mend: string): void {
    if (this.#problems.length < MAX_PROBLEMS) this.#problems.push({ code, message, mend, file: this.#file, line });
    else this.#more++;
  }

  add(type: IndicatorType | 'hash' | 'auto', written: string, rest: Partial<Indicator>, line: number): void {
    const normal = normalise(type, written);
    if (typeof normal === 'string')
      return void this.problem('INDICATORS_ROW', line, `Not read: ${normal}.`, 'Mend or remove the row.');
    const reason = benign({ ...normal, written });
    if (reason !== undefined)
      return void this.problem(
        'INDICATORS_BENIGN',
        line,
        `Left out: ${reason}.`,
        'Remove the row; it would match everywhere.',
      );
    if (this.#store.full)
      return void this.problem(
        'INDICATORS_MANY',
        line,
        'There are more indicators than a scan can hold.',
        'Leave out the oldest, or scan once for each part of the feed.',
      );
    this.#store.add({ ...normal, written: written.trim(), feed: this.#file, ...rest }, this.#since);
  }

  done(): IndicatorProblem[] {
    if (this.#more > 0)
      this.#problems.push({
        code: 'INDICATORS_MANY',
        message: `${this.#more} more rows like these.`,
        mend: 'Mend the ones above first.',
        file: this.#file,
        line: 0,
        count: this.#more,
      });
    return this.#problems;
  }
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
        const roles = head.map((cell) => HEADERS[cell]);
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

interface Row {
  readonly record: readonly string[];
  readonly line: number;
}

/** Longer rows are no indicator. */
const MAX_ROW = 100_000;

// Where nothing is quoted a row is a line, and its cells lie between delimiters: most feeds, at a tenth of the cost.
function* rowsOf(text: string, before: number, delimiter: string, reader: Reader): Generator<Row> {
  if (text.includes('"')) {
    yield* quotedRows(text, before, delimiter, reader);
    return;
  }
  let line = before;
  for (let from = 0; from < text.length; ) {
    const end = text.indexOf('\n', from);
    const to = end < 0 ? text.length : end;
    line++;
    const row = text.slice(from, to);
    from = to + 1;
    if (row.length > MAX_ROW) {
      reader.problem('INDICATORS_ROW', line, `A row of more than ${MAX_ROW} characters.`, 'Mend or remove the row.');
      continue;
    }
    const trimmed = row.trim();
    if (trimmed === '' || row.startsWith('#')) continue;
    yield { record: trimmed.split(delimiter).map((cell) => cell.trim()), line };
  }
}

function* quotedRows(text: string, before: number, delimiter: string, reader: Reader): Generator<Row> {
  try {
    const rows = parse(text, {
      info: true,
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      trim: true,
      comment: '#',
      comment_no_infix: true,
      max_record_size: MAX_ROW,
      delimiter,
    }) as unknown as { record: string[]; info: { lines: number } }[];
    for (const { record, info } of rows) yield { record, line: before + info.lines };
  } catch (error) {
    reader.problem(
      'INDICATORS_UNREADABLE',
      before + 1,
      `Neither CSV nor a list: ${(error as Error).message.slice(0, 160)}`,
      'Write `type,value` in the first line, then a row each.',
    );
  }
}

// Pieces cut at line ends where no quotes are open, with the number of lines before each. A stray quote holds the cut back for a few pieces only.
function* wholeLines(first: string, rest: Iterable<string>): Generator<{ text: string; line: number }> {
  let held = first;
  let line = 0;
  let pieces = 1;
  for (const piece of rest) {
    const cut = held.lastIndexOf('\n') + 1;
    if (cut > 0 && (pieces > MAX_HELD || count(held, '"', cut) % 2 === 0)) {
      yield { text: held.slice(0, cut), line };
      line += count(held, '\n', cut);
      held = held.slice(cut);
      pieces = 0;
    } else if (pieces > 2 * MAX_HELD) {
      yield { text: held, line };
      held = '';
      pieces = 0;
    }
    held += piece;
    pieces++;
  }
  yield { text: held, line };
}

function count(text: string, mark: string, until: number): number {
  let found = 0;
  for (let at = text.indexOf(mark); at >= 0 && at < until; at = text.indexOf(mark, at + 1)) found++;
  return found;
}

// Commas unless the first lines know none and have another usual one.
function delimiterOf(text: string): string {
  const head =
    text
      .slice(0, 2000)
      .split('\n')
      .filter((line) => !line.startsWith('#'))[0] ?? '';
  return [',', ';', '\t', '|'].find((mark) => head.includes(mark)) ?? ',';
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

interface StixObject {
  readonly type?: unknown;
  readonly id?: unknown;
  readonly pattern?: unknown;
  readonly pattern_type?: unknown;
  readonly valid_from?: unknown;
  readonly valid_until?: unknown;
  readonly revoked?: unknown;
  readonly confidence?: unknown;
  readonly name?: unknown;
  readonly created_by_ref?: unknown;
  readonly object_marking_refs?: unknown;
  readonly definition?: { readonly tlp?: unknown };
}

function readJson(text: string, reader: Reader): void {
  let root: unknown;
  try {
    root = JSON.parse(text);
  } catch (error) {
    return void reader.problem(
      'INDICATORS_UNREADABLE',
      1,
      `Not JSON: ${(error as Error).message.slice(0, 160)}`,
      'Give a STIX 2.1 bundle, a CSV or a list.',
    );
  }
  const objects = Array.isArray(root) ? root : (root as { objects?: unknown }).objects;
  if (!Array.isArray(objects))
    return void reader.problem(
      'INDICATORS_UNREADABLE',
      1,
      'The JSON is no STIX bundle: it has no `objects`.',
      'Give a STIX 2.1 bundle, a CSV or a list.',
    );
  const names = new Map<unknown, string>();
  const tlps = new Map<unknown, string>();
  for (const object of objects as StixObject[]) {
    if (object?.type === 'identity' && typeof object.name === 'string') names.set(object.id, object.name);
    if (object?.type === 'marking-definition')
      tlps.set(
        object.id,
        typeof object.definition?.tlp === 'string'
          ? object.definition.tlp
          : typeof object.name === 'string'
            ? object.name
            : '',
      );
  }
  (objects as StixObject[]).forEach((object, at) => {
    if (object === null || typeof object !== 'object' || object.type !== 'indicator') return;
    readStixIndicator(object, at + 1, names, tlps, reader);
  });
}

function readStixIndicator(
  object: StixObject,
  line: number,
  names: ReadonlyMap<unknown, string>,
  tlps: ReadonlyMap<unknown, string>,
  reader: Reader,
): void {
  const id = typeof object.id === 'string' ? object.id.slice(0, 80) : 'an indicator without an id';
  if (object.revoked === true)
    return void reader.problem('INDICATORS_EXPIRED', line, `${id} was revoked by its feed.`, 'Nothing to do.');
  if (typeof object.pattern !== 'string' || (object.pattern_type !== undefined && object.pattern_type !== 'stix'))
    return void reader.problem(
      'INDICATORS_PATTERN',
      line,
      `${id} has no STIX pattern.`,
      'Only patterns of type stix are read; give Sigma rules by --rules.',
    );
  const found = readStixPattern(object.pattern);
  if (typeof found === 'string')
    return void reader.problem(
      'INDICATORS_PATTERN',
      line,
      `${id} isn't read: ${found}.`,
      'Write it as a Sigma rule where it matters.',
    );
  const from = readDate(object.valid_from);
  const until = readDate(object.valid_until);
  const tlp = Array.isArray(object.object_marking_refs)
    ? object.object_marking_refs
        .map((ref) => tlps.get(ref) ?? KNOWN_TLP[String(ref)])
        .find((name) => name !== undefined && name !== '')
    : undefined;
  for (const { type, value } of found) {
    reader.add(
      type,
      value,
      {
        ...(from === undefined || from === null ? {} : { validFrom: from }),
        ...(until === undefined || until === null ? {} : { validUntil: until }),
        ...optional('confidence', typeof object.confidence === 'number' ? clamp(String(object.confidence)) : undefined),
        ...optional('tlp', tlp),
        ...optional('feed', names.get(object.created_by_ref)),
        ...optional('description', typeof object.name === 'string' ? object.name.slice(0, 300) : undefined),
      },
      line,
    );
  }
}

/** Markings that STIX 2.1 defines itself (section 7.2.1.4). */
const KNOWN_TLP: Readonly<Record<string, string>> = {
  'marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9': 'white',
  'marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da': 'green',
  'marking-definition--f88d31f6-486f-44da-b317-01333bde0b82': 'amber',
  'marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed': 'red',
};

// null: something stands there that is no date
function readDate(text: unknown): number | undefined | null {
  if (text === undefined || text === '') return undefined;
  if (typeof text !== 'string' || !/^\d{4}(?:-\d{2}(?:-\d{2}(?:[T ].{5,24})?)?)?$/.test(text.trim())) return null;
  const time = Date.parse(text.trim());
  return Number.isNaN(time) ? null : time;
}

function clamp(text: string): number | undefined {
  const number = Number(text);
  return Number.isFinite(number) ? Math.max(0, Math.min(100, Math.round(number))) : undefined;
}

function optional<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]: V });
}
