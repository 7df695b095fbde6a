/** What the API's lists and things look like here. Times are RFC 3339 in UTC. */

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
}

export type Level = 'critical' | 'high' | 'medium' | 'low' | 'informational';
export type Role = 'viewer' | 'analyst' | 'approver' | 'administrator' | 'provider_reader';

export interface Membership {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly zone: string;
  readonly role: Role;
}

export interface Session {
  readonly state: 'password' | 'full';
  readonly csrf_token: string;
  readonly user: { readonly id: string; readonly email: string | null; readonly name: string };
  readonly organizations: readonly Membership[];
  readonly installation_administrator: boolean;
  /** what may stand as the second factor, while `state` is `password` */
  readonly factors?: readonly string[];
}

export interface Factor {
  readonly id: string;
  readonly kind: 'totp' | 'passkey' | 'recovery';
  readonly label: string;
  readonly created_at: string;
  readonly last_used_at: string | null;
}

export interface OpenSession {
  readonly id: string;
  readonly current: boolean;
  readonly ip: string | null;
  readonly user_agent: string | null;
  readonly last_seen_at: string;
}

export interface Member {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  readonly provider: string | null;
  readonly last_sign_in_at: string | null;
  readonly disabled_at: string | null;
}

export interface Token {
  readonly id: string;
  readonly kind: 'api' | 'ingest';
  readonly name: string;
  readonly prefix: string;
  readonly role: Role | null;
  readonly scopes: readonly string[];
  readonly created_at: string;
  readonly expires_at: string | null;
  readonly revoked_at: string | null;
  readonly last_used_at: string | null;
}

export interface SourceHealth {
  readonly state: 'waiting' | 'healthy' | 'silent' | 'reduced' | 'drifting';
  readonly last_event_at: string | null;
  readonly last_received_at: string | null;
  readonly events: number;
  readonly unread: number;
  readonly dropped: number;
  /** microseconds; positive: events come late or the clock is behind */
  readonly clock_offset: number | null;
}

export interface Source {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly format: string | null;
  readonly zone: string | null;
  readonly expected_interval: number | null;
  readonly promised_by: string | null;
  readonly masking: readonly { readonly field: string; readonly how: 'mask' | 'drop' }[];
  readonly state: 'active' | 'paused' | 'deleted';
  readonly retention_days: number | null;
  readonly updated_at: string;
  readonly health: SourceHealth | null;
  /** how much is known of what is usual; null: enough to judge by */
  readonly learning?: { readonly days: number; readonly of: number } | null;
  /** secrets stand as `(set)` */
  readonly settings: Readonly<Record<string, unknown>>;
  /** the last time that it was fetched; null where shippers send, or before the first time */
  readonly fetching: { readonly last_run_at: string | null; readonly last_error: string | null } | null;
}

export interface SourceProblem {
  readonly id: string;
  readonly code: string;
  readonly message: string;
  readonly mend: string;
  readonly line: string;
  readonly count: number;
  readonly last_at: string;
}

export interface Binding {
  readonly id: string;
  readonly kind: 'certificate' | 'address' | 'listener';
  readonly listener: string;
  readonly value: string;
}

export interface Volume {
  readonly hour: string;
  readonly events: number;
}

export interface Shipper {
  readonly name: string;
  readonly title: string;
  readonly configuration: string;
  readonly note?: string;
}

export interface Rule {
  readonly id: string;
  readonly title: string;
  readonly level: Level;
  readonly enabled: boolean;
  readonly reason: string | null;
  /** what it needs, in words, e.g. `Windows Security 4624` */
  readonly needs: readonly string[];
  /** null: it sees all that it needs; else why it can't */
  readonly blind: string | null;
  readonly hits: number;
  readonly last_hit_at: string | null;
  readonly pack?: string | null;
  readonly author?: string | null;
  readonly license?: string | null;
  readonly description?: string | null;
  readonly tags: readonly string[];
  readonly document?: string;
}

export interface RuleDocument {
  readonly id: string;
  readonly name: string;
  readonly document: string;
  readonly enabled: boolean;
  readonly updated_at: string;
}

export interface RuleTest {
  readonly from: string;
  readonly to: string;
  readonly events: number;
  readonly matches: number;
  readonly samples: readonly { readonly id: string; readonly time: string | null; readonly raw: string }[];
  readonly note?: string | null;
}

export interface Technique {
  readonly tactic: string;
  readonly technique: string;
  readonly name: string | null;
  readonly rules: number;
  readonly enabled: number;
  readonly blind: number;
  readonly why_blind: readonly string[];
}

export interface Feed {
  readonly id: string;
  readonly name: string;
  readonly kind: 'stix' | 'taxii' | 'misp' | 'csv' | 'manual';
  readonly last_pull_at: string | null;
  readonly last_error: string | null;
  readonly enabled: boolean;
}

