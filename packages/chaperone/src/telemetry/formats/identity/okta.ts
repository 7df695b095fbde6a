import type { EventAccess } from '@chaperone/sigma';
import type { Outcome } from '../../event.ts';
import { parseIso } from '../../time/index.ts';
import { ipOnly } from '../cloud/ip-only.ts';
import { verbActivity } from '../cloud/verb-activity.ts';
import { type ClassDraft, ClassTable, roles } from '../event/class-table.ts';
import { type JsonAccess, JsonEvent } from '../event/json-event.ts';
import { isObject, jsonFormat } from '../event/json-format.ts';

function target(event: JsonEvent, type: RegExp, name: string): string | undefined {
  const targets = event.find('target');
  if (!Array.isArray(targets)) return undefined;
  for (const one of targets.slice(0, 64)) {
    if (!isObject(one) || typeof one.type !== 'string' || !type.test(one.type)) continue;
    const found = one[name] ?? one[name.toLowerCase()];
    if (typeof found === 'string' && found !== '') return found;
  }
  return undefined;
}

const ACCESS: JsonAccess = {
  anyCase: true,
  derived: new Map<string, (event: JsonEvent) => unknown>([
    ['source.ip', (event) => ipOnly(event.text('client.ipAddress', 'request.ipChain.ip'))],
    ['target.user', (event) => target(event, /^User$/i, 'alternateId')],
    ['target.user.uid', (event) => target(event, /^User$/i, 'id')],
    ['target.app', (event) => target(event, /^App/i, 'id')],
  ]),
};

const COMMON = roles({
  'src_endpoint.ip': 'source.ip',
  'actor.session.uid': ['authenticationContext.externalSessionId', 'transaction.id'],
  'auth.type': ['authenticationContext.credentialType', 'authenticationContext.authenticationProvider'],
  'auth.factor': ['debugContext.debugData.factor', 'authenticationContext.credentialProvider'],
  'cloud.app.uid': 'target.app',
  tool: 'client.userAgent.rawUserAgent',
});
const SUBJECT = [...roles({ 'user.name': 'actor.alternateId', 'user.uid': 'actor.id' }), ...COMMON];
const ACTOR = [
  ...roles({
    'actor.user.name': 'actor.alternateId',
    'actor.user.uid': 'actor.id',
    'user.name': 'target.user',
    'user.uid': 'target.user.uid',
  }),
  ...COMMON,
];

function outcome(event: EventAccess): Outcome {
  const result = event.get('outcome.result');
  if (result === 'SUCCESS' || result === 'ALLOW') return 'success';
  return result === 'FAILURE' || result === 'DENY' ? 'failure' : 'unknown';
}

function draft(type: string): ClassDraft {
  const offers = [{ product: 'okta', service: 'okta' }];
  const common = { offers, outcome };
  if (/^user\.session\.(?:end|clear|expire)/.test(type)) {
    return { ...common, class_uid: 3002, activity: 'Logoff', roles: SUBJECT };
  }
  if (/^user\.(?:session|authentication)\.|^policy\.evaluate_sign_on|^app\.oauth2\.(?:token|as\.token)/.test(type)) {
    return { ...common, class_uid: 3002, activity: 'Logon', roles: SUBJECT };
  }
  const account = /^(?:user|group)\.|privilege|^iam\.|api_token/.test(type);
  return { ...common, class_uid: account ? 3001 : 6003, activity: verbActivity(type), roles: ACTOR };
}

const classes = new ClassTable('okta', draft);

/** Okta's System Log. */
export const okta = jsonFormat({
  name: 'okta',
  title: 'Okta System Log',
  recognise(json) {
    const type = json.eventType ?? json.eventtype;
    const { actor, outcome: result } = json;
    if (!isObject(actor) || (actor.alternateId ?? actor.alternateid ?? actor.type) === undefined) return 0;
    if (typeof type !== 'string') return 0;
    return isObject(result) || json.legacyEventType !== undefined || json.published !== undefined ? 0.98 : 0.5;
  },
  decode(json, text, place, context) {
    const type = json.eventType ?? json.eventtype;
    const time = typeof json.published === 'string' ? parseIso(json.published, context.zone) : undefined;
    return new JsonEvent(classes.of(typeof type === 'string' ? type : ''), time, place, text, json, ACCESS);
  },
});
