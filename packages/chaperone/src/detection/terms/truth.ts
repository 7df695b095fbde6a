/**
 * Three-valued answers. `idle`: nothing was asked, or the question has no meaning for this event. An answer of `unknown` carries
 * why, and what would let us tell; it never counts as good and never as broken.
 */
export type Answer =
  | { readonly truth: 'yes' | 'idle' }
  | {
      readonly truth: 'no';
      readonly because: string;
      readonly field?: string;
      readonly value?: string;
      readonly expected?: string;
    }
  | { readonly truth: 'unknown'; readonly reason: string; readonly mend: string };

export const YES: Answer = { truth: 'yes' };
export const IDLE: Answer = { truth: 'idle' };

/** Parts of a term, in the order in which a finding names them. */
export type PartName = 'until' | 'when' | 'from' | 'edge' | 'to' | 'with' | 'vpn' | 'ticket' | 'mfa';

export type Answers = ReadonlyMap<PartName, Answer>;

/** All parts must hold: one `no` breaks the term, else one `unknown` leaves it open. */
export function allOf(answers: Answers): 'yes' | 'no' | 'unknown' {
  let truth: 'yes' | 'unknown' = 'yes';
  for (const answer of answers.values()) {
    if (answer.truth === 'no') return 'no';
    if (answer.truth === 'unknown') truth = 'unknown';
  }
  return truth;
}

/** One term is enough: one `yes` allows, else one `unknown` leaves it open, else it is broken. */
export function anyOf(truths: readonly ('yes' | 'no' | 'unknown')[]): 'yes' | 'no' | 'unknown' {
  if (truths.includes('yes')) return 'yes';
  return truths.includes('unknown') ? 'unknown' : 'no';
}
