import type { Level } from '@chaperone/sigma';
import type { Finding } from './finding.ts';

/** summary.json: what was read, what was not, what was found. Public: has a JSON Schema. Times RFC 3339 UTC. */
export interface Summary {
  readonly version: string;
  readonly started: string;
  readonly finished: string;
  readonly seconds: number;
  readonly paths: readonly string[];
  /** lowest level that makes the exit code 1 */
  readonly level?: Level;
  /** the organisation's IANA zone, in which a report shows times */
  readonly zone?: string;
  /** true: the scan was stopped before its end, and this is what was found until then */
  readonly interrupted?: boolean;
  readonly organization: string | null;
  readonly registry: string | null;
  readonly verdict: {
    /** `clean`: nothing at or above the level and nothing unread; `incomplete`: nothing found but something could not be read */
    readonly state: 'compromise_likely' | 'suspicious' | 'attention' | 'clean' | 'incomplete';
    /** one or two plain sentences */
    readonly text: string;
  };
  /** the five things to look at first */
  readonly first: readonly {
    readonly title: string;
    readonly why: string;
    readonly level: Level;
    readonly finding?: string;
  }[];
  readonly files: {
    readonly read: number;
    readonly unread: readonly Problem[];
  };
  readonly bytes: { readonly read: number };
  readonly records: {
    readonly read: number;
    readonly unread: number;
    readonly problems: readonly Problem[];
    /** records without a time stamp; records outside --since/--until */
    readonly untimed: number;
    readonly outside: number;
  };
  /** mistakes in what the user gave beside the logs (registry, indicators): the rest of those files was used */
  readonly notices?: readonly Problem[];
  /** the registry's exceptions, with how many findings each held back; absent without any */
  readonly exceptions?: readonly {
    /** `provider/term` or the name of a check */
    readonly term: string;
    readonly provider: string | null;
    readonly account: string | null;
    readonly host: string | null;
    readonly owner: string;
    readonly reason: string;
    /** the last day on which it holds, YYYY-MM-DD */
    readonly end: string;
    readonly held_back: number;
  }[];
  readonly rules: {
    readonly loaded: number;
    readonly refused: readonly {
      readonly file: string;
      readonly line: number;
      readonly rule: string | null;
      readonly code: string;
      readonly reason: string;
      readonly mend: string;
    }[];
    readonly warnings: number;
  };
  readonly findings: {
    /** findings of terms that were left out because there are too many to list; absent where there are none */
    readonly omitted?: number;
    readonly total: number;
    readonly by_level: Readonly<Record<Level, number>>;
    readonly by_rule: readonly {
      readonly id: string;
      readonly title: string;
      readonly level: Level;
      readonly count: number;
    }[];
    readonly by_provider: readonly { readonly provider: string | null; readonly count: number }[];
  };
  readonly coverage: {
    /** a source is a kind of log from a host; days are those with at least one event (YYYY-MM-DD, UTC) */
    readonly sources: readonly {
      readonly kind: string;
      readonly host: string | null;
      readonly events: number;
      readonly first: string | null;
      readonly last: string | null;
      readonly days: readonly string[];
    }[];
    /** questions that could not be answered, why, and what would let us answer */
    readonly unanswered: readonly { readonly question: string; readonly reason: string; readonly mend: string }[];
  };
  readonly accounts: readonly AccountUse[];
}

export interface Problem {
  readonly file: string;
  readonly code: string;
  readonly reason: string;
  readonly mend: string;
  readonly severity?: 'error' | 'warning';
  /** 1-based place in a file that a person wrote */
  readonly line?: number;
  readonly column?: number;
  readonly record?: number;
  readonly offset?: number;
  /** how many records this stands for */
  readonly records?: number;
}

/** Three-valued last use of an account (model: last_used). */
export interface AccountUse {
  readonly account: string;
  readonly provider: string | null;
  readonly declared: boolean;
  readonly use: 'seen' | 'never' | 'unknown';
  readonly first: string | null;
  readonly last: string | null;
  readonly events: number;
  /** why unknown, or by which witness */
  readonly note: string;
}

/** Everything a report is made from. */
export interface ScanResult {
  readonly summary: Summary;
  /** findings kept for the report (bounded per rule; counts in the summary are complete), in order of time */
  readonly findings: readonly Finding[];
  /** how many findings there were per hour (RFC 3339 of the hour's start) and level */
  readonly timeline: readonly { readonly hour: string; readonly level: Level; readonly count: number }[];
  readonly by_account: readonly Group[];
  readonly by_host: readonly Group[];
  readonly by_provider: readonly Group[];
  readonly by_tactic: readonly Group[];
  /** a proposed chaperone.yaml, where no registry was given */
  readonly proposal: string | null;
}

export interface Group {
  readonly name: string;
  readonly count: number;
  readonly by_level: Readonly<Partial<Record<Level, number>>>;
  readonly first: string | null;
  readonly last: string | null;
  /** the rules behind it, most frequent first, at most ten */
  readonly rules: readonly { readonly id: string; readonly title: string; readonly count: number }[];
}
