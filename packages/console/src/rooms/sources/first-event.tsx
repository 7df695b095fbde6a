import { useEffect, useRef } from 'react';
import type { Source } from '../../api/model.ts';
import { useOrganization } from '../../api/organization.tsx';
import { Moment } from '../../parts/moment.tsx';
import { Note } from '../../parts/note.tsx';

/** Says that nothing came yet, and turns by itself when the first event is here. */
export function FirstEvent({ source }: { readonly source: Source }) {
  const { slug } = useOrganization();
  const waited = useRef(false);
  const waiting = source.health === null || source.health.last_received_at === null;
  useEffect(() => {
    if (waiting) waited.current = true;
  }, [waiting]);
  return (
    <div role="status" aria-live="polite">
      {waiting && (
        <Note>
          <strong>Waiting for the first event …</strong>
          <span className="quiet">This line turns by itself when one comes. {how(source.kind)}</span>
        </Note>
      )}
      {!waiting && waited.current && (
        <Note tone="good">
          <strong>
            The first event is here: <Moment at={source.health?.last_received_at} />.
          </strong>
          <a href={`#/o/${slug}/findings`}>See what is found in it</a>
        </Note>
      )}
    </div>
  );
}

function how(kind: string): string {
  if (kind === 'pull') return 'Chaperone asks once a minute.';
  return kind === 'folder' ? 'Chaperone looks into the folder by itself.' : 'Below is how to send one.';
}
