import type { EventAccess } from '@chaperone/sigma';
import type { Outcome } from '../../event.ts';
import { parseTime } from '../../time/index.ts';
import { ipOnly } from '../cloud/ip-only.ts';
import { type ClassDraft, ClassTable, roles } from '../event/class-table.ts';
import { type Json, type JsonAccess, JsonEvent } from '../event/json-event.ts';
import { isObject, jsonFormat } from '../event/json-format.ts';
import { unfoldDynamic, withoutProperties } from './access.ts';

/** The REST API says `{ value, localizedValue }` where the others have text. */
function value(field: unknown): string | undefined {
  if (typeof field === 'string') return field;
  return isObject(field) && typeof field.value === 'string' ? field.value : undefined;
}

const CLAIMS = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/';
const MICROSOFT = 'http://schemas.microsoft.com/identity/claims/';

/** A claim of the caller's token; its names are addresses, full of dots. */
function claim(event: JsonEvent, ...names: string[]): string | undefined {
  const identity = event.find('identity');
  const claims = isObject(identity) ? identity.claims : event.find('claims');
  if (!isObject(claims)) return undefined;
  for (const name of names) {
    const found = claims[name];
    if (typeof found === 'string' && found !== '') return found;
  }
  return undefined;
}

const ACCESS: JsonAccess = {
  anyCase: true,
  within: ['properties'],
  derived: new Map<string, (event: JsonEvent) => unknown>([
    ['operationname', (event) => value(event.find('operationName') ?? event.find('operationNameValue'))],
    [
      'operationnamevalue',
      (event) => value(event.json.operationNameValue ?? event.json.OperationNameValue ?? event.find('operationName')),
    ],
    ['categoryvalue', (event) => event.text('categoryValue') ?? value(event.find('category'))],
    [
      'resourceprovidervalue',
      (event) =>
        event.text('resourceProviderValue') ??
        value(event.find('resourceProviderName')) ??
        value(event.find('operationName'))?.split('/', 1)[0],
    ],
    ['properties.message', (event) => event.text('message') ?? value(event.find('operationName'))],
    [
      'source.ip',
      (event) => ipOnly(event.text('callerIpAddress', 'httpRequest.clientIpAddress')) ?? ipOnly(claim(event, 'ipaddr')),
    ],
    ['caller.name', (event) => event.text('caller') ?? claim(event, `${CLAIMS}upn`, `${CLAIMS}name`, 'name')],
    ['caller.uid', (event) => claim(event, `${MICROSOFT}objectidentifier`, `${CLAIMS}nameidentifier`)],
    ['caller.app', (event) => claim(event, 'appid')],
    ['caller.tenant', (event) => claim(event, `${MICROSOFT}tenantid`, 'tid')],
    [
      'subscription',
      (event) =>
        event.text('subscriptionId') ?? /\/subscriptions\/([^/]{1,64})/i.exec(event.text('resourceId') ?? '')?.[1],
    ],
  ]),
  otherwise: withoutProperties,
};

const ROLES = roles({
  'actor.user.name': 'caller.name',
  'actor.user.uid': 'caller.uid',
  'actor.app_uid': 'caller.app',
  'src_endpoint.ip': 'source.ip',
  'cloud.account.uid': ['subscription', 'tenantId'],
  'cloud.home_tenant.uid': 'caller.tenant',
  'service.name': 'resourceprovidervalue',
  'actor.session.uid': 'correlationId',
});

function outcome(event: EventAccess): Outcome {
  for (const field of ['resultType', 'status.value', 'ActivityStatusValue', 'resultSignature', 'status']) {
    const said = event.get(field);
    if (typeof said !== 'string') continue;
    if (/^(?:success|succeeded|accept|created|ok|0$)/i.test(said)) return 'success';
    if (/^(?:fail|error|denied|forbidden|unauthorized)/i.test(said)) return 'failure';
  }
  return 'unknown';
}

function draft(operation: string): ClassDraft {
  const lower = operation.toLowerCase();
  const verb = lower.slice(lower.lastIndexOf('/') + 1);
  const account =
    lower.includes('/roleassignments/') || lower.includes('/roledefinitions/') || lower.includes('elevateaccess');
  return {
    offers: [{ product: 'azure', service: 'activitylogs' }],
    class_uid: account ? 3001 : 6003,
    activity: verb === 'write' ? 'Update' : verb === 'delete' ? 'Delete' : verb === 'read' ? 'Read' : 'Other',
    roles: ROLES,
    outcome,
  };
}

const classes = new ClassTable('azure-activity', draft);

/** Azure activity logs: Azure Monitor's export, the REST API's shape, Log Analytics' table. */
export const azureActivity = jsonFormat({
  name: 'azure-activity',
  title: 'Azure activity log',
  containers: ['value', 'records', 'Records'],
  recognise(json) {
    if (json.Type === 'AzureActivity') return 1;
    const resource = json.resourceId ?? json.ResourceId ?? json.resourceid ?? json._ResourceId;
    const operation = value(json.operationName ?? json.OperationNameValue ?? json.operationname ?? json.OperationName);
    if (operation === undefined) return 0;
    const path = operation.includes('/');
    if (path && typeof resource === 'string') return 0.95;
    if (path && (json.callerIpAddress ?? json.caller ?? json.CallerIpAddress ?? json.subscriptionId) !== undefined)
      return 0.9;
    const category = value(json.category ?? json.Category ?? json.CategoryValue);
    return category === 'Administrative' && (typeof resource === 'string' || json.tenantId !== undefined) ? 0.9 : 0;
  },
  decode(given, text, place, context) {
    const json = unfoldDynamic(given);
    return new JsonEvent(classes.of(operationOf(json)), timeOf(json, context.zone), place, text, json, ACCESS);
  },
});

/** Names come in capitals or as written by whoever made the resource provider: one kind either way. */
function operationOf(json: Json): string {
  const name = value(json.operationName ?? json.OperationNameValue ?? json.operationname ?? json.OperationName);
  return (name ?? '').toLowerCase();
}

function timeOf(json: Json, zone: string): number | undefined {
  return parseTime(json.time ?? json.eventTimestamp ?? json.EventTimestamp ?? json.TimeGenerated, zone);
}
