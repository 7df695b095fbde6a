import type { ColumnType } from 'kysely';

/** timestamptz: read as a Date, written as Date or text */
export type Time = ColumnType<Date, Date | string, Date | string>;
export type TimeOrNull = ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;
export type TimeNow = ColumnType<Date, Date | string | undefined, Date | string>;
/** bigint: read as a number (counts stay far below 2^53) */
export type Count = ColumnType<number, number | undefined, number>;
/** jsonb: read parsed, written as text of JSON */
export type Json<T = unknown> = ColumnType<T, string, string>;
export type JsonOrNull<T = unknown> = ColumnType<T | null, string | null | undefined, string | null>;
export type Default<T> = ColumnType<T, T | undefined, T>;
export type OrNull<T> = ColumnType<T | null, T | null | undefined, T | null>;
