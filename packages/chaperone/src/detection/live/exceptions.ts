import { glob } from '../../registry/index.ts';
import type { Finding } from '../finding.ts';

/** An exception as the engine needs it. Ends are microseconds since 1970 UTC. */
export interface LiveException {
  readonly id: string;
  readonly detector: string | null;
  readonly rule_id: string | null;
  readonly provider: string | null;
  readonly account: string | null;
  readonly host: string | null;
  readonly src_ip: string | null;
  /** UUID */
  readonly source_id?: string | null;
  readonly fields: readonly { readonly field: string; readonly value: string }[];
  readonly ends: number;
}

const SUBJECTS = ['provider', 'account', 'host', 'src_ip'] as const;

/**
 * The exception that holds a finding back at a moment (microseconds); undefined: none. All that it names must agree; names are compared
 * without case and may have `*`. One that names nothing holds nothing.
 *
 * @param source UUID of the source from which the finding is, where it is from one
 */
export function exceptionFor(
  exceptions: readonly LiveException[],
  finding: Pick<Finding, 'detector' | 'rule' | 'provider' | 'account' | 'host' | 'src_ip' | 'evidence'>,
  now: number,
  source?: string,
): LiveException | undefined {
  return exceptions.find((one) => {
    if (now >= one.ends) return false;
    if (
      one.detector === null &&
      one.rule_id === null &&
      SUBJECTS.every((key) => one[key] === null) &&
      (one.source_id ?? null) === null &&
      one.fields.length === 0
    )
      return false;
    if (one.detector !== null && one.detector !== finding.detector) return false;
    if (one.rule_id !== null && one.rule_id !== finding.rule.id) return false;
    if ((one.source_id ?? null) !== null && one.source_id !== source) return false;
    for (const key of SUBJECTS) if (one[key] !== null && !same(one[key], finding[key])) return false;
    return one.fields.every(({ field, value }) =>
      finding.evidence.some((item) => item.field === field && same(value, item.value)),
    );
  });
}

function same(wanted: string, value: string | null): boolean {
  return value !== null && glob(wanted)(value);
}
