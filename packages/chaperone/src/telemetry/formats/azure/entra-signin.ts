import type { EventAccess } from '@chaperone/sigma';
import type { Outcome } from '../../event.ts';
import { parseTime } from '../../time/index.ts';
import { ipOnly } from '../cloud/ip-only.ts';
import { ClassTable, roles } from '../event/class-table.ts';
import { type Json, type JsonAccess, JsonEvent } from '../event/json-event.ts';
import { isObject, jsonFormat } from '../event/json-format.ts';
import { unfoldDynamic, withoutProperties } from './access.ts';

/** What the portal shows as `Status`: the outcome, the reason and what was satisfied. */
function status(event: JsonEvent): unknown {
  const code = errorCode(event);
  const words = [event.find('status.failureReason'), event.find('status.additionalDetails')];
  return [code === undefined ? undefined : code === 0 ? 'Success' : 'Failure', ...words].filter(
    (word) => typeof word === 'string' && word !== '',
  );
}

function errorCode(event: JsonEvent): number | undefined {
  const code = event.text('status.errorCode', 'resultType', 'errorCode');
  return code === undefined || code === '' || !/^\d{1,9}$/.test(code) ? undefined : Number(code);
}

/** How the portal names the protocols that Graph calls `deviceCode` and `ropc`. */
function message(event: JsonEvent): unknown {
  const protocol = event.text('authenticationProtocol');
  if (protocol === 'deviceCode') return 'Device Code';
  return protocol === 'ropc' ? 'ROPC' : undefined;
}

const ACCESS: JsonAccess = {
  anyCase: true,
  within: ['properties'],
  derived: new Map<string, (event: JsonEvent) => unknown>([
    ['status', status],
    ['properties.message', message],
    ['outcome.code', errorCode],
    ['source.ip', (event) => ipOnly(event.text('ipAddress', 'callerIpAddress'))],
    ['activitydetails', () => 'Sign-ins'],
    ['principal.name', (event) => event.text('userPrincipalName', 'servicePrincipalName', 'identity')],
    ['principal.uid', (event) => event.text('userId', 'servicePrincipalId')],
  ]),
  aliases: new Map([
    ['resulttype', ['status.errorCode', 'errorCode']],
    ['resultdescription', ['status.failureReason']],
    ['clientapp', ['clientAppUsed']],
    ['username', ['userPrincipalName', 'servicePrincipalName']],
    ['ipaddress', ['callerIpAddress']],
  ]),
  otherwise: withoutProperties,
};

const ROLES = roles({
  'user.name': 'principal.name',
  'user.uid': 'principal.uid',
  'actor.app_uid': ['servicePrincipalId'],
  'actor.session.uid': ['sessionId', 'uniqueTokenIdentifier', 'correlationId'],
  'src_endpoint.ip': 'source.ip',
  'src_endpoint.hostname': 'deviceDetail.displayName',
  'auth.protocol': ['authenticationProtocol', 'clientAppUsed'],
  'auth.type': 'crossTenantAccessType',
  'auth.factor': 'authenticationRequirement',
  'cloud.account.uid': ['resourceTenantId', 'tenantId'],
  'cloud.home_tenant.uid': 'homeTenantId',
  'cloud.app.uid': 'appId',
  'service.name': ['resourceDisplayName', 'appDisplayName'],
  tool: 'userAgent',
});

/** Codes that ask the user for more (a factor, a choice) rather than refuse (Microsoft, "AADSTS error codes"). */
const INTERRUPTS = new Set([50055, 50058, 50072, 50074, 50076, 50079, 50097, 50125, 50127, 50129, 50140, 50199, 51006]);

function outcome(event: EventAccess): Outcome {
  const code = event.get('outcome.code');
  if (typeof code !== 'number') return 'unknown';
  if (code === 0) return 'success';
  return INTERRUPTS.has(code) ? 'unknown' : 'failure';
}

const classes = new ClassTable('entra-signin', (kind) => ({
  offers: [{ product: 'azure', service: 'signinlogs' }],
  class_uid: 3002,
  activity: 'Logon',
  roles: ROLES,
  outcome,
  key: kind,
}));

/** Entra ID sign-ins as Microsoft Graph, Azure Monitor (diagnostic settings) and Log Analytics write them. */
export const entraSignin = jsonFormat({
  name: 'entra-signin',
  title: 'Microsoft Entra ID sign-in logs',
  containers: ['value', 'records', 'Records'],
  recognise(json) {
    if (/SignInLogs$/i.test(category(json))) return 1;
    const operation = json.operationName ?? json.OperationName;
    if (operation === 'Sign-in activity') return 1;
    const status = json.status ?? json.Status;
    const principal =
      json.userPrincipalName ?? json.UserPrincipalName ?? json.servicePrincipalId ?? json.servicePrincipalName;
    const app = json.appId ?? json.AppId ?? json.appDisplayName ?? json.AppDisplayName;
    if (principal === undefined || app === undefined) return 0;
    if (isObject(status) && status.errorCode !== undefined) return 0.97;
    return (json.createdDateTime ?? json.CreatedDateTime) !== undefined &&
      (json.clientAppUsed ?? json.ClientAppUsed ?? json.conditionalAccessStatus ?? json.ConditionalAccessStatus) !==
        undefined
      ? 0.9
      : 0;
  },
  decode(given, text, place, context) {
    const json = unfoldDynamic(given);
    return new JsonEvent(classes.of(kindOf(json)), timeOf(json, context.zone), place, text, json, ACCESS);
  },
});

function category(json: Json): string {
  const stated = json.category ?? json.Category ?? json.Type;
  return typeof stated === 'string' ? stated : '';
}

function kindOf(json: Json): string {
  const stated = category(json);
  if (stated !== '') {
    const kind = stated.replace(/SignInLogs$/i, '').toLowerCase();
    if (kind === 'noninteractiveuser' || kind === 'serviceprincipal' || kind === 'managedidentity') return kind;
    return 'interactive';
  }
  const types = json.signInEventTypes;
  if (Array.isArray(types) && typeof types[0] === 'string') {
    if (/^servicePrincipal$/i.test(types[0])) return 'serviceprincipal';
    if (/^managedIdentity$/i.test(types[0])) return 'managedidentity';
    if (/^nonInteractiveUser$/i.test(types[0])) return 'noninteractiveuser';
  }
  if (json.isInteractive === false) return 'noninteractiveuser';
  return json.userPrincipalName === undefined && json.servicePrincipalId !== undefined
    ? 'serviceprincipal'
    : 'interactive';
}

function timeOf(json: Json, zone: string): number | undefined {
  const inner = isObject(json.properties) ? json.properties.createdDateTime : undefined;
  const stamp = inner ?? json.createdDateTime ?? json.CreatedDateTime ?? json.time ?? json.TimeGenerated;
  return parseTime(stamp, zone);
}
