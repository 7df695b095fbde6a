import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useOrganization } from './organization.tsx';

/** Kind of live message to the lists that it makes stale. Findings are counted instead, so that no row jumps. */
const stale: Readonly<Record<string, readonly string[]>> = {
  source: ['sources'],
  rule: ['rules', 'rule-documents'],
  exception: ['exceptions', 'findings'],
  indicator_feed: ['indicator-feeds', 'indicators'],
  registry: ['registry'],
  past_run: ['past-runs'],
  token: ['tokens', 'sources'],
  organization: [''],
};

type Listener = (id: string) => void;
const findingListeners = new Set<Listener>();

/** Keeps one stream of the organisation's live messages open. The browser reconnects by itself. */
export function useLiveStream(): 'open' | 'lost' {
  const { api } = useOrganization();
  const client = useQueryClient();
  const [state, setState] = useState<'open' | 'lost'>('open');
  useEffect(() => {
    const stream = new EventSource(`/api/v1${api}/live`);
    let broke = false;
    stream.onopen = () => {
      setState('open');
      // what was said while nobody listened is read again
      if (broke) void client.invalidateQueries({ queryKey: [api] });
      broke = false;
    };
    stream.onerror = () => {
      broke = true;
      setState('lost');
    };
    for (const [kind, lists] of Object.entries(stale))
      stream.addEventListener(kind, () => {
        for (const list of lists) void client.invalidateQueries({ queryKey: [api, list] });
      });
    stream.addEventListener('gap', () => void client.invalidateQueries({ queryKey: [api] }));
    stream.addEventListener('finding', (message) => {
      const id = idOf(message.data);
      for (const listener of findingListeners) listener(id);
    });
    return () => stream.close();
  }, [api, client]);
  return state;
}

/** How many findings arrived that are not on the page yet. */
export function useArrivals(known: ReadonlySet<string>): { readonly count: number; readonly clear: () => void } {
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set());
  useEffect(() => {
    const listener: Listener = (id) => setIds((before) => (before.has(id) ? before : new Set([...before, id])));
    findingListeners.add(listener);
    return () => {
      findingListeners.delete(listener);
    };
  }, []);
  return { count: [...ids].filter((id) => !known.has(id)).length, clear: () => setIds(new Set()) };
}

function idOf(data: string): string {
  try {
    return String((JSON.parse(data) as { id?: unknown }).id ?? data);
  } catch {
    return data;
  }
}
