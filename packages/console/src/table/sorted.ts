import type { Column } from './column.ts';

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** Rows by a column; `-name` turns it round. Unknown names leave the order as it came. */
export function sorted<Row>(rows: readonly Row[], columns: readonly Column<Row>[], sort: string | undefined) {
  const down = sort?.startsWith('-') ?? false;
  const column = columns.find(({ id }) => id === (down ? sort?.slice(1) : sort));
  if (column === undefined) return rows;
  const order = (a: Row, b: Row) => {
    const [left, right] = [column.value(a), column.value(b)];
    return typeof left === 'number' && typeof right === 'number'
      ? left - right
      : collator.compare(String(left), String(right));
  };
  return [...rows].sort((a, b) => (down ? -order(a, b) : order(a, b)));
}
