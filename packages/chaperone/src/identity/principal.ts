import type { Role } from '../storage/index.ts';
import { may, type Permission } from './roles.ts';

export interface Membership {
  /** UUID */
  readonly organization: string;
  readonly slug: string;
  readonly name: string;
  readonly zone: string;
  readonly role: Role;
  /** for a provider's reader: the provider */
  readonly provider: string | null;
}

/** Who asks: a person who signed in, or a token. */
export interface Principal {
  readonly kind: 'user' | 'token';
  readonly id: string;
  readonly name: string;
  /** lower-case address of a person */
  readonly email: string | null;
  readonly installationAdministrator: boolean;
  readonly memberships: readonly Membership[];
  /** tokens: what they may at most; empty: all that the role may */
  readonly scopes: readonly string[];
  /** persons: id of the session, and whether the second factor is there */
  readonly session: string | null;
  readonly secondFactor: boolean;
}

/** The membership by which a principal may do something in an organisation; undefined: it may not. */
export function allowed(principal: Principal, organization: string, permission: Permission): Membership | undefined {
  const membership = principal.memberships.find((one) => one.organization === organization);
  if (membership === undefined || !may(membership.role, permission)) return undefined;
  // Whose reader nobody said sees nothing, not everything.
  if (membership.role === 'provider_reader' && membership.provider === null) return undefined;
  if (principal.scopes.length > 0 && !principal.scopes.includes(permission)) return undefined;
  return membership;
}
