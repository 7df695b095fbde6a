import type { Plan, RuleSet } from '@chaperone/sigma';
import type { RowBatch } from '../../storage/index.ts';
import type { PackedIndicators } from '../indicators/index.ts';
import type { MetIndicator } from '../indicators/live/index.ts';
import type { LiveException } from './exceptions.ts';
import type { LiveFinding } from './live-finding.ts';
import type { MaskRule } from './masking.ts';

/** Everything that an organisation's events are judged by; plain data but for the mask. Times in microseconds since 1970 unless said. */
export interface LiveSetup {
  /** UUID */
  readonly organization: string;
  readonly slug: string;
  /** IANA */
  readonly zone: string;
  readonly rules: RuleSet;
  /** names the set of rules: setups with the same name have the same */
  readonly rulesKey?: string;
  /** ids of rules that are switched off */
  readonly off?: readonly string[];
  /** text of the registry in force, and its number */
  readonly registry: { readonly text: string; readonly version: number } | undefined;
  readonly indicators: PackedIndicators;
  readonly exceptions: readonly LiveException[];
  /** how long correlations wait for late events */
  readonly lateness: number;
}

/** Rules and their plan, which engines of several organisations may share: neither knows whose events it is asked about. */
export interface LiveRules {
  readonly rules: RuleSet;
  readonly plan: Plan;
}

/** One source as the engine knows it. */
export interface LiveSource {
  readonly id: string;
  readonly name: string;
  readonly zone: string;
  readonly format: string | undefined;
  readonly masking: readonly MaskRule[];
}

/** Records of one source, ready to be judged. */
export interface LiveBatch {
  readonly source: LiveSource;
  readonly texts: readonly string[];
  readonly received: number;
  /** salts of the events' ids, one a record; ids where they are known already (replay) */
  readonly salts: readonly string[];
  readonly ids?: readonly string[];
  /** tell every finding with its document, as if none were stored */
  readonly whole?: boolean;
}

export interface JudgedBatch {
  /** for `confirm` */
  readonly number: number;
  readonly rows: RowBatch;
  readonly findings: readonly LiveFinding[];
  readonly misread: readonly {
    readonly index: number;
    readonly code: string;
    readonly message: string;
    readonly mend: string;
    readonly line: string;
  }[];
  /** hits by Sigma id of the rule */
  readonly hits: readonly (readonly [rule: string, count: number])[];
  /** indicators met, with how many events had them and when last, milliseconds since 1970 */
  readonly met: readonly MetIndicator[];
  /** newest time stated; NaN where none is */
  readonly newest: number;
  /** median of received - time, microseconds; NaN where no event states a time */
  readonly offset: number;
  /** kinds of events met for the first time */
  readonly kinds: readonly string[];
}
