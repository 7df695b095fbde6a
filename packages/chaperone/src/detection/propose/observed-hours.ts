import type { Candidate } from './candidates.ts';

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
/** A span of nearly the whole day limits nothing. */
const WHOLE = 21;

/** The hours and weekdays (by the proposal's clock) at which accounts were seen, as a term's `when`; undefined where they limit nothing. */
export function describeObserved(
  candidates: readonly Candidate[],
): { readonly when: string; readonly why: string } | undefined {
  const hours = candidates.reduce((bits, candidate) => bits | candidate.hours, 0);
  const weekdays = candidates.reduce((bits, candidate) => bits | candidate.weekdays, 0);
  if (hours === 0) return undefined;
  const span = shortestSpan(hours);
  const days = DAYS.filter((_, at) => (weekdays & (1 << at)) !== 0);
  const parts: string[] = [];
  if (days.length > 0 && days.length < 7) parts.push(`days: [${days.join(', ')}]`);
  if (span.length < WHOLE) parts.push(`hours: "${clock(span.from)}-${clock((span.from + span.length) % 24)}"`);
  if (parts.length === 0) return undefined;
  const seen = Array.from({ length: 24 }, (_, hour) => hour).filter((hour) => (hours & (1 << hour)) !== 0);
  return { when: `{ ${parts.join(', ')} }`, why: `seen in the hours ${seen.join(', ')}` };
}

// The shortest run around the clock that holds all hours: what is left out is the longest gap.
function shortestSpan(bits: number): { from: number; length: number } {
  let best = { from: 0, length: 24 };
  for (let from = 0; from < 24; from++) {
    if ((bits & (1 << from)) === 0) continue;
    let length = 0;
    for (let step = 0; step < 24; step++) if ((bits & (1 << ((from + step) % 24))) !== 0) length = step + 1;
    if (length < best.length) best = { from, length };
  }
  return best;
}

function clock(hour: number): string {
  return `${String(hour).padStart(2, '0')}:00`;
}
