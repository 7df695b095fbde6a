import type { Column } from './column.ts';

interface Props<Row> {
  readonly columns: readonly Column<Row>[];
  readonly hidden: ReadonlySet<string>;
  readonly change: (hidden: ReadonlySet<string>) => void;
}

/** Which columns to show. */
export function ColumnChoice<Row>({ columns, hidden, change }: Props<Row>) {
  const toggle = (id: string) => {
    const next = new Set(hidden);
    if (!next.delete(id)) next.add(id);
    change(next);
  };
  return (
    <details>
      <summary>Columns</summary>
      <div>
        {columns.slice(1).map(({ id, title }) => (
          <label key={id}>
            <input type="checkbox" checked={!hidden.has(id)} onChange={() => toggle(id)} /> {title}
          </label>
        ))}
      </div>
    </details>
  );
}
