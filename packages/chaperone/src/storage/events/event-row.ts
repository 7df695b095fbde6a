/** Who is behind a stored event, as the registry said when it came; empty text: nobody known. */
export interface Attributed {
  readonly provider: string;
  readonly account: string;
  readonly person: string;
  readonly host: string;
  readonly src_ip: string;
  readonly link: string;
  readonly attribution_confidence: '' | 'low' | 'medium' | 'high';
  /** sentences */
  readonly attribution_by: readonly string[];
}

/** One event on its way into the store. Values that are absent are empty, not null. */
export interface EventRow extends Attributed {
  /** UUID as 16 bytes in network order, or as text */
  readonly id: string;
  /** microseconds since 1970 UTC by the source's clock; NaN: it states none (stored as `received`, `timed` 0) */
  readonly time: number;
  readonly received: number;
  readonly source: string;
  readonly kind: string;
  readonly format: string;
  readonly class_uid: number;
  readonly activity: string;
  readonly outcome: 'success' | 'failure' | 'unknown';
  /** normal form as pairs: path, value, path, value ... */
  readonly normal: readonly string[];
  /** source's field to its values as text; the empty name holds values that only keywords look at (docs/sigma-sql.md) */
  readonly fields: Iterable<readonly [name: string, values: readonly string[]]>;
  /** source's field to its values that are numbers */
  readonly numbers: Iterable<readonly [name: string, values: readonly number[]]>;
  /** the raw record as it came, after masking */
  readonly raw: string;
  readonly rules: readonly string[];
  readonly findings: readonly string[];
}
