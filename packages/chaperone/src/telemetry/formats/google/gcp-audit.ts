import type { EventAccess, Offer } from '@chaperone/sigma';
import type { Outcome } from '../../event.ts';
import { parseIso } from '../../time/index.ts';
import { ipOnly } from '../cloud/ip-only.ts';
import { verbActivity } from '../cloud/verb-activity.ts';
import { type ClassDraft, ClassTable, roles } from '../event/class-table.ts';
import { type Json, type JsonAccess, JsonEvent } from '../event/json-event.ts';
import { isObject, jsonFormat } from '../event/json-format.ts';
import { parameter } from './parameters.ts';

/** The log's own name, whole and without its project: `cloudaudit.googleapis.com/activity`. */
function logNames(event: JsonEvent): unknown {
  const name = event.text('logName');
  if (name === undefined) return undefined;
  const short = name.slice(name.lastIndexOf('/logs/') + 6);
  return [name, short, short.replaceAll('%2F', '/')];
}

const ACCESS: JsonAccess = {
  anyCase: true,
  derived: new Map<string, (event: JsonEvent) => unknown>([
    ['gcp.audit.method_name', (event) => event.find('protoPayload.methodName')],
    ['data.protopayload.logname', logNames],
    ['source.ip', (event) => ipOnly(event.text('protoPayload.requestMetadata.callerIp'))],
    // Workspace's audit logs come by Cloud Logging too
    ['eventservice', (event) => event.find('protoPayload.serviceName')],
    ['eventname', (event) => event.text('protoPayload.metadata.event.eventName')],
    ['setting_name', (event) => parameter(event, 'protoPayload.metadata.event.parameter', 'SETTING_NAME')],
    ['new_value', (event) => parameter(event, 'protoPayload.metadata.event.parameter', 'NEW_VALUE')],
  ]),
  otherwise(field, event) {
    // SigmaHQ writes `data.protoPayload.x` for what a Pub/Sub export wraps, also for what stands beside protoPayload
    const lower = field.toLowerCase();
    if (!lower.startsWith('data.')) return undefined;
    const inner = event.get(field.slice(5));
    return inner ?? (lower.startsWith('data.protopayload.') ? event.get(field.slice(18)) : undefined);
  },
};

const ROLES = roles({
  'actor.user.name': [
    'protoPayload.authenticationInfo.principalEmail',
    'protoPayload.authenticationInfo.principalSubject',
  ],
  'actor.user.uid': 'protoPayload.authenticationInfo.principalSubject',
  'actor.session.uid': 'protoPayload.authenticationInfo.serviceAccountKeyName',
  'src_endpoint.ip': 'source.ip',
  'cloud.account.uid': ['resource.labels.project_id', 'resource.labels.organization_id'],
  'service.name': 'protoPayload.serviceName',
  'file.path': 'protoPayload.resourceName',
  tool: 'protoPayload.requestMetadata.callerSuppliedUserAgent',
});

function outcome(event: EventAccess): Outcome {
  const code = event.get('protoPayload.status.code');
  return code === undefined || code === null || code === 0 ? 'success' : 'failure';
}

/** By `service/method`. */
function draft(key: string): ClassDraft {
  const [service = '', method = ''] = key.split('/', 2);
  const offers: Offer[] = [{ product: 'gcp', service: 'gcp.audit' }];
  if (service === 'admin.googleapis.com') offers.push({ product: 'gcp', service: 'google_workspace.admin' });
  if (service === 'login.googleapis.com') offers.push({ product: 'gcp', service: 'google_workspace.login' });
  const logon = service === 'login.googleapis.com';
  const account = service === 'iam.googleapis.com' || /SetIamPolicy|serviceAccount|Role/.test(method);
  return {
    offers,
    class_uid: logon ? 3002 : account ? 3001 : 6003,
    activity: logon ? 'Logon' : verbActivity(method.replace(/([a-z])([A-Z])/g, '$1 $2')),
    roles: ROLES,
    outcome,
  };
}

const classes = new ClassTable('gcp-audit', draft);

/** Google Cloud audit logs as Cloud Logging exports them. */
export const gcpAudit = jsonFormat({
  name: 'gcp-audit',
  title: 'Google Cloud audit logs',
  containers: ['entries'],
  recognise(given) {
    const json = unwrap(given);
    const payload = json.protoPayload ?? json.protopayload;
    if (isObject(payload)) return 0.98;
    const log = json.logName ?? json.logname;
    if (typeof log === 'string' && log.includes('cloudaudit.googleapis.com')) return 0.95;
    return json.p_log_type === 'GCP.AuditLog' ? 0.95 : 0;
  },
  decode(given, text, place, context) {
    const json = unwrap(given);
    const payload = json.protoPayload ?? json.protopayload;
    const service = isObject(payload) ? (payload.serviceName ?? payload.servicename) : undefined;
    const method = isObject(payload) ? (payload.methodName ?? payload.methodname) : undefined;
    const stamp = json.timestamp ?? json.receiveTimestamp ?? json.receivetimestamp;
    const time = typeof stamp === 'string' ? parseIso(stamp, context.zone) : undefined;
    const kind = classes.of(`${word(service)}/${word(method).replaceAll('/', '.')}`);
    return new JsonEvent(kind, time, place, text, json, ACCESS);
  },
});

function unwrap(json: Json): Json {
  const { data } = json;
  return isObject(data) && (data.protoPayload ?? data.protopayload) !== undefined ? data : json;
}

function word(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
