import { useMemo } from 'react';
import type { Member, Source } from './model.ts';
import { useOrganization } from './organization.tsx';
import { useList } from './reading.ts';

/** Names of what records and rows know by an id: sources, and the people where the reader may see them. */
export function useNames(): ReadonlyMap<string, string> {
  const { mayReadUsers } = useOrganization();
  const sources = useList<Source>('/sources', { limit: 200 });
  const users = useList<Member>('/users', { limit: 200 }, mayReadUsers);
  const [ofSources, ofUsers] = [sources.data, users.data];
  return useMemo(() => {
    const all = [...(ofSources?.pages ?? []), ...(ofUsers?.pages ?? [])].flatMap(({ items }) => [...items]);
    return new Map(all.map(({ id, name }) => [id, name]));
  }, [ofSources, ofUsers]);
}
