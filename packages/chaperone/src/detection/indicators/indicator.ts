/** The kinds of value that an indicator can be, as the engine sees them in events. */
export type IndicatorType =
  | 'domain'
  | 'url'
  | 'ip'
  | 'cidr'
  | 'email'
  | 'md5'
  | 'sha1'
  | 'sha256'
  | 'file-name'
  | 'file-path'
  | 'mutex'
  | 'pipe'
  | 'registry-key'
  | 'imphash';

/** A value that somebody saw in an attack, with who says so and for how long it holds. Times in milliseconds since 1970. */
export interface Indicator {
  readonly type: IndicatorType;
  /** normalised: lower case where case means nothing */
  readonly value: string;
  /** as its feed wrote it */
  readonly written: string;
  readonly feed: string;
  /** when it was first published or seen; undefined: the feed doesn't say */
  readonly validFrom?: number;
  /** after this its feed no longer stands for it */
  readonly validUntil?: number;
  /** 0 to 100 as in STIX; undefined: not stated */
  readonly confidence?: number;
  readonly tlp?: string;
  readonly description?: string;
}

export type IndicatorProblemCode =
  | 'INDICATORS_UNREADABLE'
  | 'INDICATORS_TOO_LARGE'
  | 'INDICATORS_ROW'
  | 'INDICATORS_PATTERN'
  | 'INDICATORS_EXPIRED'
  | 'INDICATORS_BENIGN'
  | 'INDICATORS_MANY';

/** A row or object that gave no indicator, and why. */
export interface IndicatorProblem {
  readonly code: IndicatorProblemCode;
  readonly message: string;
  readonly mend: string;
  readonly file: string;
  /** 1-based line of a CSV or list; number of the object in a bundle */
  readonly line: number;
  /** how many rows this stands for */
  readonly count?: number;
}

export interface LoadedIndicators {
  readonly indicators: readonly Indicator[];
  readonly problems: readonly IndicatorProblem[];
}
