import type { EventAccess } from '@chaperone/sigma';
import type { Outcome } from '../event.ts';

export const succeeded = (): Outcome => 'success';
export const failed = (): Outcome => 'failure';

/** Bits 53 and 52 of the keywords: audit success and failure (winmeta.xml). NXLog writes them as a signed number. */
const SUCCESS = 0x20n << 48n;
const FAILURE = 0x10n << 48n;

const known = new Map<unknown, Outcome>([
  ['0x8020000000000000', 'success'],
  ['0x8010000000000000', 'failure'],
  [Number(-9214364837600034816n), 'success'],
  [Number(-9218868437227405312n), 'failure'],
  ['Audit Success', 'success'],
  ['Audit Failure', 'failure'],
  ['Success Audit', 'success'],
  ['Failure Audit', 'failure'],
  ['AUDIT_SUCCESS', 'success'],
  ['AUDIT_FAILURE', 'failure'],
]);

/** What the audit keywords say. */
export function auditOutcome(event: EventAccess): Outcome {
  const value = event.get('Keywords');
  if (Array.isArray(value)) {
    for (const one of value) {
      const outcome = ofKeyword(one);
      if (outcome !== 'unknown') return outcome;
    }
    return 'unknown';
  }
  return ofKeyword(value);
}

function ofKeyword(value: unknown): Outcome {
  const found = known.get(value);
  if (found !== undefined) return found;
  if (typeof value === 'bigint' || (typeof value === 'string' && /^0x[0-9a-f]{1,16}$/i.test(value))) {
    const bits = BigInt(value);
    if ((bits & SUCCESS) !== 0n) return 'success';
    if ((bits & FAILURE) !== 0n) return 'failure';
  }
  return 'unknown';
}

/** Success where the status field is zero, in any spelling; failure where it is anything else. */
export function statusOutcome(event: EventAccess): Outcome {
  const status = event.get('Status');
  if (status === undefined || status === null || status === '' || status === '-') return 'unknown';
  return Number(status) === 0 ? 'success' : 'failure';
}
