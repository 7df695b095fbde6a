import { parseIso } from '../../time/index.ts';
import { verbActivity } from '../cloud/verb-activity.ts';
import { ClassTable, roles } from '../event/class-table.ts';
import { type JsonAccess, JsonEvent } from '../event/json-event.ts';
import { jsonFormat } from '../event/json-format.ts';

const ACCESS: JsonAccess = {};

const ROLES = roles({
  'actor.user.name': 'actor_name',
  'actor.user.uid': 'actor_id',
  'user.name': 'source_label',
  'src_endpoint.ip': 'ip_address',
});

const classes = new ClassTable('zendesk', (key) => ({
  offers: [{ product: 'zendesk', service: 'audit' }],
  class_uid: /\/(?:user|role|account)/.test(key) ? 3001 : 6003,
  activity: verbActivity(key),
  roles: ROLES,
}));

/** Zendesk's audit log: ticket systems are where providers' access is asked for and given. */
export const zendesk = jsonFormat({
  name: 'zendesk',
  title: 'Zendesk audit log',
  containers: ['audit_logs'],
  recognise: (json) =>
    json.source_type !== undefined && json.actor_name !== undefined && json.action_label !== undefined ? 0.98 : 0,
  decode(json, text, place, context) {
    const time = typeof json.created_at === 'string' ? parseIso(json.created_at, context.zone) : undefined;
    return new JsonEvent(classes.of(`${json.action ?? ''}/${json.source_type ?? ''}`), time, place, text, json, ACCESS);
  },
});
