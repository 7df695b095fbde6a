import type { Line } from './case-file.ts';
import { clinicTenant, type Person, providerTenant } from './cast.ts';

/** Entra ID's logs as Azure Monitor exports them: one JSON record a line. */
const iso = (time: number) => new Date(time / 1000).toISOString();

function record(time: number, category: string, operation: string, ip: string, properties: object): Line {
  const text = JSON.stringify({
    time: iso(time),
    resourceId: `/tenants/${clinicTenant}/providers/Microsoft.aadiam`,
    operationName: operation,
    category,
    tenantId: clinicTenant,
    resultType: '0',
    callerIpAddress: ip,
    properties,
  });
  return { time, text };
}

export interface SignIn {
  readonly who: Person;
  readonly from: string;
  readonly factor: 'multiFactorAuthentication' | 'singleFactorAuthentication';
  readonly app: { readonly name: string; readonly id: string };
}

/** A sign-in that succeeded. Somebody of the provider comes as its administrator by delegation. */
export function cloudSignIn(time: number, { who, from, factor, app }: SignIn): Line {
  const theirs = who.tenant === providerTenant;
  return record(time, 'SignInLogs', 'Sign-in activity', from, {
    id: `s-${time}`,
    createdDateTime: iso(time),
    userPrincipalName: who.upn,
    userId: who.id,
    appId: app.id,
    appDisplayName: app.name,
    ipAddress: from,
    clientAppUsed: 'Browser',
    userAgent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) Edg/130.0',
    correlationId: `c-${time}`,
    conditionalAccessStatus: 'success',
    isInteractive: true,
    status: { errorCode: 0, failureReason: 'Other.', additionalDetails: null },
    authenticationRequirement: factor,
    crossTenantAccessType: theirs ? 'serviceProvider' : 'none',
    homeTenantId: who.tenant,
    resourceTenantId: clinicTenant,
    deviceDetail: { deviceId: '', displayName: '' },
    riskLevelDuringSignIn: 'none',
  });
}

/** A change in the directory. */
export function cloudChange(
  time: number,
  operation: string,
  { who, from, target }: { who: Person; from: string; target: object },
): Line {
  return record(time, 'AuditLogs', operation, from, {
    id: `d-${time}`,
    correlationId: `c-${time}`,
    result: 'success',
    resultReason: '',
    activityDisplayName: operation,
    activityDateTime: iso(time),
    loggedByService: 'Core Directory',
    operationType: 'Update',
    initiatedBy: { user: { id: who.id, userPrincipalName: who.upn, ipAddress: from } },
    targetResources: [target],
    additionalDetails: [],
  });
}