export interface Indicator {
  readonly id: string;
  /** as its author wrote it; `value` is what is compared */
  readonly written: string;
  readonly type: string;
  readonly value: string;
  readonly note: string | null;
  readonly tlp: string | null;
  readonly confidence: number | null;
  readonly valid_until: string | null;
  readonly warning_list: string | null;
  readonly sightings: number;
  readonly last_sighting_at: string | null;
}

export interface Exception {
  readonly id: string;
  readonly detector: string | null;
  readonly rule_id: string | null;
  readonly provider: string | null;
  readonly account: string | null;
  readonly host: string | null;
  readonly src_ip: string | null;
  readonly owner: string;
  readonly reason: string;
  readonly ends_at: string;
  readonly ended_at: string | null;
  readonly held_back: number;
  readonly last_held_back_at: string | null;
}

export interface Evidence {
  readonly selection?: string;
  readonly item?: string;
  readonly field: string;
  readonly value: string;
  readonly expected?: string;
  readonly part?: readonly [number, number];
}

/** New rules or indicators judged against stored events, newest first. */
export interface PastRun {
  readonly id: string;
  readonly kind: 'rules' | 'feed';
  /** id of a rule, of a document of rules, or of a feed */
  readonly subject: string;
  readonly title: string;
  readonly rules: readonly string[];
  readonly reason: string;
  readonly came_at: string;
  readonly since: string | null;
  readonly until: string | null;
  readonly reached: string | null;
  readonly state: 'waiting' | 'running' | 'done' | 'failed' | 'replaced';
  readonly matches: number;
  readonly findings: number;
  readonly note: string | null;
}

/** Whether events are judged as they should be. */
export interface ServiceStatus {
  readonly engine: 'running' | 'starting again';
  readonly deaths: number;
  readonly last_death: { readonly at: string; readonly message: string } | null;
  readonly unjudged: number;
}

export interface Finding {
  readonly id: string;
  readonly detector: string;
  readonly rule_id: string;
  readonly rule_title: string;
  readonly level: Level;
  readonly confidence: string;
  readonly first_at: string;
  readonly last_at: string;
  readonly count: number;
  readonly provider: string | null;
  readonly account: string | null;
  readonly person: string | null;
  readonly host: string | null;
  readonly src_ip: string | null;
  readonly source_id: string | null;
  readonly why: string;
  readonly exception_id: string | null;
  readonly retrospective: boolean;
  readonly late: boolean;
  readonly registry_version: number | null;
  /** the finding as it was first made */
  readonly document?: {
    readonly evidence?: readonly Evidence[];
    readonly attribution?: string;
    readonly attack?: { readonly tactics: readonly string[]; readonly techniques: readonly string[] };
    readonly rule?: { readonly author?: string; readonly license?: string };
  };
}

export interface StoredEvent {
  readonly id: string;
  readonly time: string | null;
  readonly received: string;
  readonly source: string;
  readonly kind: string;
  readonly format: string;
  readonly provider: string;
  readonly account: string;
  readonly person: string;
  readonly host: string;
  readonly src_ip: string;
  readonly attribution_by: readonly string[];
  readonly normal: Readonly<Record<string, unknown>>;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly raw: string;
}

export interface AuditRecord {
  readonly id: string;
  readonly sequence: number;
  readonly at: string;
  readonly actor_kind: string;
  readonly actor_name: string;
  readonly action: string;
  readonly outcome: 'success' | 'failure';
  readonly object_kind: string | null;
  readonly object_id: string | null;
  readonly detail: Readonly<Record<string, unknown>>;
  readonly ip: string | null;
  readonly hash: string;
}

export interface RegistryProblem {
  readonly severity: 'error' | 'warning';
  readonly code: string;
  readonly message: string;
  readonly mend: string;
  readonly line: number;
  readonly column: number;
}

export interface RegistryVersion {
  readonly id: string;
  readonly version: number;
  readonly document?: string;
  readonly hash: string;
  readonly loaded_by: string | null;
  readonly loaded_at: string;
  readonly active: boolean;
}

export interface Organization {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly side: 'client' | 'provider' | 'both';
  readonly zone: string;
  readonly retention_days: number | null;
}

export interface SignInProvider {
  readonly id: string;
  readonly name: string;
  readonly issuer: string;
  readonly client_id: string;
  readonly default_role: Role | null;
  readonly enabled: boolean;
}

/** What an identity provider said of itself. */
export interface ProviderTest {
  readonly issuer: string;
  readonly sign_in_at: string;
  readonly doubts: readonly string[];
}

export interface LegalHold {
  readonly id: string;
  /** null: everything of the organisation */
  readonly source_id: string | null;
  readonly reason: string;
  readonly owner: string;
  readonly created_at: string;
  readonly released_at: string | null;
}
