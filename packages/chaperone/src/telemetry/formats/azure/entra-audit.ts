import type { EventAccess } from '@chaperone/sigma';
import type { Outcome } from '../../event.ts';
import { parseTime } from '../../time/index.ts';
import { ipOnly } from '../cloud/ip-only.ts';
import { verbActivity } from '../cloud/verb-activity.ts';
import { type ClassDraft, ClassTable, roles } from '../event/class-table.ts';
import { type Json, type JsonAccess, JsonEvent } from '../event/json-event.ts';
import { isObject, jsonFormat } from '../event/json-format.ts';
import { additionalDetail, modifiedProperties, unfoldDynamic, withoutProperties } from './access.ts';

/** The operation and what it changed, which is what rules call `properties.message`. */
function message(event: JsonEvent): unknown {
  const words = [event.text('activityDisplayName'), event.text('operationName')].filter((word) => word !== undefined);
  for (const { name, before, after } of modifiedProperties(event)) {
    words.push(
      `"displayName":${JSON.stringify(name)},"oldValue":${JSON.stringify(before)},"newValue":${JSON.stringify(after)}`,
    );
  }
  return words.length > 0 ? words : undefined;
}

/** Azure Monitor says `AuditLogs` at the top and the category itself inside. */
function categories(event: JsonEvent): unknown {
  const inner = event.find('properties.category');
  const outer = event.json.category ?? event.json.Category;
  const both = [inner, outer].filter((value) => typeof value === 'string');
  return both.length > 0 ? both : undefined;
}

function result(event: JsonEvent): unknown {
  const words = [
    event.text('result', 'resultType', 'resultSignature'),
    event.text('resultReason', 'resultDescription'),
  ].filter((word) => word !== undefined && word !== '');
  return words.length > 0 ? words : undefined;
}

function target(event: JsonEvent, type: RegExp, ...names: string[]): string | undefined {
  const targets = event.find('targetResources');
  if (!Array.isArray(targets)) return undefined;
  for (const one of targets.slice(0, 64)) {
    if (!isObject(one) || !type.test(String(one.type ?? one.Type ?? ''))) continue;
    for (const name of names) {
      const value = one[name];
      if (typeof value === 'string' && value !== '') return value;
    }
  }
  return undefined;
}

const ACCESS: JsonAccess = {
  anyCase: true,
  within: ['properties'],
  derived: new Map<string, (event: JsonEvent) => unknown>([
    ['properties.message', message],
    ['category', categories],
    ['status', result],
    ['source.ip', (event) => ipOnly(event.text('initiatedBy.user.ipAddress', 'callerIpAddress', 'ipAddress'))],
    ['target.user', (event) => target(event, /user/i, 'userPrincipalName', 'displayName')],
    ['target.user.uid', (event) => target(event, /user/i, 'id')],
    ['target.app', (event) => target(event, /service ?principal|application/i, 'id', 'displayName')],
    ['additionaldetails.additionalinfo', (event) => additionalDetail(event, 'additionalInfo')],
    ['useragent', (event) => additionalDetail(event, 'User-Agent')],
  ]),
  aliases: new Map([
    ['operationname', ['activityDisplayName']],
    ['activitydisplayname', ['operationName']],
    ['activitytype', ['activityDisplayName', 'operationName']],
    ['failure_status_reason', ['resultReason', 'resultDescription']],
    ['target', ['targetResources']],
  ]),
  otherwise(field, event) {
    const outside = withoutProperties(field, event);
    if (outside !== undefined) return outside;
    // `ConsentContext.IsAdminConsent` and others are names of modified properties; the new value is JSON text
    const wanted = field.toLowerCase();
    for (const { name, after } of modifiedProperties(event)) {
      if (name.toLowerCase() === wanted) return after.replace(/^"(.*)"$/s, '$1');
    }
    return undefined;
  },
};

const ROLES = roles({
  'actor.user.name': ['initiatedBy.user.userPrincipalName', 'identity'],
  'actor.user.uid': 'initiatedBy.user.id',
  'actor.app_uid': ['initiatedBy.app.servicePrincipalId', 'initiatedBy.app.appId', 'initiatedBy.app.displayName'],
  'user.name': 'target.user',
  'user.uid': 'target.user.uid',
  'src_endpoint.ip': 'source.ip',
  'cloud.account.uid': 'tenantId',
  'cloud.home_tenant.uid': 'initiatedBy.user.homeTenantId',
  'cloud.app.uid': 'target.app',
  'service.name': 'loggedByService',
  tool: 'useragent',
});

function outcome(event: EventAccess): Outcome {
  const said = event.get('Status');
  const first = Array.isArray(said) ? said[0] : said;
  if (typeof first !== 'string') return 'unknown';
  return /^(?:success|0$|none$)/i.test(first) ? 'success' : /^fail/i.test(first) ? 'failure' : 'unknown';
}

function draft(operation: string): ClassDraft {
  const account = /\b(?:user|member|role|password|credential|owner|authentication|consent|app role)/i.test(operation);
  return {
    offers: [{ product: 'azure', service: 'auditlogs' }],
    class_uid: account ? 3001 : 6003,
    activity: verbActivity(operation),
    roles: ROLES,
    outcome,
  };
}

const classes = new ClassTable('entra-audit', draft);

/** Entra ID directory audits as Microsoft Graph, Azure Monitor and Log Analytics write them. */
export const entraAudit = jsonFormat({
  name: 'entra-audit',
  title: 'Microsoft Entra ID audit logs',
  containers: ['value', 'records', 'Records'],
  recognise(json) {
    const category = json.category ?? json.Category;
    if (category === 'AuditLogs') return 1;
    if (json.Type === 'AuditLogs') return 1;
    const inner = isObject(json.properties) && json.tenantId !== undefined ? json.properties : json;
    const activity = inner.activityDisplayName ?? inner.ActivityDisplayName;
    const by = inner.initiatedBy ?? inner.InitiatedBy;
    const targets = inner.targetResources ?? inner.TargetResources;
    if (activity === undefined) return 0;
    return by !== undefined || targets !== undefined ? 0.97 : inner.loggedByService === undefined ? 0 : 0.9;
  },
  decode(given, text, place, context) {
    const json = unfoldDynamic(given);
    return new JsonEvent(classes.of(operationOf(json)), timeOf(json, context.zone), place, text, json, ACCESS);
  },
});

function operationOf(json: Json): string {
  const inner = isObject(json.properties) ? json.properties : json;
  for (const name of [
    inner.activityDisplayName,
    json.activityDisplayName,
    json.ActivityDisplayName,
    json.operationName,
    json.OperationName,
    json.operationname,
  ]) {
    if (typeof name === 'string' && name !== '') return name;
  }
  return '';
}

function timeOf(json: Json, zone: string): number | undefined {
  const inner = isObject(json.properties) ? json.properties.activityDateTime : undefined;
  const stamp = inner ?? json.activityDateTime ?? json.ActivityDateTime ?? json.time ?? json.TimeGenerated;
  return parseTime(stamp, zone);
}
