import { createContext, type ReactNode, useContext } from 'react';
import type { Membership } from './model.ts';

const Context = createContext<Membership | undefined>(undefined);

export function OrganizationProvider({ value, children }: { value: Membership; children: ReactNode }) {
  return <Context value={value}>{children}</Context>;
}

/** The organisation of this page, with the API's path to it and what its reader may do. */
export function useOrganization() {
  const membership = useContext(Context);
  if (membership === undefined) throw new Error('used outside an organisation');
  const { role } = membership;
  return {
    ...membership,
    api: `/organizations/${membership.slug}`,
    mayChange: role === 'analyst' || role === 'approver' || role === 'administrator',
    mayAdminister: role === 'administrator',
    mayReadUsers: role === 'approver' || role === 'administrator',
    /** a provider's reader sees findings and sources alone */
    mayReadEvents: role !== 'provider_reader',
  };
}
