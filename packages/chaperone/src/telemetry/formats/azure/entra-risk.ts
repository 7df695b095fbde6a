import { parseTime } from '../../time/index.ts';
import { ClassTable, roles } from '../event/class-table.ts';
import { type JsonAccess, JsonEvent } from '../event/json-event.ts';
import { isObject, jsonFormat } from '../event/json-format.ts';

const ACCESS: JsonAccess = { anyCase: true, within: ['properties'] };

const ROLES = roles({
  'user.name': 'userPrincipalName',
  'user.uid': 'userId',
  'src_endpoint.ip': 'ipAddress',
  'cloud.account.uid': 'tenantId',
  'cloud.home_tenant.uid': 'homeTenantId',
  'actor.session.uid': 'correlationId',
});

const classes = new ClassTable('entra-risk', () => ({
  // SigmaHQ asks for PIM's alerts in the same field under a service of their own
  offers: [
    { product: 'azure', service: 'riskdetection' },
    { product: 'azure', service: 'pim' },
  ],
  class_uid: 2004,
  activity: 'Create',
  roles: ROLES,
}));

/** Risk detections of Entra ID Protection: Graph's `riskDetections` and Azure Monitor's `UserRiskEvents`. */
export const entraRisk = jsonFormat({
  name: 'entra-risk',
  title: 'Microsoft Entra ID Protection risk detections',
  containers: ['value', 'records', 'Records'],
  recognise(json) {
    const category = json.category ?? json.Category;
    if (category === 'UserRiskEvents' || category === 'RiskyUsers' || category === 'ServicePrincipalRiskEvents')
      return 1;
    const kind = json.riskEventType ?? json.RiskEventType ?? json.riskType;
    return typeof kind === 'string' && (json.status === undefined || json.detectedDateTime !== undefined) ? 0.95 : 0;
  },
  decode(json, text, place, context) {
    const inner = isObject(json.properties) ? json.properties : json;
    const kind = inner.riskEventType ?? inner.RiskEventType ?? inner.riskType ?? json.category;
    const stamp =
      inner.detectedDateTime ?? inner.DetectedDateTime ?? inner.activityDateTime ?? json.time ?? json.TimeGenerated;
    const time = parseTime(stamp, context.zone);
    return new JsonEvent(classes.of(typeof kind === 'string' ? kind : ''), time, place, text, json, ACCESS);
  },
});
