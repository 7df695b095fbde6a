import { LogText } from '../parts/log-text.tsx';
import type { Column } from './column.ts';

interface Props<Item> {
  readonly id: string;
  readonly row: Item;
  readonly index: number;
  readonly columns: readonly Column<Item>[];
  readonly open?: (row: Item) => void;
  readonly picked: boolean;
  readonly marked: boolean;
}

/** One row. Its first cell is the button that opens it, so that keyboard and screen reader have one too. */
export function Row<Item>({ id, row, index, columns, open, picked, marked }: Props<Item>) {
  const classes = [open === undefined ? '' : 'can-open', picked ? 'picked' : '', marked ? 'marked' : ''];
  return (
    <tr
      role="row"
      data-key={id}
      aria-rowindex={index + 2}
      className={classes.filter((name) => name !== '').join(' ')}
      onClick={(event) => {
        const inside = (event.target as HTMLElement).closest('a, button, input, select, label');
        if (inside === null && getSelection()?.isCollapsed !== false) open?.(row);
      }}
    >
      {columns.map((column, place) => {
        const content = column.show?.(row) ?? <LogText text={String(column.value(row))} />;
        const text = column.wrap ? 'wrap' : column.end ? 'end' : '';
        return (
          <td key={column.id} role="cell" className={text} data-label={column.title}>
            {place === 0 && open !== undefined ? (
              <button type="button" className="open" data-row onClick={() => open(row)}>
                <span>{content}</span>
                {marked && <span className="sr-only"> (marked)</span>}
              </button>
            ) : (
              content
            )}
          </td>
        );
      })}
    </tr>
  );
}
