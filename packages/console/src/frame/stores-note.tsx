import { useQuery } from '@tanstack/react-query';
import { Note } from '../parts/note.tsx';

const EVERY = 15_000;

/** Says why nothing can be stored, where that is so: a store is gone, a disk is full. */
export function StoresNote() {
  const { data } = useQuery({ queryKey: ['readyz'], queryFn: ({ signal }) => trouble(signal), refetchInterval: EVERY });
  return (
    <div role="status" aria-live="polite">
      {typeof data === 'string' && (
        <Note tone="error">
          Nothing can be stored now. {data} Shippers are told to come again, and nothing that was confirmed is lost.
        </Note>
      )}
    </div>
  );
}

/** What the service says is wrong; null: nothing, or it can't be asked, which other notes say. */
async function trouble(signal: AbortSignal): Promise<string | null> {
  const response = await fetch('/readyz', { signal }).catch(() => undefined);
  if (response?.status !== 503) return null;
  const problem = (await response.json().catch(() => undefined)) as { detail?: unknown } | undefined;
  return typeof problem?.detail === 'string' ? problem.detail.replace(/(?<![.!?])$/, '.') : null;
}
