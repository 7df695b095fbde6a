/**
 * The tables of the state store as Kysely sees them. Names are the model's. Every table but `organization`, the users' own and the
 * installation's has an `organization_id` and row-level security. Times are `timestamptz`, read as Date; ids are UUIDv7 unless said.
 */
import type { ColumnType } from 'kysely';

/** timestamptz: read as a Date, written as Date or text */
export type Time = ColumnType<Date, Date | string, Date | string>;
type TimeOrNull = ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;
type TimeNow = ColumnType<Date, Date | string | undefined, Date | string>;
/** bigint: read as a number (counts stay far below 2^53) */
type Count = ColumnType<number, number | undefined, number>;
/** jsonb: read parsed, written as text of JSON */
export type Json<T = unknown> = ColumnType<T, string, string>;
type JsonOrNull<T = unknown> = ColumnType<T | null, string | null | undefined, string | null>;
type Default<T> = ColumnType<T, T | undefined, T>;
type OrNull<T> = ColumnType<T | null, T | null | undefined, T | null>;

export type Role = 'viewer' | 'analyst' | 'approver' | 'administrator' | 'provider_reader';
export type Side = 'client' | 'provider' | 'both';

export interface OrganizationTable {
  id: string;
  slug: string;
  name: string;
  side: Side;
  /** IANA */
  zone: string;
  /** days that events are kept; null: for ever */
  retention_days: OrNull<number>;
  created_at: TimeNow;
}

export interface UserTable {
  id: string;
  /** lower case, unique */
  email: string;
  name: string;
  /** argon2id in PHC form; null: no password (OIDC or passkey alone) */
  password_hash: OrNull<string>;
  /** may create organisations and see the installation's own trail */
  installation_administrator: Default<boolean>;
  /** the provider whose findings and sources a provider_reader sees stands on the membership */
  disabled_at: TimeOrNull;
  created_at: TimeNow;
  last_sign_in_at: TimeOrNull;
}

export interface UserFactorTable {
  id: string;
  user_id: string;
  kind: 'totp' | 'passkey' | 'recovery';
  label: string;
  /** TOTP secret encrypted with the installation's key; WebAuthn credential id and public key; hash of a recovery code */
  data: Json<Record<string, unknown>>;
  confirmed_at: TimeOrNull;
  created_at: TimeNow;
  last_used_at: TimeOrNull;
}

export interface MembershipTable {
  user_id: string;
  organization_id: string;
  role: Role;
  /** for provider_reader: slug of the provider that this person belongs to */
  provider: OrNull<string>;
  granted_by: OrNull<string>;
  granted_at: TimeNow;
}

export interface SessionTable {
  /** SHA-256 of the cookie's value, hex */
  id: string;
  user_id: string;
  /** password: the second factor is still to come */
  state: 'password' | 'full';
  data: JsonOrNull<Record<string, unknown>>;
  ip: OrNull<string>;
  user_agent: OrNull<string>;
  created_at: TimeNow;
  last_seen_at: TimeNow;
  expires_at: Time;
}

/** One-time tokens: first set-up, invitation, password reset. Only hashes are kept. */
export interface OneTimeTokenTable {
  /** SHA-256, hex */
  id: string;
  purpose: 'setup' | 'invitation' | 'reset';
  user_id: OrNull<string>;
  organization_id: OrNull<string>;
  data: JsonOrNull<Record<string, unknown>>;
  created_at: TimeNow;
  expires_at: Time;
  used_at: TimeOrNull;
}

export interface OidcProviderTable {
  id: string;
  /** null: of the installation */
  organization_id: OrNull<string>;
  name: string;
  issuer: string;
  client_id: string;
  client_secret: OrNull<string>;
  /** role that a person gets who signs in for the first time; null: only known addresses may */
  default_role: OrNull<Role>;
  /** it may be asked though it stands in a network of our own */
  inside: Default<boolean>;
  enabled: Default<boolean>;
  created_at: TimeNow;
}

/** API and ingest tokens. The secret is shown once; its SHA-256 is kept. */
export interface TokenTable {
  id: string;
  organization_id: string;
  kind: 'api' | 'ingest';
  name: string;
  /** SHA-256 of the whole token, hex, unique */
  hash: string;
  /** the first characters, for telling tokens apart */
  prefix: string;
  /** api: what it may do at most */
  role: OrNull<Role>;
  /** api: `findings:read` and the like; empty: all that the role may */
  scopes: Default<string[]>;
  /** ingest: the source that its records belong to */
  source_id: OrNull<string>;
  created_by: OrNull<string>;
  created_at: TimeNow;
  expires_at: TimeOrNull;
  revoked_at: TimeOrNull;
  last_used_at: TimeOrNull;
}

/** The trail of acts. One hash chain per organisation, and one of the installation (organization_id null). Append-only by trigger. */
export interface AuditRecordTable {
  id: string;
  organization_id: OrNull<string>;
  /** 1, 2, 3 ... within its chain */
  sequence: number;
  at: Time;
  actor_kind: 'user' | 'token' | 'system' | 'anonymous';
  actor_id: OrNull<string>;
  actor_name: string;
  /** e.g. `session.sign_in`, `token.create` */
  action: string;
  outcome: 'success' | 'failure';
  object_kind: OrNull<string>;
  object_id: OrNull<string>;
  detail: Json<Record<string, unknown>>;
  ip: OrNull<string>;
  /** SHA-256, hex, over the canonical JSON of all the above with previous_hash */
  hash: string;
  previous_hash: string;
}

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

