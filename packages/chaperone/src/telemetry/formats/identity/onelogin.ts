import { parseTime } from '../../time/index.ts';
import { type ClassDraft, ClassTable, roles } from '../event/class-table.ts';
import { type JsonAccess, JsonEvent } from '../event/json-event.ts';
import { jsonFormat } from '../event/json-format.ts';

const ACCESS: JsonAccess = {};

const ROLES = roles({
  'actor.user.name': 'actor_user_name',
  'actor.user.uid': 'actor_user_id',
  'user.name': ['user_name', 'login_name'],
  'user.uid': 'user_id',
  'src_endpoint.ip': ['ipaddr', 'ip_address'],
  'service.name': 'app_name',
  'cloud.app.uid': 'app_id',
  'cloud.account.uid': 'account_id',
  'auth.factor': ['authentication_factor_description', 'otp_device_name'],
  tool: 'user_agent',
});

/** Event types (OneLogin, "Event types"): 5 and 8 sign in to OneLogin and to an app, 6, 9 and 90 fail, 7 and 10 sign out. */
function draft(type: string): ClassDraft {
  const offers = [{ product: 'onelogin', service: 'onelogin.events' }];
  if (type === '5' || type === '8')
    return { offers, class_uid: 3002, activity: 'Logon', outcome: 'success', roles: ROLES };
  if (type === '6' || type === '9' || type === '90') {
    return { offers, class_uid: 3002, activity: 'Logon', outcome: 'failure', roles: ROLES };
  }
  if (type === '7') return { offers, class_uid: 3002, activity: 'Logoff', roles: ROLES };
  return {
    offers,
    class_uid: 3001,
    activity: type === '13' ? 'Create' : type === '17' ? 'Delete' : 'Update',
    roles: ROLES,
  };
}

const classes = new ClassTable('onelogin', draft);

/** OneLogin events, from its API or webhooks. */
export const onelogin = jsonFormat({
  name: 'onelogin',
  title: 'OneLogin events',
  containers: ['data'],
  recognise: (json) =>
    json.event_type_id !== undefined && (json.user_id ?? json.account_id ?? json.actor_user_id) !== undefined
      ? 0.98
      : 0,
  decode(json, text, place, context) {
    const time = parseTime(json.event_timestamp ?? json.created_at, context.zone);
    return new JsonEvent(classes.of(String(json.event_type_id ?? '')), time, place, text, json, ACCESS);
  },
});
