/** Cells beyond this aren't read: a line may be an attacker's. */
const MAX_CELLS = 2048;

/**
 * Splits one line of comma-separated values (RFC 4180): a cell may be quoted, with `""` for a quote inside. What is wrong
 * is read as it stands: a quote inside an unquoted cell is itself, a quote without end takes the rest.
 */
export function splitCsv(text: string, from = 0, delimiter = 44): string[] {
  const cells: string[] = [];
  const { length } = text;
  const separator = String.fromCharCode(delimiter);
  let at = from;
  while (cells.length < MAX_CELLS) {
    if (text.charCodeAt(at) === 34) {
      const end = closing(text, at + 1);
      const cell = text.slice(at + 1, end);
      cells.push(cell.includes('""') ? cell.replaceAll('""', '"') : cell);
      at = end + 1;
      if (at >= length) return cells;
      // Whatever follows the closing quote up to the delimiter is dropped
      if (text.charCodeAt(at) !== delimiter) at = next(text, separator, at);
    } else {
      const end = next(text, separator, at);
      cells.push(text.slice(at, end));
      at = end;
    }
    if (at >= length) return cells;
    at += 1;
    if (at === length) {
      cells.push('');
      return cells;
    }
  }
  return cells;
}

function closing(text: string, from: number): number {
  let at = text.indexOf('"', from);
  while (at >= 0 && text.charCodeAt(at + 1) === 34) at = text.indexOf('"', at + 2);
  return at < 0 ? text.length : at;
}

function next(text: string, separator: string, from: number): number {
  const at = text.indexOf(separator, from);
  return at < 0 ? text.length : at;
}
