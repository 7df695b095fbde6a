import type { Finding } from '../detection/index.ts';
import { cut, inert } from './inert.ts';

const columns: readonly (readonly [string, (finding: Finding) => string | number | null | undefined])[] = [
  ['time', (f) => f.time],
  ['time_end', (f) => f.time_end],
  ['level', (f) => f.level],
  ['confidence', (f) => f.confidence],
  ['detector', (f) => f.detector],
  ['rule_title', (f) => f.rule.title],
  ['rule_id', (f) => f.rule.id],
  ['rule_author', (f) => f.rule.author],
  ['organization', (f) => f.organization],
  ['provider', (f) => f.provider],
  ['account', (f) => f.account],
  ['host', (f) => f.host],
  ['src_ip', (f) => f.src_ip],
  ['why', (f) => f.why],
  ['tactics', (f) => f.attack.tactics.join(' ')],
  ['techniques', (f) => f.attack.techniques.join(' ')],
  ['source_file', (f) => f.source.file],
  ['source_record', (f) => f.source.record],
  ['event_class', (f) => f.event?.class],
  ['id', (f) => f.id],
];

/** A cell's longest text: Excel refuses more than 32,767 characters. */
const most = 32_000;

/**
 * `findings.csv`: RFC 4180, UTF-8, CRLF, a header. Cells hold no control characters, and one that a spreadsheet would take
 * for a formula starts with an apostrophe.
 */
export async function* findingsCsv(findings: Iterable<Finding> | AsyncIterable<Finding>): AsyncGenerator<string> {
  yield `${columns.map(([name]) => name).join(',')}\r\n`;
  for await (const finding of findings) yield `${columns.map(([, of]) => csvCell(of(finding))).join(',')}\r\n`;
}

/**
 * One cell. A text whose first visible character is `= + - @` (or its full-width twin), a tab or a line end would be run as
 * a formula by Excel, LibreOffice or Google Sheets: it gets an apostrophe in front, which they show as text.
 */
export function csvCell(value: string | number | null | undefined): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number') return String(value);
  const plain = inert(cut(value, most));
  const safe = /^[\s'"]*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/.test(value) ? `'${plain}` : plain;
  return /[",\r\n]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
