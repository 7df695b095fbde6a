import type { EventAccess, Offer } from '@chaperone/sigma';
import type { LogEvent, Outcome, Place } from '../../event.ts';
import { parseIso, parseTime } from '../../time/index.ts';
import { ipOnly } from '../cloud/ip-only.ts';
import { verbActivity } from '../cloud/verb-activity.ts';
import { type ClassDraft, ClassTable, roles } from '../event/class-table.ts';
import { type Json, type JsonAccess, JsonEvent, stringify } from '../event/json-event.ts';
import { isObject, jsonFormat } from '../event/json-format.ts';

/** A property of `[{ Name, Value }]`, as `ExtendedProperties`, `Parameters` and `DeviceProperties` are. */
function named(event: JsonEvent, list: string, name: string): string | undefined {
  const properties = event.find(list);
  if (!Array.isArray(properties)) return undefined;
  for (const property of properties.slice(0, 256)) {
    if (isObject(property) && property.Name === name && typeof property.Value === 'string') return property.Value;
  }
  return undefined;
}

/** Cloud App Security's words for the same events, which SigmaHQ's `threat_management` rules ask for. */
function status(event: JsonEvent): string | undefined {
  const said = event.text('ResultStatus');
  if (said === undefined) return event.find('Workload') === 'SecurityComplianceCenter' ? 'success' : undefined;
  return /^(?:succe|true)/i.test(said) ? 'success' : /^(?:fail|false)/i.test(said) ? 'failure' : said;
}

const ACCESS: JsonAccess = {
  derived: new Map<string, (event: JsonEvent) => unknown>([
    ['source.ip', (event) => ipOnly(event.text('ClientIP', 'ClientIPAddress', 'ActorIpAddress', 'SenderIp'))],
    ['eventSource', (event) => event.find('Workload')],
    ['eventName', (event) => event.text('Name', 'Operation')],
    ['status', status],
    ['RequestType', (event) => named(event, 'ExtendedProperties', 'RequestType')],
    ['Payload', (event) => event.text('Data') ?? stringify(event.json)],
    [
      'agent',
      (event) => event.text('UserAgent', 'ClientInfoString') ?? named(event, 'ExtendedProperties', 'UserAgent'),
    ],
    [
      'session',
      (event) =>
        event.text('SessionId', 'AppAccessContext.AADSessionId') ?? named(event, 'DeviceProperties', 'SessionId'),
    ],
    ['target.user', (event) => event.text('MailboxOwnerUPN', 'TargetUserOrGroupName') ?? targetUser(event)],
  ]),
};

/** Directory operations name their targets as `[{ ID, Type }]`; type 5 is the user principal name. */
function targetUser(event: JsonEvent): string | undefined {
  const targets = event.find('Target');
  if (!Array.isArray(targets)) return undefined;
  for (const target of targets.slice(0, 64)) {
    if (isObject(target) && target.Type === 5 && typeof target.ID === 'string') return target.ID;
  }
  return undefined;
}

const COMMON = roles({
  'src_endpoint.ip': 'source.ip',
  'cloud.account.uid': 'OrganizationId',
  'cloud.home_tenant.uid': 'ActorContextId',
  'cloud.app.uid': ['ApplicationId', 'AppId', 'ClientAppId'],
  'actor.session.uid': ['session', 'InterSystemsId'],
  'auth.type': ['LogonType', 'UserType'],
  'service.name': 'Workload',
  'file.path': 'ObjectId',
  'device.hostname': 'OriginatingServer',
  tool: 'agent',
});
const SUBJECT = [...roles({ 'user.name': 'UserId', 'user.uid': 'UserKey' }), ...COMMON];
const ACTOR = [
  ...roles({ 'actor.user.name': 'UserId', 'actor.user.uid': 'UserKey', 'user.name': 'target.user' }),
  ...COMMON,
];

function outcome(event: EventAccess): Outcome {
  if (event.get('Operation') === 'UserLoginFailed') return 'failure';
  const said = event.get('status');
  return said === 'success' ? 'success' : said === 'failure' ? 'failure' : 'unknown';
}

/** By `Workload/Operation`. */
function draft(key: string): ClassDraft {
  const slash = key.indexOf('/');
  const workload = key.slice(0, slash);
  const operation = key.slice(slash + 1);
  const offers: Offer[] = [{ product: 'm365', service: 'audit' }];
  if (workload === 'Exchange') offers.push({ product: 'm365', service: 'exchange' });
  if (workload === 'SecurityComplianceCenter') {
    offers.push({ product: 'm365', service: 'threat_management' }, { product: 'm365', service: 'threat_detection' });
  }
  if (/^(?:UserLoggedIn|UserLoginFailed|MailboxLogin|TeamsSessionStarted|SignInEvent)$/.test(operation)) {
    return { offers, class_uid: 3002, activity: 'Logon', roles: SUBJECT, outcome };
  }
  const account = workload === 'AzureActiveDirectory' || /Permission|Delegat|RoleGroup|ManagementRole/.test(operation);
  const class_uid = account ? 3001 : 6003;
  return { offers, class_uid, activity: verbActivity(spaced(operation)), roles: ACTOR, outcome };
}

/** `FileDownloaded` names its verb last: `downloaded file`. */
function spaced(operation: string): string {
  return operation.replace(/([a-z])([A-Z])/g, '$1 $2');
}

const classes = new ClassTable('m365', draft);

/** Microsoft 365 unified audit: the Management API's records, and Search-UnifiedAuditLog's around them. */
export const m365 = jsonFormat({
  name: 'm365',
  title: 'Microsoft 365 unified audit log',
  containers: ['value', 'Records'],
  recognise(json) {
    if (typeof json.AuditData === 'string' || isObject(json.AuditData)) return 0.98;
    if (isObject(json.auditData) && json.auditLogRecordType !== undefined) return 0.98;
    if (typeof json.Operation !== 'string' || typeof json.Workload !== 'string') return 0;
    return json.CreationTime !== undefined || json.RecordType !== undefined || json.OrganizationId !== undefined
      ? 0.97
      : 0.5;
  },
  decode: (json, text, place, context) => m365Event(json, text, place, context.zone),
});

/** One unified audit record, its wrapper taken off; times are UTC whatever the zone. */
export function m365Event(given: Json, text: string, place: Place, zone: string): LogEvent {
  const json = unwrap(given);
  const stamp = json.CreationTime ?? given.CreationDate ?? given.createdDateTime;
  const time = (typeof stamp === 'string' ? parseIso(stamp, 'UTC') : undefined) ?? parseTime(stamp, zone);
  const kind = classes.of(`${word(json.Workload)}/${word(json.Operation ?? given.Operations ?? given.Operation)}`);
  return new JsonEvent(kind, time, place, text, json, ACCESS);
}

function unwrap(json: Json): Json {
  const inner = json.AuditData ?? json.auditData;
  if (isObject(inner)) return inner;
  if (typeof inner !== 'string') return json;
  try {
    const parsed: unknown = JSON.parse(inner);
    return isObject(parsed) ? parsed : json;
  } catch {
    // A cut cell: the columns around it still say who did what
    return json;
  }
}

function word(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
