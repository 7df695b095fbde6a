import type { Role } from '../storage/index.ts';

/** What may be done in an organisation. */
export const PERMISSIONS = [
  'organization:read',
  'organization:write',
  'users:read',
  'users:write',
  'tokens:read',
  'tokens:write',
  'sources:read',
  'sources:write',
  'uploads:write',
  'rules:read',
  'rules:write',
  'indicators:read',
  'indicators:write',
  'exceptions:read',
  'exceptions:write',
  'findings:read',
  'events:read',
  'registry:read',
  'registry:write',
  'audit:read',
  'holds:write',
  'live:read',
  'metrics:read',
] as const;

export type Permission = (typeof PERMISSIONS)[number];

const READING = PERMISSIONS.filter((one) => one.endsWith(':read') && !/^(users|tokens|audit|metrics)/.test(one));
const ANALYST: readonly Permission[] = [
  ...READING,
  'rules:write',
  'indicators:write',
  'exceptions:write',
  'uploads:write',
];

const OF: Readonly<Record<Role, ReadonlySet<Permission>>> = {
  provider_reader: new Set(['organization:read', 'findings:read', 'sources:read', 'live:read']),
  viewer: new Set(READING),
  analyst: new Set(ANALYST),
  approver: new Set([...ANALYST, 'audit:read', 'users:read']),
  administrator: new Set(PERMISSIONS),
};

/** How much roles may, for comparing them. */
const RANK: Readonly<Record<Role, number>> = {
  provider_reader: 0,
  viewer: 1,
  analyst: 2,
  approver: 3,
  administrator: 4,
};

export function may(role: Role, permission: Permission): boolean {
  return OF[role].has(permission);
}

/** Whether a role may at least what another one may. */
export function atLeast(role: Role, other: Role): boolean {
  return RANK[role] >= RANK[other];
}

/** Whether persons with this role must have a second factor. */
export function needsSecondFactor(role: Role): boolean {
  return role === 'administrator' || role === 'approver';
}
