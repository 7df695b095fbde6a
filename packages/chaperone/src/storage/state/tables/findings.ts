// What was found, and how far judging is.
import type { Count, Default, Json, OrNull, Time, TimeNow, TimeOrNull } from './columns.ts';

export interface FindingTable {
  /** made from the key: the same finding has the same id on every node and after every restart */
  id: string;
  organization_id: string;
  detector: string;
  rule_id: string;
  rule_title: string;
  rule_version: OrNull<string>;
  level: string;
  confidence: string;
  first_at: Time;
  last_at: Time;
  /** distinct events known to belong to it */
  count: Count;
  provider: OrNull<string>;
  account: OrNull<string>;
  person: OrNull<string>;
  host: OrNull<string>;
  src_ip: OrNull<string>;
  source_id: OrNull<string>;
  why: string;
  /** the whole Finding (detection/finding.ts) as it was first made */
  document: Json<Record<string, unknown>>;
  registry_version: OrNull<number>;
  exception_id: OrNull<string>;
  /** found by judging stored events with a rule or indicator that is newer than they are */
  retrospective: Default<boolean>;
  /** an event of it came later than the lateness that windows wait for */
  late: Default<boolean>;
  created_at: TimeNow;
  updated_at: TimeNow;
}

/** The first events of a finding (at most 100); all of them are found by `findings` in the event store. */
export interface FindingEventTable {
  finding_id: string;
  event_id: string;
  organization_id: string;
  time: TimeOrNull;
}

/** Up to which moment of receipt everything stored has been judged and its findings stored. */
export interface CheckpointTable {
  organization_id: string;
  /** microseconds since 1970 */
  received: Count;
  updated_at: TimeNow;
}

/** New rules or indicators judged against stored events, newest first: what was received from `reached` to `until` is judged. */
export interface PastRunTable {
  id: string;
  organization_id: string;
  kind: 'rules' | 'feed';
  /** Sigma id of a rule, id of a rule document or of a feed; `packs` */
  subject: string;
  title: string;
  /** Sigma ids of the rules that are asked */
  rules: Json<readonly string[]>;
  /** what happened to it, e.g. `was added` */
  reason: string;
  /** when the rule or indicators came; of a feed, those that came since count */
  came_at: Time;
  since: TimeOrNull;
  until: TimeOrNull;
  reached: TimeOrNull;
  state: Default<'waiting' | 'running' | 'done' | 'failed' | 'replaced'>;
  /** stored events that match */
  matches: Count;
  /** findings made or added to */
  findings: Count;
  /** what must be known of the answer, or why there is none */
  note: OrNull<string>;
  created_at: TimeNow;
  updated_at: TimeNow;
}
