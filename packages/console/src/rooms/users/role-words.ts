import type { Role } from '../../api/model.ts';

/** Roles with what they may. */
export const roleOptions: readonly (readonly [Role, string])[] = [
  ['viewer', 'viewer: reads everything'],
  ['analyst', 'analyst: also makes exceptions, tests and switches rules, uploads'],
  ['approver', 'approver: also approves'],
  ['administrator', 'administrator: everything, users and tokens too'],
  ['provider_reader', 'provider’s reader: reads what concerns their own company'],
];
