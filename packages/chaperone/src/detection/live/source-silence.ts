/** What is known of one source when it is asked whether it still tells what it should. Times in milliseconds since 1970 UTC. */
export interface SourcePulse {
  /** seconds within which something is expected; null: learnt from `volume` */
  readonly expected: number | null;
  readonly lastReceived: number;
  /** median of received - time, microseconds; null where no event stated a time, or where its age says nothing of a clock */
  readonly clockOffset: number | null;
  /** for how long the clock has been off by about the same, as far as events told of it */
  readonly clockSteady: number;
  /** it was found to drift and has not been well since */
  readonly drifting: boolean;
  /** records by the hour in which they were received, of the last fortnight; hours without any may be absent */
  readonly volume: ReadonlyMap<number, number>;
}

export interface SourceVerdict {
  readonly state: 'healthy' | 'silent' | 'reduced' | 'drifting';
  /** when it began */
  readonly since: number;
  /** a sentence without its subject; says as well how much is learnt yet where nothing is found */
  readonly words: string;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Days of volume below which nothing is said of what is usual. */
export const LEARNING_DAYS = 7;
/** Hours whose sum is held against the same hours of the days before. */
const COMPARED = 3;
/** Below this many records, a half of them missing is chance. */
const LEAST_USUAL = 100;
const MOST_DRIFT = 5 * MINUTE;
/** A clock that is off stays off by the same; what a sender catches up with is older or younger each time. */
const LEAST_STEADY = 10 * MINUTE;

/**
 * Whether a source is silent, tells less than half of what is usual, or has a clock that is off.
 *
 * @param listening since when this service has been listening: what nobody could receive is nobody's silence
 */
export function assessSource(pulse: SourcePulse, now: number, listening: number): SourceVerdict {
  const hour = Math.floor(now / HOUR) * HOUR;
  const hours = [...pulse.volume.keys()].filter((at) => at < hour).sort((a, b) => a - b);
  const learnt = hours.length === 0 ? 0 : Math.floor((hour - hours[0]) / DAY);
  const learning = learnt < LEARNING_DAYS ? `${learnt} of ${LEARNING_DAYS} days learnt` : undefined;
  const quiet = now - Math.max(pulse.lastReceived, listening);
  const allowed = pulse.expected === null ? learnedQuiet(hours, learning) : pulse.expected * 1000;
  if (quiet > allowed) {
    const why =
      pulse.expected === null ? `its longest pauses give reason to wait ${span(allowed)}` : `${span(allowed)} is set`;
    return {
      state: 'silent',
      since: pulse.lastReceived,
      words: `has sent nothing since ${stamp(pulse.lastReceived)}, for ${span(now - pulse.lastReceived)}; ${why}`,
    };
  }
  if (learning === undefined && hour - COMPARED * HOUR >= listening) {
    const sum = (day: number) => {
      let records = 0;
      for (let back = 1; back <= COMPARED; back += 1) records += pulse.volume.get(hour - day * DAY - back * HOUR) ?? 0;
      return records;
    };
    const before = Array.from({ length: LEARNING_DAYS }, (_, day) => sum(day + 1)).sort((a, b) => a - b);
    const usual = before[LEARNING_DAYS >> 1];
    const told = sum(0);
    if (usual >= LEAST_USUAL && told < usual / 2)
      return {
        state: 'reduced',
        since: hour - COMPARED * HOUR,
        words: `sent ${told} records in ${COMPARED} hours; ${usual} are usual at this time of day`,
      };
  }
  const steady = pulse.drifting || pulse.clockSteady >= LEAST_STEADY;
  if (pulse.clockOffset !== null && steady && Math.abs(pulse.clockOffset) > MOST_DRIFT * 1000) {
    const off = span(Math.abs(pulse.clockOffset) / 1000);
    const words =
      pulse.clockOffset > 0
        ? `states times that are ${off} behind ours: its clock is slow, its zone is set wrongly, or its records come late`
        : `states times that are ${off} ahead of ours: its clock is fast or its zone is set wrongly`;
    return { state: 'drifting', since: pulse.lastReceived, words };
  }
  return { state: 'healthy', since: now, words: learning ?? 'sends as it usually does' };
}

/** Twice the longest pause that was seen, in whole hours as volume is kept; for ever while too little is known. */
function learnedQuiet(hours: readonly number[], learning: string | undefined): number {
  if (learning !== undefined) return Number.POSITIVE_INFINITY;
  let longest = HOUR;
  for (let index = 1; index < hours.length; index += 1) longest = Math.max(longest, hours[index] - hours[index - 1]);
  return 2 * longest;
}

function span(milliseconds: number): string {
  const minutes = Math.max(1, Math.round(milliseconds / MINUTE));
  if (minutes < 120) return `${minutes} minute${minutes === 1 ? '' : 's'}`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} hours` : `${Math.round(hours / 24)} days`;
}

function stamp(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
