import { DataTable } from '../../table/data-table.tsx';

/** Names and values of an event. */
export function FieldTable({ name, of }: { readonly name: string; readonly of: Readonly<Record<string, unknown>> }) {
  const rows = Object.entries(of).map(([field, value]) => ({ field, value: textOf(value) }));
  return (
    <DataTable
      name={name}
      rows={rows}
      rowKey={({ field }) => field}
      empty="The event has none: it is kept as it came, and shown under Raw text."
      columns={[
        { id: 'field', title: 'Field', value: ({ field }) => field },
        { id: 'value', title: 'Value', value: ({ value }) => value, wrap: true },
      ]}
    />
  );
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(textOf).join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}
