import type { EventAccess } from '@chaperone/sigma';
import type { Outcome } from '../../event.ts';
import { parseIso } from '../../time/index.ts';
import { verbActivity } from '../cloud/verb-activity.ts';
import { type ClassDraft, ClassTable, roles } from '../event/class-table.ts';
import { type Json, type JsonAccess, JsonEvent } from '../event/json-event.ts';
import { isObject, jsonFormat } from '../event/json-format.ts';
import { parameter } from './parameters.ts';

/** Names of all events of one activity: the API puts several in one record; pipelines flatten to one. */
function names(event: JsonEvent): unknown {
  return event.find('events.name') ?? event.find('name');
}

function service(event: JsonEvent): string | undefined {
  const application = event.text('id.applicationName');
  return application === undefined ? undefined : `${application}.googleapis.com`;
}

function said(event: JsonEvent, name: string): string | undefined {
  return parameter(event, 'parameters', name) ?? parameter(event, 'events.parameters', name);
}

const ACCESS: JsonAccess = {
  derived: new Map<string, (event: JsonEvent) => unknown>([
    ['eventName', names],
    ['eventService', service],
    ['protoPayload.serviceName', service],
    ['protoPayload.Servicename', service],
    ['protoPayload.metadata.event.eventName', names],
    [
      'target.user',
      (event) => said(event, 'USER_EMAIL') ?? said(event, 'affected_email_address') ?? said(event, 'target_user'),
    ],
    ['app', (event) => said(event, 'client_id') ?? said(event, 'API_CLIENT_NAME') ?? said(event, 'APP_ID')],
    ['login', (event) => said(event, 'login_type')],
    ['challenge', (event) => said(event, 'login_challenge_method')],
    ['document', (event) => said(event, 'doc_title')],
  ]),
  otherwise: (field, event) => said(event, field),
};

const COMMON = roles({
  'src_endpoint.ip': 'ipAddress',
  'cloud.account.uid': 'id.customerId',
  'cloud.app.uid': 'app',
  'actor.session.uid': 'id.uniqueQualifier',
  'auth.type': 'login',
  'auth.factor': 'challenge',
  'service.name': 'id.applicationName',
  'file.path': 'document',
});
const SUBJECT = [...roles({ 'user.name': 'actor.email', 'user.uid': 'actor.profileId' }), ...COMMON];
const ACTOR = [
  ...roles({ 'actor.user.name': 'actor.email', 'actor.user.uid': 'actor.profileId', 'user.name': 'target.user' }),
  ...COMMON,
];

function outcome(event: EventAccess): Outcome {
  const name = event.get('eventName');
  const first = Array.isArray(name) ? name[0] : name;
  return typeof first === 'string' && /failure|blocked|denied|fail/.test(first) ? 'failure' : 'success';
}

/** By `application/event`. */
function draft(key: string): ClassDraft {
  const [application, name = ''] = key.split('/', 2);
  const offers = [
    { product: 'gcp', service: `google_workspace.${application}` },
    { product: 'google_workspace', service: application },
  ];
  if (application === 'login' || application === 'saml') {
    const logoff = name === 'logout';
    return { offers, class_uid: 3002, activity: logoff ? 'Logoff' : 'Logon', roles: SUBJECT, outcome };
  }
  const account = application === 'admin' && /USER|ROLE|PRIVILEGE|GROUP|API_CLIENT|PASSWORD/.test(name);
  return {
    offers,
    class_uid: account ? 3001 : 6003,
    activity: verbActivity(name.toLowerCase()),
    roles: ACTOR,
    outcome,
  };
}

const classes = new ClassTable('google-workspace', draft);

/** Google Workspace activity reports (Admin SDK Reports API): admin, login, drive, token and the others. */
export const googleWorkspace = jsonFormat({
  name: 'google-workspace',
  title: 'Google Workspace activity reports',
  containers: ['items'],
  recognise(json) {
    if (json.kind === 'admin#reports#activity') return 1;
    const { id } = json;
    if (!isObject(id) || typeof id.applicationName !== 'string') return 0;
    return Array.isArray(json.events) || typeof json.name === 'string' || isObject(json.actor) ? 0.97 : 0.5;
  },
  decode(json, text, place, context) {
    const id = isObject(json.id) ? json.id : {};
    const application = typeof id.applicationName === 'string' ? id.applicationName : '';
    const time = typeof id.time === 'string' ? parseIso(id.time, context.zone) : undefined;
    const kind = classes.of(`${application}/${nameOf(json)}`);
    return new JsonEvent(kind, time, place, text, json, ACCESS);
  },
});

function nameOf(json: Json): string {
  const first = Array.isArray(json.events) ? json.events[0] : json;
  return isObject(first) && typeof first.name === 'string' ? first.name.replaceAll('/', ' ') : '';
}
