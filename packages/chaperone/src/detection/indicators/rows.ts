import { parse } from 'csv-parse/sync';
import type { Reader } from './reader.ts';

/** Pieces that are put together while a quote is open. */
const MAX_HELD = 4;

/** A row of a CSV or list, with its line. */
export interface Row {
  readonly record: readonly string[];
  readonly line: number;
}

/** Longer rows are no indicator. */
const MAX_ROW = 100_000;

/** The rows of a piece of text; `before` lines came before it. */
export function* rowsOf(text: string, before: number, delimiter: string, reader: Reader): Generator<Row> {
  // Where nothing is quoted a row is a line, and its cells lie between delimiters: most feeds, at a tenth of the cost.
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

/** Pieces cut at line ends where no quotes are open, with the number of lines before each. A stray quote holds the cut back for a few pieces only. */
export function* wholeLines(first: string, rest: Iterable<string>): Generator<{ text: string; line: number }> {
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

/** The delimiter: commas, unless the first line knows none and has another usual one. */
export function delimiterOf(text: string): string {
  const head =
    text
      .slice(0, 2000)
      .split('\n')
      .filter((line) => !line.startsWith('#'))[0] ?? '';
  return [',', ';', '\t', '|'].find((mark) => head.includes(mark)) ?? ',';
}
