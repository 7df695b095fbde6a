import type { EventAccess } from '@chaperone/sigma';
import type { Outcome } from '../../event.ts';
import { parseIso } from '../../time/index.ts';
import { type ClassDraft, ClassTable, roles } from '../event/class-table.ts';
import { type Json, type JsonAccess, JsonEvent } from '../event/json-event.ts';
import { isObject, jsonFormat } from '../event/json-format.ts';
import { ipOnly } from './ip-only.ts';
import { verbActivity } from './verb-activity.ts';

const DERIVED = new Map<string, (event: JsonEvent) => unknown>([
  // A call made by a service names it instead of an address
  ['source.ip', (event) => ipOnly(event.find('sourceIPAddress'))],
]);
const ACCESS: JsonAccess = { derived: DERIVED };
/** Some pipelines write all names in lower case. */
const LOWERED: JsonAccess = { derived: DERIVED, anyCase: true };

const ROLES = roles({
  'actor.user.name': [
    'userIdentity.userName',
    'userIdentity.sessionContext.sessionIssuer.userName',
    'userIdentity.invokedBy',
  ],
  'actor.user.uid': ['userIdentity.arn', 'userIdentity.principalId'],
  'actor.session.uid': ['userIdentity.accessKeyId'],
  'user.name': ['requestParameters.userName', 'requestParameters.roleName'],
  'user.uid': ['requestParameters.roleArn', 'requestParameters.principalArn'],
  'src_endpoint.ip': 'source.ip',
  'src_endpoint.hostname': 'sourceIPAddress',
  'cloud.account.uid': ['recipientAccountId', 'userIdentity.accountId'],
  // The account the caller comes from: a provider's own account, in calls across accounts
  'cloud.home_tenant.uid': 'userIdentity.accountId',
  'auth.type': 'userIdentity.type',
  'auth.factor': ['additionalEventData.MFAUsed', 'userIdentity.sessionContext.attributes.mfaAuthenticated'],
  'service.name': 'eventSource',
  tool: 'userAgent',
});

const LOGONS = new Set([
  'ConsoleLogin',
  'AssumeRole',
  'AssumeRoleWithSAML',
  'AssumeRoleWithWebIdentity',
  'GetFederationToken',
  'GetSessionToken',
  'SwitchRole',
  'Authenticate',
  'UserAuthentication',
  'CredentialVerification',
]);

function outcome(event: EventAccess): Outcome {
  const login = event.get('responseElements.ConsoleLogin');
  if (login === 'Failure') return 'failure';
  return event.get('errorCode') === undefined && event.get('errorMessage') === undefined ? 'success' : 'failure';
}

function draft(key: string): ClassDraft {
  const [source, name = ''] = key.split('/', 2);
  const offers = [{ product: 'aws', service: 'cloudtrail' }];
  const logon = LOGONS.has(name);
  const account = source === 'iam.amazonaws.com' || source === 'identitystore.amazonaws.com';
  return {
    offers,
    class_uid: logon ? 3002 : account && !/^(?:Get|List|Simulate|Generate)/.test(name) ? 3001 : 6003,
    activity: logon ? 'Logon' : verbActivity(name),
    roles: ROLES,
    outcome,
  };
}

const classes = new ClassTable('cloudtrail', draft);

/** AWS CloudTrail: the files it delivers (`{"Records": [...]}`), and lines of single events. */
export const cloudtrail = jsonFormat({
  name: 'cloudtrail',
  title: 'AWS CloudTrail',
  containers: ['Records', 'Events'],
  recognise(json) {
    if (typeof json.CloudTrailEvent === 'string') return 1;
    const source = json.eventSource ?? json.eventsource;
    if (typeof source === 'string' && source.endsWith('.amazonaws.com')) return 1;
    const name = json.eventName ?? json.eventname;
    if (typeof name !== 'string') return 0;
    const identity = json.userIdentity ?? json.useridentity;
    const type = json.eventType ?? json.eventtype;
    if (typeof type === 'string' && type.startsWith('Aws')) return 0.95;
    if (identity !== undefined && (json.awsRegion ?? json.awsregion ?? json.recipientAccountId) !== undefined)
      return 0.9;
    return 0;
  },
  decode(given, text, place, context) {
    const json = looked(given);
    const lowered = json.eventName === undefined && json.eventname !== undefined;
    const source = json.eventSource ?? json.eventsource;
    const name = json.eventName ?? json.eventname;
    const stamp = json.eventTime ?? json.eventtime;
    const kind = classes.of(`${typeof source === 'string' ? source : ''}/${typeof name === 'string' ? name : ''}`);
    // Seen in exports: `2021-05-20 15:53:47Z`
    const time = typeof stamp === 'string' ? parseIso(stamp, context.zone) : undefined;
    return new JsonEvent(kind, time, place, text, json, lowered ? LOWERED : ACCESS);
  },
});

/** `aws cloudtrail lookup-events` gives the event as JSON text inside a summary of it. */
function looked(json: Json): Json {
  if (typeof json.CloudTrailEvent !== 'string') return json;
  try {
    const inner: unknown = JSON.parse(json.CloudTrailEvent);
    return isObject(inner) ? inner : json;
  } catch {
    // A cut text: the summary still says who did what
    return json;
  }
}
