import { z } from 'zod';

// What the API's lists and things look like. The document is made of them, a test holds real answers against them, and the console's types
// are theirs: so nothing but zod may be imported here.

const id = z.guid();
const time = z.iso.datetime();
const text = z.string();
const number = z.number();
const boolean = z.boolean();

export const role = z.enum(['viewer', 'analyst', 'approver', 'administrator', 'provider_reader']);
export const level = z.enum(['critical', 'high', 'medium', 'low', 'informational']);
export const sourceKind = z.enum(['syslog', 'relp', 'elastic', 'hec', 'otlp', 'ndjson', 'folder', 'upload', 'pull']);
export const feedKind = z.enum(['stix', 'taxii', 'misp', 'csv', 'manual']);

export const session = z.object({
  state: z.enum(['password', 'full']),
  csrf_token: text,
  user: z.object({ id, email: text.nullable(), name: text }),
  organizations: z.array(z.object({ id, slug: text, name: text, zone: text, role })),
  second_factor: boolean,
  installation_administrator: boolean,
  factors: z.array(text).optional().describe('what may stand as the second factor, while `state` is `password`'),
});

export const factor = z.object({
  id,
  kind: z.enum(['totp', 'passkey', 'recovery']),
  label: text,
  created_at: time,
  last_used_at: time.nullable(),
});

export const openSession = z.object({
  id: text,
  current: boolean,
  ip: text.nullable(),
  user_agent: text.nullable(),
  created_at: time,
  last_seen_at: time,
  expires_at: time,
});

export const organization = z.object({
  id,
  slug: text,
  name: text,
  side: z.enum(['client', 'provider', 'both']),
  zone: text,
  retention_days: number.nullable().describe('null: events are kept for ever'),
});

export const serviceStatus = z.object({
  engine: z.enum(['running', 'starting again']),
  deaths: number,
  last_death: z.object({ at: time, message: text }).nullable(),
  unjudged: number.describe('records that were kept without being judged'),
});

export const member = z.object({
  id,
  email: text,
  name: text,
  role,
  provider: text.nullable(),
  last_sign_in_at: time.nullable(),
  disabled_at: time.nullable(),
});

export const token = z.object({
  id,
  kind: z.enum(['api', 'ingest']),
  name: text,
  prefix: text,
  role: role.nullable(),
  scopes: z.array(text),
  created_at: time,
  expires_at: time.nullable(),
  revoked_at: time.nullable(),
  last_used_at: time.nullable(),
});

export const auditRecord = z.object({
  id,
  organization: id.nullable(),
  sequence: number,
  at: time,
  actor_kind: text,
  actor_id: id.nullable(),
  actor_name: text,
  action: text,
  outcome: z.enum(['success', 'failure']),
  object_kind: text.nullable(),
  object_id: text.nullable(),
  detail: z.record(text, z.unknown()),
  ip: text.nullable(),
  hash: text,
  previous_hash: text.nullable(),
});

export const chainVerdict = z.object({
  ok: boolean,
  records: number,
  sequence: number.optional().describe('of the record at which it is broken'),
  reason: text.optional(),
});

export const source = z.object({
  id,
  slug: text,
  name: text,
  kind: sourceKind,
  format: text.nullable().describe('null: told from the records'),
  zone: text.nullable(),
  expected_interval: number.nullable().describe('seconds'),
  promised_by: text.nullable(),
  masking: z.array(z.object({ field: text, how: z.enum(['mask', 'drop']) })),
  settings: z.record(text, z.unknown()).describe('of what is fetched; secrets stand as `(set)`'),
  state: z.enum(['active', 'paused', 'deleted']),
  retention_days: number.nullable(),
  created_at: time,
  updated_at: time,
  health: z
    .object({
      state: z.enum(['waiting', 'healthy', 'silent', 'reduced', 'drifting']),
      last_event_at: time.nullable(),
      last_received_at: time.nullable(),
      events: number,
      bytes: number,
      unread: number,
      dropped: number,
      clock_offset: number
        .nullable()
        .describe('microseconds; positive: events come late or the clock is behind; null: not known'),
      updated_at: time,
    })
    .nullable(),
  learning: z
    .object({ days: number, of: number })
    .nullable()
    .optional()
    .describe('how much is known of what is usual; null: enough to judge by'),
  fetching: z
    .object({ last_run_at: time.nullable(), last_error: text.nullable() })
    .nullable()
    .describe('the last time that it was fetched; null where shippers send, or before the first time'),
});

export const sourceProblem = z.object({
  id,
  code: text,
  message: text,
  mend: text,
  line: text,
  count: number,
  first_at: time,
  last_at: time,
});

export const binding = z.object({
  id,
  kind: z.enum(['certificate', 'address', 'listener']),
  listener: text,
  value: text,
});

export const volume = z.object({ hour: time, events: number, bytes: number, unread: number });

export const shipper = z.object({ name: text, title: text, configuration: text, note: text.optional() });

export const rule = z.object({
  id: text,
  title: text,
  level,
  enabled: boolean,
  reason: text.nullable(),
  needs: z.array(text).describe('product, category and service as Sigma names them'),
  blind: text.nullable().describe('null: it sees all that it needs; else why it can’t'),
  hits: number,
  last_hit_at: time.nullable(),
  pack: text,
  author: text.nullable(),
  license: text.nullable(),
  description: text.nullable(),
  tags: z.array(text),
  document: text.optional(),
});

export const technique = z.object({
  tactic: text,
  technique: text,
  name: text.nullable(),
  rules: number,
  enabled: number,
  blind: number,
  why_blind: z.array(text),
});

