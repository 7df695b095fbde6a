/**
 * The tables of the state store as Kysely sees them. Names are the model's. Every table but `organization`, the users' own and the
 * installation's has an `organization_id` and row-level security. Times are `timestamptz`, read as Date; ids are UUIDv7 unless said.
 */
import type { CheckpointTable, FindingEventTable, FindingTable, PastRunTable } from './tables/findings.ts';
import type { IdempotencyTable, SettingTable } from './tables/installation.ts';
import type {
  ExceptionTable,
  IndicatorFeedTable,
  IndicatorTable,
  RegistryVersionTable,
  RuleDocumentTable,
  RuleHitTable,
  RuleSettingTable,
} from './tables/judging.ts';
import type {
  AuditRecordTable,
  MembershipTable,
  OidcProviderTable,
  OneTimeTokenTable,
  OrganizationTable,
  SessionTable,
  TokenTable,
  UserFactorTable,
  UserTable,
} from './tables/people.ts';
import type {
  LegalHoldTable,
  SourceBindingTable,
  SourceCursorTable,
  SourceHealthTable,
  SourceProblemTable,
  SourceTable,
  SourceVolumeTable,
} from './tables/sources.ts';

export type { Json, Time } from './tables/columns.ts';
export type * from './tables/findings.ts';
export type * from './tables/installation.ts';
export type * from './tables/judging.ts';
export type * from './tables/people.ts';
export type * from './tables/sources.ts';

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
