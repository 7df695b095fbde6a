import type { EventClass, NormalPath, Outcome } from '../telemetry/index.ts';

/**
 * What attribution reads of an event: its normal form as plain strings, without the parts that differ from event to event
 * (ports, bytes, command lines). Many events share one Facts object; the engine interns them and counts.
 */
export interface Facts {
  readonly class: EventClass;
  readonly outcome: Outcome;
  readonly values: Readonly<Partial<Record<NormalPath, string>>>;
}

/** Who is behind an event, as far as the registry can say, with how sure and by what. */
export interface Attribution {
  /** slug or name as declared; undefined: nobody's we know of */
  readonly provider?: string;
  /** declared account name, or the event's own actor as `DOMAIN\\name`, UPN or app id */
  readonly account?: string;
  readonly person?: string;
  readonly host?: string;
  readonly src_ip?: string;
  readonly link?: string;
  readonly tool?: string;
  readonly confidence: 'low' | 'medium' | 'high';
  /** sentences: which registry fact and which value led here */
  readonly by: readonly string[];
  /** index of the declared account (`Registry.accounts`); undefined: the account isn't declared */
  readonly declared?: number;
  /** another provider that other signs of the same event point to: the access may be shared or stolen */
  readonly conflict?: string;
  /** which kinds of sign led to the provider, the surest first */
  readonly signs?: readonly SignKind[];
}

/** What an event can show of a provider. Certainty falls in this order. */
export type SignKind = 'account' | 'tenant' | 'link' | 'network' | 'host' | 'instance' | 'tool';

/** Facts seen, with how often and when: what last use, undeclared accounts, coverage and the proposal are computed from. */
export interface Activity {
  readonly facts: Facts;
  readonly attribution: Attribution;
  count: number;
  /** microseconds since 1970; undefined where no event stated a time */
  first: number | undefined;
  last: number | undefined;
  /** the place of the first event, for pointing at it */
  readonly place: { readonly file: string; readonly record: number; readonly offset?: number };
  /** days since 1970 (UTC) with at least one event */
  readonly days?: ReadonlySet<number>;
  /** hours of the UTC day in which it was seen, one bit each */
  readonly hours?: number;
}
