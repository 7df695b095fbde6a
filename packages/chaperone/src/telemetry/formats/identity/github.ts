import { fromEpoch, parseTime } from '../../time/index.ts';
import { verbActivity } from '../cloud/verb-activity.ts';
import { type ClassDraft, ClassTable, roles } from '../event/class-table.ts';
import { type JsonAccess, JsonEvent } from '../event/json-event.ts';
import { jsonFormat } from '../event/json-format.ts';

const ACCESS: JsonAccess = {};

const ROLES = roles({
  'actor.user.name': 'actor',
  'actor.user.uid': 'actor_id',
  'actor.session.uid': ['token_id', 'hashed_token'],
  'user.name': 'user',
  'user.uid': 'user_id',
  'src_endpoint.ip': 'actor_ip',
  'cloud.account.uid': ['org', 'business'],
  'auth.type': 'programmatic_access_type',
  'service.name': 'repo',
  tool: 'user_agent',
});

function draft(action: string): ClassDraft {
  const account = /(?:member|collaborator|role|team|access|user|oauth|token|saml|two_factor)/.test(action);
  return {
    offers: [{ product: 'github', service: 'audit' }],
    class_uid: account ? 3001 : 6003,
    activity: verbActivity(action),
    roles: ROLES,
    outcome: /(?:fail|denied|reject)/.test(action) ? 'failure' : 'success',
  };
}

const classes = new ClassTable('github', draft);

/** GitHub's audit log, exported or streamed. */
export const github = jsonFormat({
  name: 'github',
  title: 'GitHub audit log',
  recognise(json) {
    if (json.p_log_type === 'GitHub.Audit') return 1;
    if (typeof json.action !== 'string' || !/^[a-z0-9_]{2,60}\.[a-z0-9_.]{2,80}$/.test(json.action)) return 0;
    const told = json._document_id ?? json['@timestamp'] ?? json.at_sign_timestamp ?? json.operation_type;
    if (told !== undefined) return 0.95;
    return (json.actor ?? json.org ?? json.repo ?? json.business) !== undefined ? 0.85 : 0.4;
  },
  decode(json, text, place, context) {
    const stamp = json['@timestamp'] ?? json.at_sign_timestamp ?? json.created_at;
    const time = typeof stamp === 'number' ? fromEpoch(stamp) : parseTime(stamp, context.zone);
    return new JsonEvent(
      classes.of(typeof json.action === 'string' ? json.action : ''),
      time,
      place,
      text,
      json,
      ACCESS,
    );
  },
});
