import type { Offer } from '../view.ts';

/**
 * Where events lie in ClickHouse. The columns hold an event in the form that `sqlRow` gives it:
 *
 *     CREATE TABLE events (
 *       id      UInt64,
 *       time    Int64,                                        -- microseconds since 1970 UTC
 *       kind    LowCardinality(String),                       -- class of the event; optional
 *       fields  Map(LowCardinality(String), Array(String)),   -- the source's field name → its values as text
 *       numbers Map(LowCardinality(String), Array(Float64)),  -- the values that are numbers
 *       raw     String                                        -- the raw text; empty where there is none
 *     ) ENGINE = MergeTree ORDER BY time
 */
export interface TableMapping {
  readonly database?: string;
  readonly table: string;
  readonly columns: {
    readonly fields: string;
    readonly numbers: string;
    /** left out: keywords look at field values only */
    readonly raw?: string;
    /** Int64, microseconds; needed for correlations */
    readonly time?: string;
    /** needed with `kinds` */
    readonly kind?: string;
    /** what a SELECT shows */
    readonly shown: readonly string[];
  };
  /**
   * The kinds of event that the table holds and the log sources that each is offered as. Given these, a rule asks only
   * events of the kinds that its log source means, under each one's field names; without, it asks all events.
   */
  readonly kinds?: readonly { readonly key: string; readonly offers: readonly Offer[] }[];
}
