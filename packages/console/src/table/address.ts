import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';

export type Address = Readonly<Record<string, string | undefined>>;

/** What the address bar says after `?`, and a way to change parts of it. An empty text removes its part. */
export function useAddress(): readonly [Address, (change: Address) => void] {
  const search = useSearch({ strict: false }) as Address;
  const navigate = useNavigate();
  const change = useCallback(
    (wanted: Address) =>
      void navigate({
        to: '.',
        replace: !('open' in wanted),
        search: (before: Address) =>
          Object.fromEntries(
            Object.entries({ ...before, ...wanted }).filter(([, value]) => value !== undefined && value !== ''),
          ),
      } as never),
    [navigate],
  );
  return [search, change];
}
