/** What is known of an indicator when it is asked whether it still counts. Times in milliseconds since 1970. */
export interface Standing {
  /** 0 to 100; null: neither the indicator nor its feed says */
  readonly confidence: number | null;
  readonly validFrom: number | null;
  readonly validUntil: number | null;
  readonly revoked: boolean;
  readonly warningList: string | null;
  /** when its feed last listed it */
  readonly lastListed: number;
  /** when we, or somebody whose sighting we were told of, last saw it */
  readonly lastSighting: number | null;
  readonly halfLifeDays: number | null;
}

export type StandingRule =
  | 'revoked'
  | 'warning_list'
  | 'not_yet'
  | 'ended'
  | 'decayed_away'
  | 'decayed'
  | 'renewed_by_sighting'
  | 'stated'
  | 'unstated';

export interface Effective {
  /** whether it is matched */
  readonly active: boolean;
  /** 0 to 100; null: nobody says, and nothing decays it */
  readonly confidence: number | null;
  /** which rule decided */
  readonly rule: StandingRule;
  /** the same in a sentence */
  readonly words: string;
}

const DAY = 86_400_000;
/** Below this an indicator says nothing any more: after some four half-lives from full confidence. */
export const LEAST = 5;
/** What decays where neither the indicator nor its feed states a confidence. */
export const UNSTATED = 50;
/** Less than a tenth of a half-life isn't worth a word. */
const FRESH = 0.1;

/**
 * Whether an indicator counts now, how much, and which rule decided. Its author's end is always honoured: no sighting and no half-life of ours
 * lengthens it. The half-life of the feed decays only what has no end, from the last time that the feed listed it or somebody saw it.
 */
export function effectiveConfidence(standing: Standing, now: number): Effective {
  const { confidence, validFrom, validUntil, halfLifeDays, lastListed, lastSighting, warningList } = standing;
  if (standing.revoked) return off('revoked', 'Its feed withdrew it.');
  if (validUntil !== null && validUntil <= now) return off('ended', `Its feed stood for it until ${day(validUntil)}.`);
  if (warningList !== null)
    return off('warning_list', `It is on the warning list "${warningList}": it would match everywhere.`);
  if (validFrom !== null && validFrom > now) return off('not_yet', `Its feed stands for it from ${day(validFrom)} on.`);
  if (validUntil !== null || halfLifeDays === null) {
    const end = validUntil === null ? '' : ` Its feed stands for it until ${day(validUntil)}.`;
    return confidence === null
      ? { active: true, confidence, rule: 'unstated', words: `Its feed states no confidence.${end}` }
      : { active: true, confidence, rule: 'stated', words: `Its feed's confidence is ${confidence} of 100.${end}` };
  }
  const renewed = lastSighting !== null && lastSighting > lastListed;
  const since = Math.min(now, renewed ? lastSighting : lastListed);
  const halves = (now - since) / (halfLifeDays * DAY);
  const from = confidence ?? UNSTATED;
  const left = Math.round(from * 0.5 ** halves);
  const because = `${renewed ? 'last seen' : 'last listed'} on ${day(since)}, and its feed's half-life is ${halfLifeDays} days`;
  const origin = confidence === null ? `${from} of 100, since nobody states one` : `${from} of 100`;
  if (left < LEAST) return off('decayed_away', `Nothing is left of its confidence of ${origin}: ${because}.`, left);
  if (renewed)
    return {
      active: true,
      confidence: left,
      rule: 'renewed_by_sighting',
      words: `Its confidence is ${left} (from ${origin}): ${because}; the sighting renewed it.`,
    };
  if (halves < FRESH) return { active: true, confidence: left, rule: 'stated', words: `Its confidence is ${origin}.` };
  return {
    active: true,
    confidence: left,
    rule: 'decayed',
    words: `Its confidence is ${left} (from ${origin}): ${because}.`,
  };
}

function off(rule: StandingRule, words: string, confidence = 0): Effective {
  return { active: false, confidence, rule, words };
}

function day(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 10);
}
