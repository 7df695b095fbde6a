import type { Level } from '@chaperone/sigma';

/** The kinds of detector (architecture: one finding form for all). */
export type Detector = 'rule' | 'correlation' | 'indicator' | 'term' | 'change' | 'silence';

/** One field whose value made a rule, term or indicator hold. */
export interface Evidence {
  /** selection of the rule, part of the term, or indicator type */
  readonly selection?: string;
  /** as its author wrote it, e.g. `CommandLine|contains` */
  readonly item?: string;
  readonly field: string;
  /** the event's value, cut to a sane length */
  readonly value: string;
  /** what was asked for, e.g. `*\rundll32.exe` */
  readonly expected?: string;
  /** the part of the value that matched, as [from, to) in UTF-16 units of `value` */
  readonly part?: readonly [number, number];
}

/** A finding: one line of findings.jsonl. Times are RFC 3339 UTC with microseconds. */
export interface Finding {
  readonly id: string;
  /** when it happened by the source's clock; null where the source states no time */
  readonly time: string | null;
  /** for correlations: end of the window */
  readonly time_end?: string;
  readonly level: Level;
  readonly confidence: 'low' | 'medium' | 'high';
  readonly detector: Detector;
  readonly rule: {
    readonly id: string;
    readonly title: string;
    readonly author?: string;
    readonly license?: string;
    readonly file?: string;
    readonly tags: readonly string[];
  };
  readonly source: { readonly file: string; readonly record: number; readonly offset?: number };
  /** further events of the same finding (correlations) */
  readonly sources?: readonly { readonly file: string; readonly record: number; readonly offset?: number }[];
  readonly organization: string | null;
  readonly provider: string | null;
  readonly account: string | null;
  readonly host: string | null;
  /** all hosts that it is about, where there are several; `host` is the first of them */
  readonly hosts?: readonly string[];
  readonly src_ip: string | null;
  /** sentences: who did what to what, when, how we know */
  readonly why: string;
  readonly evidence: readonly Evidence[];
  /** ATT&CK: tactic short names and technique ids, from the rule's tags */
  readonly attack: { readonly tactics: readonly string[]; readonly techniques: readonly string[] };
  /** how the provider was attributed, e.g. `account CLINIC\\msp-adm is declared for Northgate` */
  readonly attribution?: string;
  /** kind of event, e.g. `windows/Security/Microsoft-Windows-Security-Auditing/4624`, and its raw form (cut) */
  readonly event?: { readonly class: string; readonly raw?: string };
}
