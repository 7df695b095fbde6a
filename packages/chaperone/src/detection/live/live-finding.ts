import type { Level } from '@chaperone/sigma';
import type { Finding } from '../finding.ts';
import { findingId } from '../registry-finding.ts';

/** An event of a finding. Time in microseconds since 1970; NaN: the source states none. */
export interface FindingEvent {
  readonly id: string;
  readonly time: number;
}

/** A finding as a batch of events made it or added to it. Times are microseconds since 1970 UTC. */
export interface LiveFinding {
  readonly id: string;
  readonly detector: Finding['detector'];
  readonly level: Level;
  /** of the events of this batch */
  first: number;
  last: number;
  /** events of this batch */
  count: number;
  /** the first of them, at most `MOST_EVENTS` */
  readonly events: FindingEvent[];
  readonly person: string | undefined;
  /** the finding as its first event made it; undefined: it was stored before, and only grows */
  readonly document: Finding | undefined;
  /** id of the source of its first event; undefined: it is about many */
  readonly source: string | undefined;
  /** id of the exception that holds it back */
  readonly exception: string | undefined;
  /** an event came later than correlations wait */
  late: boolean;
}

/** Events that a finding names; all of them are found in the event store by the finding's id. */
export const MOST_EVENTS = 100;

const HOUR = 3_600_000_000;

/**
 * The id of a finding, made of its key: organisation, detector, rule, whom and what it is about, and the hour (of the event's time, or of
 * its receipt). The organisation comes first: nothing of two clients is ever one finding.
 */
export function liveFindingId(
  organization: string,
  about: Pick<Finding, 'detector' | 'provider' | 'account' | 'host' | 'src_ip'>,
  rule: string,
  when: number | string,
): string {
  const { detector, provider, account, host, src_ip } = about;
  const hour = typeof when === 'number' ? Math.floor(when / HOUR) : when;
  return findingId([organization, detector, rule, provider, account, host, src_ip, hour]);
}
