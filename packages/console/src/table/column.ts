import type { ReactNode } from 'react';

/** A column of a table: what it shows, and what of it is sorted and saved. */
export interface Column<Row> {
  readonly id: string;
  readonly title: string;
  /** what sorts and goes into CSV */
  readonly value: (row: Row) => string | number;
  /** left out: `value` as inert text */
  readonly show?: (row: Row) => ReactNode;
  readonly end?: boolean;
  readonly wrap?: boolean;
  /** hidden until chosen */
  readonly more?: boolean;
}
