import { type Kysely, sql } from 'kysely';

/**
 * Tables of the first service. What has no `organization_id` is reached through `everywhere` alone. References to sources and feeds hold the
 * organisation too, for foreign keys look past row-level security.
 */
export async function up(db: Kysely<never>): Promise<void> {
  for (const statement of statements.split(/;\n\n/)) {
    if (statement.trim() !== '') await sql.raw(statement).execute(db);
  }
}

const statements = `
create table organization (
  id uuid primary key,
  slug text not null unique check (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  name text not null,
  side text not null check (side in ('client', 'provider', 'both')),
  zone text not null,
  retention_days integer check (retention_days > 0),
  created_at timestamptz not null default now()
);

create table app_user (
  id uuid primary key,
  email text not null unique check (email = lower(email)),
  name text not null,
  password_hash text,
  installation_administrator boolean not null default false,
  disabled_at timestamptz,
  created_at timestamptz not null default now(),
  last_sign_in_at timestamptz
);

create table user_factor (
  id uuid primary key,
  user_id uuid not null references app_user on delete cascade,
  kind text not null check (kind in ('totp', 'passkey', 'recovery')),
  label text not null,
  data jsonb not null,
  confirmed_at timestamptz,
  created_at timestamptz not null default now(),
  last_used_at timestamptz
);

create index factor_of_user on user_factor (user_id);

create table membership (
  user_id uuid not null references app_user on delete cascade,
  organization_id uuid not null references organization on delete cascade,
  role text not null check (role in ('viewer', 'analyst', 'approver', 'administrator', 'provider_reader')),
  provider text,
  granted_by uuid,
  granted_at timestamptz not null default now(),
  primary key (user_id, organization_id),
  check ((role = 'provider_reader') = (provider is not null))
);

create table session (
  id text primary key,
  user_id uuid not null references app_user on delete cascade,
  state text not null check (state in ('password', 'full')),
  data jsonb,
  ip text,
  user_agent text,
  created_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  expires_at timestamptz not null
);

create index session_of_user on session (user_id);

create index session_expiry on session (expires_at);

create table one_time_token (
  id text primary key,
  purpose text not null check (purpose in ('setup', 'invitation', 'reset')),
  user_id uuid references app_user on delete cascade,
  organization_id uuid references organization on delete cascade,
  data jsonb,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz
);

create table oidc_provider (
  id uuid primary key,
  organization_id uuid references organization on delete cascade,
  name text not null,
  issuer text not null,
  client_id text not null,
  client_secret text,
  default_role text check (default_role in ('viewer', 'analyst', 'approver', 'administrator')),
  enabled boolean not null default true,
  created_at timestamptz not null default now()
);

create table source (
  id uuid primary key,
  organization_id uuid not null references organization on delete cascade,
  slug text not null,
  name text not null,
  kind text not null check (kind in ('syslog', 'relp', 'elastic', 'hec', 'otlp', 'ndjson', 'folder', 'upload', 'pull')),
  format text,
  zone text,
  expected_interval integer check (expected_interval > 0),
  promised_by text,
  masking jsonb not null default '[]',
  settings jsonb not null default '{}',
  state text not null default 'active' check (state in ('active', 'paused', 'deleted')),
  retention_days integer check (retention_days > 0),
  created_by uuid,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (organization_id, id)
);

create unique index source_slug on source (organization_id, slug) where state <> 'deleted';

create table token (
  id uuid primary key,
  organization_id uuid not null references organization on delete cascade,
  kind text not null check (kind in ('api', 'ingest')),
  name text not null,
  hash text not null unique,
  prefix text not null,
  role text check (role in ('viewer', 'analyst', 'approver', 'administrator')),
  scopes text[] not null default '{}',
  source_id uuid,
  created_by uuid,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  revoked_at timestamptz,
  last_used_at timestamptz,
  check ((kind = 'ingest') = (source_id is not null)),
  check ((kind = 'api') = (role is not null)),
  foreign key (organization_id, source_id) references source (organization_id, id) on delete cascade
);

create index token_organization on token (organization_id, kind);

create table audit_record (
  id uuid primary key,
  organization_id uuid,
  sequence bigint not null check (sequence > 0),
  at timestamptz not null,
  actor_kind text not null check (actor_kind in ('user', 'token', 'system', 'anonymous')),
  actor_id text,
  actor_name text not null,
  action text not null,
  outcome text not null check (outcome in ('success', 'failure')),
  object_kind text,
  object_id text,
  detail jsonb not null,
  ip text,
  hash text not null,
  previous_hash text not null
);

create unique index audit_chain on audit_record (organization_id, sequence) nulls not distinct;

create function audit_record_stays() returns trigger language plpgsql as
$$ begin raise exception 'the audit trail is append-only'; end $$;

create trigger audit_record_stays before update or delete on audit_record
for each row execute function audit_record_stays();

create trigger audit_record_whole before truncate on audit_record
for each statement execute function audit_record_stays();

create table source_binding (
  id uuid primary key,
  organization_id uuid not null references organization on delete cascade,
  source_id uuid not null,
  kind text not null check (kind in ('certificate', 'address', 'listener')),
  listener text not null default '',
  value text not null,
  created_at timestamptz not null default now(),
  unique (kind, listener, value),
  foreign key (organization_id, source_id) references source (organization_id, id) on delete cascade
);

create table source_health (
  source_id uuid primary key,
  organization_id uuid not null references organization on delete cascade,
  last_event_at timestamptz,
  last_received_at timestamptz,
  events bigint not null default 0,
  bytes bigint not null default 0,
  unread bigint not null default 0,
  dropped bigint not null default 0,
  clock_offset bigint,
  state text not null default 'waiting' check (state in ('waiting', 'healthy', 'silent', 'reduced', 'drifting')),
  updated_at timestamptz not null default now(),
  foreign key (organization_id, source_id) references source (organization_id, id) on delete cascade
);

create table source_volume (
  source_id uuid not null,
  organization_id uuid not null references organization on delete cascade,
  hour timestamptz not null,
  events bigint not null default 0,
  bytes bigint not null default 0,
  unread bigint not null default 0,
  primary key (source_id, hour),
  foreign key (organization_id, source_id) references source (organization_id, id) on delete cascade
);

create table source_problem (
  id uuid primary key,
  organization_id uuid not null references organization on delete cascade,
  source_id uuid not null,
  code text not null,
  message text not null,
  mend text not null,
  line text not null,
  count bigint not null default 1,
  first_at timestamptz not null,
  last_at timestamptz not null,
  unique (source_id, code),
  foreign key (organization_id, source_id) references source (organization_id, id) on delete cascade
);

create table source_cursor (
  source_id uuid primary key,
  organization_id uuid not null references organization on delete cascade,
  cursor jsonb not null default '{}',
  last_run_at timestamptz,
  last_error text,
  next_run_at timestamptz,
  foreign key (organization_id, source_id) references source (organization_id, id) on delete cascade
);

create table legal_hold (
  id uuid primary key,
  organization_id uuid not null references organization on delete cascade,
  source_id uuid,
  reason text not null,
  owner text not null,
  created_by uuid,
  created_at timestamptz not null default now(),
  released_at timestamptz,
  released_by uuid,
  foreign key (organization_id, source_id) references source (organization_id, id) on delete cascade
);

create table registry_version (
  id uuid primary key,
  organization_id uuid not null references organization on delete cascade,
  version integer not null check (version > 0),
  document text not null,
  hash text not null,
  loaded_by uuid,
  loaded_at timestamptz not null default now(),
  active boolean not null default false,
  unique (organization_id, version)
);

create unique index registry_in_force on registry_version (organization_id) where active;

create table rule_document (
  id uuid primary key,
  organization_id uuid not null references organization on delete cascade,
  name text not null,
  document text not null,
  version integer not null,
  enabled boolean not null default true,
  created_by uuid,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (organization_id, name)
);

create table rule_setting (
  organization_id uuid not null references organization on delete cascade,
  rule_id text not null,
  enabled boolean not null,
  reason text,
  changed_by uuid,
  changed_at timestamptz not null default now(),
  primary key (organization_id, rule_id)
);

create table rule_hit (
  organization_id uuid not null references organization on delete cascade,
  rule_id text not null,
  hits bigint not null default 0,
  last_hit_at timestamptz,
  judged_past_at timestamptz,
  primary key (organization_id, rule_id)
);

create table indicator_feed (
  id uuid primary key,
  organization_id uuid not null references organization on delete cascade,
  name text not null,
  kind text not null check (kind in ('stix', 'taxii', 'misp', 'csv', 'manual')),
  settings jsonb not null default '{}',
  tlp text,
  confidence integer check (confidence between 0 and 100),
  interval integer check (interval > 0),
  half_life_days integer check (half_life_days > 0),
  cursor jsonb,
  last_pull_at timestamptz,
  last_error text,
  enabled boolean not null default true,
  created_by uuid,
  created_at timestamptz not null default now(),
  unique (organization_id, name),
  unique (organization_id, id)
);

create table indicator (
  id uuid primary key,
  organization_id uuid not null references organization on delete cascade,
  feed_id uuid not null,
  type text not null,
  value text not null,
  written text not null,
  note text,
  tlp text,
  confidence integer check (confidence between 0 and 100),
  valid_from timestamptz,
  valid_until timestamptz,
  revoked boolean not null default false,
  warning_list text,
  external_id text,
  sightings bigint not null default 0,
  last_sighting_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  foreign key (organization_id, feed_id) references indicator_feed (organization_id, id) on delete cascade
);

create unique index indicator_of_feed on indicator (feed_id, type, md5(value));

create index indicator_value on indicator (organization_id, type, md5(value));

create table exception (
  id uuid primary key,
  organization_id uuid not null references organization on delete cascade,
  detector text,
  rule_id text,
  provider text,
  account text,
  host text,
  src_ip text,
  fields jsonb not null default '[]',
  owner text not null,
  reason text not null,
  created_by uuid,
  created_at timestamptz not null default now(),
  ends_at timestamptz not null,
  ended_at timestamptz,
  ended_by uuid,
  held_back bigint not null default 0,
  last_held_back_at timestamptz
);

create index exception_organization on exception (organization_id, ends_at);

create table finding (
  id uuid primary key,
  organization_id uuid not null references organization on delete cascade,
  detector text not null,
  rule_id text not null,
  rule_title text not null,
  rule_version text,
  level text not null,
  confidence text not null,
  first_at timestamptz not null,
  last_at timestamptz not null,
  count bigint not null default 0,
  provider text,
  account text,
  person text,
  host text,
  src_ip text,
  source_id uuid,
  why text not null,
  document jsonb not null,
  registry_version integer,
  exception_id uuid,
  retrospective boolean not null default false,
  late boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create index finding_newest on finding (organization_id, last_at desc, id);

create index finding_rule on finding (organization_id, rule_id, last_at desc);

create table finding_event (
  finding_id uuid not null references finding on delete cascade,
  event_id uuid not null,
  organization_id uuid not null references organization on delete cascade,
  time timestamptz,
  primary key (finding_id, event_id)
);

create table checkpoint (
  organization_id uuid primary key references organization on delete cascade,
  received bigint not null default 0,
  updated_at timestamptz not null default now()
);

create table idempotency (
  id text primary key,
  organization_id uuid references organization on delete cascade,
  request_hash text not null,
  status integer,
  body text,
  created_at timestamptz not null default now()
);

create table setting (
  key text primary key,
  value jsonb not null,
  updated_at timestamptz not null default now()
);

`;
