import type { Column } from './column.ts';

interface Props<Row> {
  readonly columns: readonly Column<Row>[];
  readonly sort: string | undefined;
  readonly change: (sort: string) => void;
}

export function TableHead<Row>({ columns, sort, change }: Props<Row>) {
  return (
    <thead role="rowgroup">
      <tr role="row">
        {columns.map(({ id, title, end }) => {
          const up = sort === id;
          const down = sort === `-${id}`;
          return (
            <th
              key={id}
              role="columnheader"
              scope="col"
              className={end ? 'end' : ''}
              aria-sort={up ? 'ascending' : down ? 'descending' : undefined}
            >
              <button type="button" onClick={() => change(up ? `-${id}` : id)}>
                {title}
                <span aria-hidden="true">{up ? ' ↑' : down ? ' ↓' : ''}</span>
              </button>
            </th>
          );
        })}
      </tr>
    </thead>
  );
}
