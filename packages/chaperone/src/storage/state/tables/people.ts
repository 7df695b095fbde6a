// Organisations, their people, how they sign in, and what they did.
import type { Default, Json, JsonOrNull, OrNull, Time, TimeNow, TimeOrNull } from './columns.ts';

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
