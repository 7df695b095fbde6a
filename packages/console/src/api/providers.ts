import { useMemo } from 'react';
import type { Provider } from './model.ts';
import { useList } from './reading.ts';

/** The providers of the registry: names by short names, which alone stand in findings and events. */
export function useProviders(): ReadonlyMap<string, string> {
  const { data } = useList<Provider>('/providers', { limit: 200 });
  return useMemo(
    () => new Map((data?.pages ?? []).flatMap(({ items }) => items.map(({ slug, name }) => [slug, name] as const))),
    [data],
  );
}