export interface RegistryVersionTable {
  id: string;
  organization_id: string;
  /** 1, 2, 3 ... */
  version: number;
  /** chaperone.yaml as it was loaded */
  document: string;
  hash: string;
  loaded_by: OrNull<string>;
  loaded_at: TimeNow;
  /** the one in force */
  active: Default<boolean>;
}

/** Rules that an organisation wrote or imported itself; packs lie on disk and are named by `rule_setting`. */
export interface RuleDocumentTable {
  id: string;
  organization_id: string;
  name: string;
  /** Sigma YAML, one or more documents */
  document: string;
  version: number;
  enabled: Default<boolean>;
  created_by: OrNull<string>;
  created_at: TimeNow;
  updated_at: TimeNow;
}

/** What an organisation decided about a rule of a pack: survives the pack's updates. */
export interface RuleSettingTable {
  organization_id: string;
  /** Sigma id of the rule */
  rule_id: string;
  enabled: boolean;
  reason: OrNull<string>;
  changed_by: OrNull<string>;
  changed_at: TimeNow;
}

export interface RuleHitTable {
  organization_id: string;
  rule_id: string;
  hits: Count;
  last_hit_at: TimeOrNull;
  /** up to when stored events were judged by it when it was added or enabled */
  judged_past_at: TimeOrNull;
}

export interface IndicatorFeedTable {
  id: string;
  organization_id: string;
  name: string;
  kind: 'stix' | 'taxii' | 'misp' | 'csv' | 'manual';
  /** url, collection, user, encrypted secret ... */
  settings: Json<Record<string, unknown>>;
  tlp: OrNull<string>;
  /** 0 to 100, for indicators that state none */
  confidence: OrNull<number>;
  /** seconds between pulls; null: by hand */
  interval: OrNull<number>;
  /** days after which an indicator without valid_until has lost half its confidence; null: never */
  half_life_days: OrNull<number>;
  cursor: JsonOrNull<Record<string, unknown>>;
  last_pull_at: TimeOrNull;
  last_error: OrNull<string>;
  enabled: Default<boolean>;
  created_by: OrNull<string>;
  created_at: TimeNow;
}

export interface IndicatorTable {
  id: string;
  organization_id: string;
  feed_id: string;
  /** as in detection/indicators: ipv4, domain, url, sha256 ... */
  type: string;
  value: string;
  /** as its author wrote it: STIX pattern or value */
  written: string;
  note: OrNull<string>;
  tlp: OrNull<string>;
  /** 0 to 100 */
  confidence: OrNull<number>;
  valid_from: TimeOrNull;
  valid_until: TimeOrNull;
  revoked: Default<boolean>;
  /** name of the warning list that it is on: kept, never matched */
  warning_list: OrNull<string>;
  /** STIX id or MISP uuid */
  external_id: OrNull<string>;
  sightings: Count;
  last_sighting_at: TimeOrNull;
  created_at: TimeNow;
  updated_at: TimeNow;
  /** when a feed listed it again so that it counts where it did not: it is looked for in the past again */
  counts_anew_at: TimeOrNull;
}

export interface ExceptionTable {
  id: string;
  organization_id: string;
  /** what it holds back; null: any */
  detector: OrNull<string>;
  rule_id: OrNull<string>;
  provider: OrNull<string>;
  account: OrNull<string>;
  host: OrNull<string>;
  src_ip: OrNull<string>;
  /** what one source sent, or was found to do */
  source_id: OrNull<string>;
  /** further conditions on fields of the evidence: [{field, value}], value with * */
  fields: Json<readonly { readonly field: string; readonly value: string }[]>;
  owner: string;
  reason: string;
  created_by: OrNull<string>;
  created_at: TimeNow;
  ends_at: Time;
  /** ended before its time, by whom */
  ended_at: TimeOrNull;
  ended_by: OrNull<string>;
  held_back: Count;
  last_held_back_at: TimeOrNull;
}

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

export interface IdempotencyTable {
  /** SHA-256 of principal, method, path and key */
  id: string;
  organization_id: OrNull<string>;
  request_hash: string;
  status: OrNull<number>;
  body: OrNull<string>;
  created_at: TimeNow;
}

export interface SettingTable {
  key: string;
  value: Json;
  updated_at: TimeNow;
}

export interface Database {
  organization: OrganizationTable;
  app_user: UserTable;
  user_factor: UserFactorTable;
  membership: MembershipTable;
  session: SessionTable;
  one_time_token: OneTimeTokenTable;
  oidc_provider: OidcProviderTable;
  token: TokenTable;
  audit_record: AuditRecordTable;
  source: SourceTable;
  source_binding: SourceBindingTable;
  source_health: SourceHealthTable;
  source_volume: SourceVolumeTable;
  source_problem: SourceProblemTable;
  source_cursor: SourceCursorTable;
  legal_hold: LegalHoldTable;
  registry_version: RegistryVersionTable;
  rule_document: RuleDocumentTable;
  rule_setting: RuleSettingTable;
  rule_hit: RuleHitTable;
  indicator_feed: IndicatorFeedTable;
  indicator: IndicatorTable;
  exception: ExceptionTable;
  finding: FindingTable;
  finding_event: FindingEventTable;
  checkpoint: CheckpointTable;
  past_run: PastRunTable;
  idempotency: IdempotencyTable;
  setting: SettingTable;
}
