import type { EventRow } from './event-row.ts';
import type { RowBatch } from './event-store.ts';

const PLAIN = /[\\'\t\n\r\0\b\f]/;
const ESCAPED = /[\\'\t\n\r\0\b\f]/g;
const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  "'": "\\'",
  '\t': '\\t',
  '\n': '\\n',
  '\r': '\\r',
  '\0': '\\0',
  '\b': '\\b',
  '\f': '\\f',
};

/** Values repeat (docs/performance.md): the escaped form of short ones is remembered, this many at most. */
const REMEMBERED = 50_000;
const SHORT = 256;
/** Times beyond these are kept as the nearest of them; the source's own text stays in `fields`. Years 1 and 9999, microseconds. */
const EARLIEST = -62_135_596_800_000_000;
const LATEST = 253_402_300_799_000_000;

/**
 * Writes events as lines of ClickHouse's TabSeparated, the fastest form that chDB takes without a copy (decision 0012). Pure: works in any
 * thread. Use: `add` rows, then `take` them as one batch.
 *
 * Texts keep every character but halves of surrogate pairs, which UTF-8 can't hold.
 */
export class EventEncoder {
  readonly #known = new Map<string, string>();
  readonly #names = new Map<string, string>();
  #parts: string[] = [];
  #rows = 0;

  get rows(): number {
    return this.#rows;
  }

  add(row: EventRow): void {
    const timed = !Number.isNaN(row.time);
    const time = timed ? Math.min(Math.max(Math.round(row.time), EARLIEST), LATEST) : row.received;
    const text = this.#text;
    this.#parts.push(
      `${row.id}\t${time}\t${timed ? 1 : 0}\t${row.received}\t${text(row.source)}\t${text(row.kind)}\t${text(row.format)}\t` +
        `${row.class_uid}\t${text(row.activity)}\t${row.outcome}\t${text(row.provider)}\t${text(row.account)}\t${text(row.person)}\t` +
        `${text(row.host)}\t${text(row.src_ip)}\t${text(row.link)}\t${row.attribution_confidence}\t${this.#list(row.attribution_by)}\t` +
        `${this.#normal(row.normal)}\t${this.#fields(row.fields)}\t${this.#numbers(row.numbers)}\t${written(row.raw)}\t` +
        `${this.#list(row.rules)}\t${this.#list(row.findings)}\n`,
    );
    this.#rows += 1;
  }

  /** What was added since the last time. */
  take(): RowBatch {
    const batch = { rows: this.#rows, bytes: new Uint8Array(Buffer.from(this.#parts.join(''))) };
    this.#parts = [];
    this.#rows = 0;
    return batch;
  }

  readonly #text = (value: string): string => {
    if (value.length > SHORT) return written(value);
    let escaped = this.#known.get(value);
    if (escaped === undefined) {
      escaped = written(value);
      if (this.#known.size >= REMEMBERED) this.#known.clear();
      this.#known.set(value, escaped);
    }
    return escaped;
  };

  #name(name: string): string {
    let quoted = this.#names.get(name);
    if (quoted === undefined) {
      quoted = `'${written(name)}':`;
      if (this.#names.size >= REMEMBERED) this.#names.clear();
      if (name.length <= SHORT) this.#names.set(name, quoted);
    }
    return quoted;
  }

  #list(values: readonly string[]): string {
    if (values.length === 0) return '[]';
    return `[${values.map((value) => `'${this.#text(value)}'`).join(',')}]`;
  }

  #normal(pairs: readonly string[]): string {
    let out = '{';
    for (let i = 0; i + 1 < pairs.length; i += 2)
      out += `${i === 0 ? '' : ','}${this.#name(pairs[i])}'${this.#text(pairs[i + 1])}'`;
    return `${out}}`;
  }

  #fields(fields: EventRow['fields']): string {
    let out = '{';
    for (const [name, values] of fields) {
      if (out.length > 1) out += ',';
      out += this.#name(name);
      if (values.length === 1) out += `['${this.#text(values[0])}']`;
      else out += this.#list(values);
    }
    return `${out}}`;
  }

  #numbers(numbers: EventRow['numbers']): string {
    let out = '{';
    for (const [name, values] of numbers) out += `${out.length > 1 ? ',' : ''}${this.#name(name)}[${values.join(',')}]`;
    return `${out}}`;
  }
}

function written(text: string): string {
  const whole = text.isWellFormed() ? text : text.toWellFormed();
  return PLAIN.test(whole) ? whole.replace(ESCAPED, (char) => ESCAPES[char]) : whole;
}
