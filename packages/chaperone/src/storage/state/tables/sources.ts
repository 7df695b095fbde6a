// Where logs come from, how that goes, and what must be kept.
import type { Count, Default, Json, OrNull, Time, TimeNow, TimeOrNull } from './columns.ts';

export interface SourceTable {
  id: string;
  organization_id: string;
  slug: string;
  name: string;
  /** how it reaches us */
  kind: 'syslog' | 'relp' | 'elastic' | 'hec' | 'otlp' | 'ndjson' | 'folder' | 'upload' | 'pull';
  /** a format's name; null: told from the records */
  format: OrNull<string>;
  /** IANA, for stamps that state none */
  zone: OrNull<string>;
  /** seconds within which something is expected; null: learnt */
  expected_interval: OrNull<number>;
  /** slug of the provider that promised it */
  promised_by: OrNull<string>;
  /** see sources/masking: fields to mask or drop at intake */
  masking: Json<readonly MaskingRule[]>;
  /** folder: {path}; pull: {service, ...}; secrets inside are encrypted */
  settings: Json<Record<string, unknown>>;
  state: Default<'active' | 'paused' | 'deleted'>;
  retention_days: OrNull<number>;
  created_by: OrNull<string>;
  created_at: TimeNow;
  updated_at: TimeNow;
}

export interface MaskingRule {
  readonly field: string;
  readonly how: 'mask' | 'drop';
}

/** How a delivery without a token finds its source. (kind, listener, value) is unique over all organisations. */
export interface SourceBindingTable {
  id: string;
  organization_id: string;
  source_id: string;
  kind: 'certificate' | 'address' | 'listener';
  /** name of the listener in the configuration; '' for any */
  listener: string;
  /** certificate: SHA-256 fingerprint in hex; address: IP or CIDR; listener: '' */
  value: string;
  created_at: TimeNow;
}

export interface SourceHealthTable {
  source_id: string;
  organization_id: string;
  /** of the newest event by its own clock */
  last_event_at: TimeOrNull;
  last_received_at: TimeOrNull;
  events: Count;
  bytes: Count;
  unread: Count;
  /** records refused: too long, rate, unknown sender */
  dropped: Count;
  /** median of received - time over the last batches, microseconds; positive: the source's clock is behind or the events late */
  clock_offset: OrNull<number>;
  /** the offset by which the clock has been off, within two minutes, since `clock_anchored_at` and as late as `clock_told_at` */
  clock_anchor: OrNull<number>;
  clock_anchored_at: TimeOrNull;
  clock_told_at: TimeOrNull;
  state: Default<'waiting' | 'healthy' | 'silent' | 'reduced' | 'drifting'>;
  updated_at: TimeNow;
}

export interface SourceVolumeTable {
  source_id: string;
  organization_id: string;
  hour: Time;
  events: Count;
  bytes: Count;
  unread: Count;
}

/** Records that couldn't be read, told per source and kind of problem with the latest offending line. */
export interface SourceProblemTable {
  id: string;
  organization_id: string;
  source_id: string;
  code: string;
  message: string;
  mend: string;
  /** cut to 2,000 characters, made inert when shown */
  line: string;
  count: Count;
  first_at: Time;
  last_at: Time;
}

export interface SourceCursorTable {
  source_id: string;
  organization_id: string;
  cursor: Json<Record<string, unknown>>;
  last_run_at: TimeOrNull;
  last_error: OrNull<string>;
  next_run_at: TimeOrNull;
}

export interface LegalHoldTable {
  id: string;
  organization_id: string;
  /** null: everything of the organisation */
  source_id: OrNull<string>;
  reason: string;
  owner: string;
  created_by: OrNull<string>;
  created_at: TimeNow;
  /** null: when somebody releases it */
  ends_at: TimeOrNull;
  released_at: TimeOrNull;
  released_by: OrNull<string>;
}
