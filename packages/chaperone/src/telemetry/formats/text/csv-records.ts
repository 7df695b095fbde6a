import type { Place, Unread } from '../../event.ts';
import { unread } from '../event/unread.ts';
import { splitCsv } from './split-csv.ts';

/** A quoted cell may go on over lines; a record longer than this is taken as it stands. */
const MAX_RECORD = 4 << 20;
const MAX_LINES = 10_000;

/** A whole record: its cells, its text, and the line on which it began. */
export interface CsvRecord {
  readonly cells: string[];
  readonly text: string;
  readonly place: Place;
}

/** Joins the lines of a CSV file to records: a quote that is open at the end of a line goes on in the next. */
export class CsvRecords {
  readonly #delimiter: number;
  #pending: string[] = [];
  #length = 0;
  #open = false;
  #place: Place | undefined;

  constructor(delimiter = 44) {
    this.#delimiter = delimiter;
  }

  /** The record that ends with this line, or undefined while one is open or the line is empty. */
  line(text: string, place: Place): CsvRecord | undefined {
    if (this.#pending.length === 0 && text.trim() === '') return undefined;
    this.#place ??= place;
    this.#pending.push(text);
    this.#length += text.length;
    // Quotes come in pairs, doubled ones too: an odd count opens or closes a cell
    if (countQuotes(text) % 2 === 1) this.#open = !this.#open;
    if (this.#open && this.#length < MAX_RECORD && this.#pending.length < MAX_LINES) return undefined;
    return this.#take();
  }

  /** Tells of a record that never ended. */
  end(code: string): Unread | undefined {
    if (this.#pending.length === 0 || this.#place === undefined) return undefined;
    const lines = this.#pending.length;
    const place = this.#place;
    this.#take();
    return unread(
      place,
      code,
      `a quote is never closed: ${lines} line${lines === 1 ? '' : 's'} to the end of the file belong to it`,
      'the file may be cut: export it again',
    );
  }

  #take(): CsvRecord {
    const text = this.#pending.length === 1 ? this.#pending[0] : this.#pending.join('\n');
    const record = { cells: splitCsv(text, 0, this.#delimiter), text, place: this.#place as Place };
    this.#pending = [];
    this.#length = 0;
    this.#open = false;
    this.#place = undefined;
    return record;
  }
}

function countQuotes(text: string): number {
  let count = 0;
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) count += 1;
  return count;
}