export const ruleTest = z.object({
  from: time,
  to: time,
  events: number,
  matches: number,
  samples: z.array(z.object({ id, time: time.nullable(), raw: text })),
  note: text.nullable(),
});

export const pastRun = z.object({
  id,
  kind: z.enum(['rules', 'feed']),
  subject: text.describe('id of a rule, of a document of rules, or of a feed'),
  title: text,
  rules: z.array(text),
  reason: text,
  came_at: time,
  since: time.nullable(),
  until: time.nullable(),
  reached: time.nullable(),
  state: z.enum(['waiting', 'running', 'done', 'failed', 'replaced']),
  matches: number,
  findings: number,
  note: text.nullable(),
  created_at: time,
  updated_at: time,
});

export const ruleDocument = z.object({
  id,
  name: text,
  document: text,
  version: number,
  enabled: boolean,
  created_at: time,
  updated_at: time,
});

export const exception = z.object({
  id,
  detector: text.nullable(),
  rule_id: text.nullable(),
  provider: text.nullable(),
  account: text.nullable(),
  host: text.nullable(),
  src_ip: text.nullable(),
  source_id: id.nullable(),
  fields: z.array(z.unknown()),
  owner: text,
  reason: text,
  created_by: id.nullable(),
  created_at: time,
  ends_at: time,
  ended_at: time.nullable(),
  ended_by: id.nullable(),
  held_back: number,
  last_held_back_at: time.nullable(),
});

/** A finding in a list. */
export const finding = z.object({
  id,
  detector: text,
  rule_id: text,
  rule_title: text,
  rule_version: text.nullable(),
  level,
  confidence: text,
  first_at: time,
  last_at: time,
  count: number,
  provider: text.nullable(),
  account: text.nullable(),
  person: text.nullable(),
  host: text.nullable(),
  src_ip: text.nullable(),
  source_id: id.nullable(),
  why: text,
  registry_version: number.nullable(),
  exception_id: id.nullable(),
  retrospective: boolean.describe('found by judging stored events with a rule or indicator newer than they are'),
  late: boolean,
  created_at: time,
  updated_at: time,
});

/** A finding by itself, with what proves it. */
export const findingWithDocument = finding.extend({
  document: z
    .looseObject({
      evidence: z
        .array(
          z.looseObject({
            selection: text.optional(),
            item: text.optional(),
            field: text,
            value: text,
            expected: text.optional(),
            part: z.tuple([number, number]).optional().describe('of `value`, what matched: from, to'),
          }),
        )
        .optional(),
      attribution: text.optional(),
      attack: z.looseObject({ tactics: z.array(text), techniques: z.array(text) }).optional(),
      rule: z.looseObject({ author: text.optional(), license: text.optional() }).optional(),
    })
    .describe('the finding as it was first made'),
});

export const storedEvent = z.object({
  id,
  time: time.nullable().describe('by the source’s clock; null: it states none'),
  received: time,
  source: id,
  kind: text,
  format: text,
  class_uid: number,
  activity: text,
  outcome: z.enum(['success', 'failure', 'unknown']),
  provider: text,
  account: text,
  person: text,
  host: text,
  src_ip: text,
  link: text,
  attribution_confidence: z.enum(['', 'low', 'medium', 'high']),
  attribution_by: z.array(text),
  normal: z.record(text, text),
  fields: z.record(text, z.array(text)),
  numbers: z.record(text, z.array(number)),
  raw: text,
  rules: z.array(text),
  findings: z.array(id),
});

export const feed = z.object({
  id,
  name: text,
  kind: feedKind,
  tlp: text.nullable(),
  confidence: number.nullable(),
  interval: number.nullable().describe('seconds'),
  half_life_days: number.nullable(),
  settings: z
    .record(text, z.unknown())
    .nullable()
    .describe('from where it is pulled; null: not for the eyes of this role; the secret stands as `(set)`'),
  last_pull_at: time.nullable(),
  last_error: text.nullable(),
  enabled: boolean,
  created_by: id.nullable(),
  created_at: time,
});

export const indicator = z.object({
  id,
  feed_id: id,
  type: text,
  value: text,
  written: text,
  note: text.nullable(),
  tlp: text.nullable(),
  confidence: number.nullable(),
  valid_from: time.nullable(),
  valid_until: time.nullable(),
  revoked: boolean,
  warning_list: text.nullable().describe('on this list, and so never matched'),
  external_id: text.nullable(),
  sightings: number,
  last_sighting_at: time.nullable(),
  created_at: time,
  updated_at: time,
});

export const provider = z.object({ slug: text, name: text });

export const registryProblem = z.object({
  severity: z.enum(['error', 'warning']),
  code: text,
  file: text,
  path: text.describe('of the value in the document'),
  setAside: text.optional().describe('what is left out because of it'),
  fatal: boolean.optional().describe('nothing can be read'),
  message: text,
  mend: text,
  line: number,
  column: number,
});

export const registryVersion = z.object({
  id,
  version: number,
  document: text,
  hash: text,
  loaded_by: id.nullable(),
  loaded_at: time,
  active: boolean,
});

export const legalHold = z.object({
  id,
  source_id: id.nullable().describe('null: everything of the organisation'),
  reason: text,
  owner: text,
  created_by: id.nullable(),
  created_at: time,
  ends_at: time.nullable().describe('null: when somebody releases it'),
  released_at: time.nullable(),
  released_by: id.nullable(),
});

export const signInProvider = z.object({
  id,
  name: text,
  issuer: text,
  client_id: text,
  default_role: role.exclude(['provider_reader']).nullable(),
  enabled: boolean,
});

export const signInProviderTest = z.object({
  issuer: text,
  sign_in_at: text,
  doubts: z.array(text).describe('what it does not say that a sign-in needs'),
});
