import type { EventAccess } from '@chaperone/sigma';
import type { Outcome } from '../../event.ts';
import { parseTime } from '../../time/index.ts';
import { verbActivity } from '../cloud/verb-activity.ts';
import { type ClassDraft, ClassTable, roles } from '../event/class-table.ts';
import { type JsonAccess, JsonEvent } from '../event/json-event.ts';
import { isObject, jsonFormat } from '../event/json-format.ts';

const OFFERS = [{ product: 'cisco', service: 'duo' }] as const;

const ACCESS: JsonAccess = {
  derived: new Map<string, (event: JsonEvent) => unknown>([
    // Administrators' actions hold their detail as JSON in a string
    ['admin.ip', (event) => /"ip_address": ?"([0-9a-fA-F:.]{3,45})"/.exec(event.text('description') ?? '')?.[1]],
    ['admin.factor', (event) => /"factor": ?"([^"]{1,40})"/.exec(event.text('description') ?? '')?.[1]],
  ]),
};

const SUBJECT = roles({
  'user.name': ['user.name', 'username', 'email'],
  'user.uid': 'user.key',
  'src_endpoint.ip': ['access_device.ip', 'ip'],
  'src_endpoint.hostname': ['access_device.hostname', 'host'],
  'auth.factor': 'factor',
  'service.name': ['application.name', 'integration'],
  'cloud.app.uid': 'application.key',
  'actor.session.uid': 'txid',
});
const ADMIN = roles({
  'actor.user.name': 'username',
  'user.name': 'object',
  'src_endpoint.ip': 'admin.ip',
  'auth.factor': 'admin.factor',
});

function outcome(event: EventAccess): Outcome {
  const result = event.get('result');
  if (typeof result === 'string') {
    return /^success/i.test(result) ? 'success' : /^(?:denied|failure|fraud)/i.test(result) ? 'failure' : 'unknown';
  }
  const action = event.get('action');
  return typeof action === 'string' ? (/error|fail/.test(action) ? 'failure' : 'success') : 'unknown';
}

function draft(key: string): ClassDraft {
  if (!key.startsWith('admin/')) return { offers: OFFERS, class_uid: 3002, activity: 'Logon', roles: SUBJECT, outcome };
  const logon = key.includes('login');
  return {
    offers: OFFERS,
    class_uid: logon ? 3002 : 3001,
    activity: logon ? 'Logon' : verbActivity(key.slice(6).split('_').reverse().join('_')),
    roles: ADMIN,
    outcome,
  };
}

const classes = new ClassTable('duo', draft);

/** Duo's authentication and administrator logs (Admin API), and those the sync tools write. */
export const duo = jsonFormat({
  name: 'duo',
  title: 'Duo authentication and administrator logs',
  containers: ['authlogs', 'response', 'items'],
  recognise(json) {
    if (
      json.factor !== undefined &&
      json.result !== undefined &&
      (isObject(json.access_device) || json.integration !== undefined)
    ) {
      return 0.97;
    }
    const admin = typeof json.action === 'string' && typeof json.username === 'string';
    return admin && json.description !== undefined && (json.isotimestamp ?? json.timestamp) !== undefined ? 0.95 : 0;
  },
  decode(json, text, place, context) {
    const time = parseTime(json.isotimestamp ?? json.timestamp, context.zone);
    const kind =
      json.factor === undefined && typeof json.action === 'string'
        ? `admin/${json.action}`
        : `auth/${json.event_type ?? 'authentication'}`;
    return new JsonEvent(classes.of(kind), time, place, text, json, ACCESS);
  },
});
