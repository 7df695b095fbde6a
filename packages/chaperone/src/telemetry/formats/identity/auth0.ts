import { parseIso } from '../../time/index.ts';
import { type ClassDraft, ClassTable, roles } from '../event/class-table.ts';
import { type JsonAccess, JsonEvent } from '../event/json-event.ts';
import { isObject, jsonFormat } from '../event/json-format.ts';

const ACCESS: JsonAccess = { within: ['data'] };

const ROLES = roles({
  'user.name': ['user_name', 'details.request.auth.user.email'],
  'user.uid': ['user_id', 'details.request.auth.user.user_id'],
  'src_endpoint.ip': 'ip',
  'cloud.app.uid': 'client_id',
  'service.name': ['client_name', 'connection'],
  'auth.type': ['strategy', 'connection'],
  'cloud.account.uid': 'tenant_name',
  'actor.session.uid': 'session_id',
  tool: 'user_agent',
});

/** Log event type codes (Auth0, "Log Event Type Codes"): `s` and `ss` succeed, `f` and its kin fail, `sapi` is the management API. */
function draft(type: string): ClassDraft {
  const offers = [{ product: 'auth0', service: 'auth0' }];
  if (type === 'sapi' || type === 'fapi' || type === 'mgmt_api_read') {
    const outcome = type === 'fapi' ? 'failure' : 'success';
    return { offers, class_uid: 6003, activity: type === 'mgmt_api_read' ? 'Read' : 'Update', roles: ROLES, outcome };
  }
  if (type === 'slo') return { offers, class_uid: 3002, activity: 'Logoff', roles: ROLES, outcome: 'success' };
  const failure = /^(?:f|limit_|pwd_leak|w$)/.test(type);
  return {
    offers,
    class_uid: 3002,
    activity: 'Logon',
    roles: ROLES,
    outcome: failure ? 'failure' : type.startsWith('s') ? 'success' : 'unknown',
  };
}

const classes = new ClassTable('auth0', draft);

/** Auth0's tenant logs, bare or as its log streams wrap them (`{ log_id, data }`). */
export const auth0 = jsonFormat({
  name: 'auth0',
  title: 'Auth0 tenant logs',
  containers: ['logs'],
  recognise(json) {
    const { data } = json;
    if (
      isObject(data) &&
      typeof data.type === 'string' &&
      (json.log_id ?? data.log_id ?? data.client_id ?? data.details) !== undefined
    ) {
      return 0.97;
    }
    if (isObject(data) && json.log_id !== undefined) return 0.9;
    return typeof json.log_id === 'string' && typeof json.type === 'string' && json.date !== undefined ? 0.97 : 0;
  },
  decode(json, text, place, context) {
    const inner = isObject(json.data) ? json.data : json;
    const time = typeof inner.date === 'string' ? parseIso(inner.date, context.zone) : undefined;
    return new JsonEvent(classes.of(typeof inner.type === 'string' ? inner.type : ''), time, place, text, json, ACCESS);
  },
});
