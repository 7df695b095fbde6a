import { useQuery } from '@tanstack/react-query';
import { call } from '../../api/client.ts';
import type { ChainVerdict as Verdict } from '../../api/model.ts';
import { count } from '../../parts/count.ts';
import { ErrorNote } from '../../parts/error-note.tsx';
import { Note } from '../../parts/note.tsx';

/** Recomputes the chain on the server, when asked. `at`: the API's path of the trail. */
export function ChainVerdict({ at }: { readonly at: string }) {
  const verdict = useQuery({
    queryKey: [at, 'verdict'],
    queryFn: () => call<Verdict>('GET', `${at}/verification`),
    enabled: false,
    retry: false,
  });
  return (
    <div className="stack close" role="status">
      <div className="acts">
        <button type="button" className="button" disabled={verdict.isFetching} onClick={() => void verdict.refetch()}>
          Verify the chain
        </button>
        <a className="button" href={`/api/v1${at}/export`} download>
          Export
        </a>
      </div>
      {verdict.error && <ErrorNote error={verdict.error} />}
      {verdict.data?.ok === true && (
        <Note tone="good">
          The chain of {count(verdict.data.records, 'record')} is whole: none was changed or left out.
        </Note>
      )}
      {verdict.data?.ok === false && (
        <Note tone="error">
          <strong>
            The chain is broken{verdict.data.sequence ? ` at record ${verdict.data.sequence}` : ''}: a record was
            changed or left out. {verdict.data.reason}
          </strong>
          <span>Keep the database as it is, and compare it with a backup from before.</span>
        </Note>
      )}
    </div>
  );
}
