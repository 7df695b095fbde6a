import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { call, type Query } from './client.ts';
import type { Page } from './model.ts';
import { useOrganization } from './organization.tsx';

/** One thing of the organisation. `path` starts after its slug, e.g. `/sources/42`. */
export function useThing<Thing>(path: string, query?: Query, every?: number) {
  const { api } = useOrganization();
  return useQuery({
    queryKey: [api, kindOf(path), path, query],
    queryFn: ({ signal }) => call<Thing>('GET', `${api}${path}`, { query, signal }),
    refetchInterval: every,
  });
}

/** A list of the organisation, page by page: `items` so far, `more()` for the next. */
export function useList<Item>(path: string, query?: Query, enabled = true) {
  const { api } = useOrganization();
  return usePages<Item>([api, kindOf(path), path, 'list'], `${api}${path}`, query, enabled);
}

/** Any list of the API, page by page. `key`: what makes it stale. */
export function usePages<Item>(key: readonly string[], path: string, query?: Query, enabled = true) {
  const found = useInfiniteQuery({
    queryKey: [...key, query],
    queryFn: ({ pageParam, signal }) =>
      call<Page<Item>>('GET', path, { query: { ...query, cursor: pageParam }, signal }),
    enabled,
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
  });
  return {
    ...found,
    items: (found.data?.pages ?? []).flatMap((page) => page.items),
    more: found.hasNextPage && !found.isFetchingNextPage ? () => void found.fetchNextPage() : undefined,
  };
}

/** `/sources/42/problems` belongs to `sources`: what a live message of that kind makes stale. */
function kindOf(path: string): string {
  return path.split('/')[1] ?? '';
}
