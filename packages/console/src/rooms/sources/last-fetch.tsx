import type { Source } from '../../api/model.ts';
import { LogText } from '../../parts/log-text.tsx';
import { Moment } from '../../parts/moment.tsx';
import { Note } from '../../parts/note.tsx';

/** What went wrong when a source was last fetched. */
export function LastFetch({ source: { fetching } }: { readonly source: Source }) {
  if (fetching?.last_error == null) return null;
  return (
    <div role="status">
      <Note tone="error">
        <strong>
          Fetching failed, last <Moment at={fetching.last_run_at} none="just now" />. It is tried again by itself; what
          was fetched before is stored.
        </strong>
        <span>
          <LogText text={fetching.last_error} />
        </span>
      </Note>
    </div>
  );
}
