import { ApiError } from '../api/client.ts';

/** What went wrong, what that means for the data, and what to do. */
export function ErrorNote({ error, retry }: { readonly error: unknown; readonly retry?: () => void }) {
  const problem = error instanceof Error ? error : new Error(String(error));
  const mend = problem instanceof ApiError ? problem.mend : '';
  return (
    <div className="note error" role="alert">
      <strong>{problem.message}</strong>
      {mend !== '' && <span>{mend}</span>}
      {retry !== undefined && (
        <span>
          <button type="button" className="button small" onClick={retry}>
            Try again
          </button>
        </span>
      )}
    </div>
  );
}
