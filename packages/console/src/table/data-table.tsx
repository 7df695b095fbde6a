import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type ReactNode, useMemo, useRef, useState } from 'react';
import { count } from '../parts/count.ts';
import { saveCsv } from '../parts/save-csv.ts';
import { Scrolls } from '../parts/scrolls.tsx';
import { useAddress } from './address.ts';
import type { Column } from './column.ts';
import { ColumnChoice } from './column-choice.tsx';
import { useHidden } from './remembered.ts';
import { Row } from './row.tsx';
import { sorted } from './sorted.ts';
import { TableHead } from './table-head.tsx';

interface Props<Item> {
  /** what the rows are, e.g. `findings`: caption, file name, and where chosen columns are kept */
  readonly name: string;
  readonly rows: readonly Item[];
  readonly columns: readonly Column<Item>[];
  readonly rowKey: (row: Item) => string;
  readonly open?: (row: Item) => void;
  readonly picked?: string;
  /** said instead of an empty table: what would fill it, and how */
  readonly empty: ReactNode;
  /** reads the next page; undefined where this is all */
  readonly more?: () => void;
  /** without the line above it: for small tables beside others */
  readonly plain?: boolean;
}

/** Above this only the rows in sight are drawn. */
const many = 150;

/** A dense table: sorted in the address bar, by keyboard, with chosen columns and CSV, quick with very many rows. */
export function DataTable<Item>({ name, rows, columns, rowKey, open, picked, empty, more, plain }: Props<Item>) {
  const [address, change] = useAddress();
  const box = useRef<HTMLDivElement>(null);
  const [marked, setMarked] = useState<ReadonlySet<string>>(new Set());
  const [hidden, setHidden] = useHidden(
    name,
    columns.filter((column) => column.more).map(({ id }) => id),
  );
  const shown = columns.filter(({ id }) => !hidden.has(id));
  const ordered = useMemo(() => sorted(rows, columns, address.sort), [rows, columns, address.sort]);
  const virtual = ordered.length > many;
  const virtualizer = useVirtualizer({
    count: virtual ? ordered.length : 0,
    getScrollElement: () => box.current,
    estimateSize: () => 33,
    overscan: 20,
  });
  if (rows.length === 0) return <div className="note">{empty}</div>;

  const save = () => {
    const chosen = marked.size > 0 ? ordered.filter((row) => marked.has(rowKey(row))) : ordered;
    saveCsv(name, [shown.map(({ title }) => title), ...chosen.map((row) => shown.map(({ value }) => value(row)))]);
  };
  const mark = (event: KeyboardEvent) => {
    const key = (event.target as HTMLElement).closest('tr')?.dataset.key;
    if (event.key !== 'x' || key === undefined) return;
    const next = new Set(marked);
    if (!next.delete(key)) next.add(key);
    setMarked(next);
  };
  const seen = virtualizer.getVirtualItems();
  const drawn = virtual ? seen.map(({ index }) => index) : ordered.map((_, index) => index);
  const above = virtual ? (seen[0]?.start ?? 0) : 0;
  const below = virtual ? virtualizer.getTotalSize() - (seen.at(-1)?.end ?? 0) : 0;
  const marks = marked.size > 0 ? `, ${marked.size} marked` : '';
  return (
    <div>
      {plain !== true && (
        <div className="table-tools">
          <span>
            {count(rows.length, 'row')}
            {more === undefined ? '' : ' so far'}
            {marks}
          </span>
          <ColumnChoice columns={columns} hidden={hidden} change={setHidden} />
          <button type="button" className="button small" onClick={save}>
            CSV
          </button>
        </div>
      )}
      <Scrolls className={virtual ? 'table-box tall' : 'table-box'} box={box} label={name}>
        <table className="data" role="table" aria-rowcount={ordered.length + 1} onKeyDown={mark}>
          <caption className="sr-only">{name}</caption>
          <TableHead columns={shown} sort={address.sort} change={(sort) => change({ sort })} />
          <tbody role="rowgroup">
            {above > 0 && <Gap height={above} />}
            {drawn.map((index) => {
              const row = ordered[index]!;
              const key = rowKey(row);
              const state = { picked: key === picked, marked: marked.has(key) };
              return <Row key={key} id={key} row={row} index={index} columns={shown} open={open} {...state} />;
            })}
            {below > 0 && <Gap height={below} />}
          </tbody>
        </table>
      </Scrolls>
      {more !== undefined && (
        <p className="acts">
          <button type="button" className="button" onClick={more}>
            Read more rows
          </button>
        </p>
      )}
    </div>
  );
}

/** Stands for the rows that are out of sight. */
function Gap({ height }: { readonly height: number }) {
  return (
    <tr>
      <td style={{ height }} />
    </tr>
  );
}
