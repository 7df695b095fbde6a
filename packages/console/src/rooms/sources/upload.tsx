import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/client.ts';
import { useOrganization } from '../../api/organization.tsx';
import { ActForm } from '../../parts/act-form.tsx';
import { Note } from '../../parts/note.tsx';

/** Files of any format that the scan reads, sent one after the other. */
export function Upload({ id }: { readonly id: string }) {
  const { api, mayChange } = useOrganization();
  const client = useQueryClient();
  const [sent, setSent] = useState<readonly string[]>([]);
  if (!mayChange) return <Note>Analysts and administrators may upload files.</Note>;
  return (
    <ActForm
      label="Upload"
      act={async (_, form) => {
        setSent([]);
        for (const file of form.getAll('files')) {
          if (!(file instanceof File) || file.size === 0) continue;
          await call('POST', `${api}/sources/${id}/uploads`, { query: { name: file.name }, raw: file });
          setSent((before) => [...before, file.name]);
        }
      }}
      done={() => void client.invalidateQueries({ queryKey: [api, 'sources'] })}
    >
      <label className="field">
        <span>Files</span>
        <input type="file" name="files" multiple required />
        <small>Event logs (EVTX), JSON, CSV, syslog, firewall and cloud logs, also packed as gzip or zip.</small>
      </label>
      {sent.length > 0 && (
        <div role="status">
          <Note tone="good">Taken: {sent.join(', ')}. Their findings come as they are judged.</Note>
        </div>
      )}
    </ActForm>
  );
}
