import { useState } from 'react';
import { call } from '../../api/client.ts';
import type { Feed } from '../../api/model.ts';
import { useOrganization } from '../../api/organization.tsx';
import { ActForm } from '../../parts/act-form.tsx';
import { Field } from '../../parts/field.tsx';
import { Note } from '../../parts/note.tsx';

export function FeedImport({ feeds, done }: { readonly feeds: readonly Feed[]; readonly done: () => void }) {
  const { api } = useOrganization();
  const [taken, setTaken] = useState(false);
  return (
    <section className="stack close">
      <h2>Import a file</h2>
      <ActForm
        label="Import"
        act={async (answer, form) => {
          const file = form.get('file');
          if (!(file instanceof File)) throw new Error('Choose a file first.');
          await call('POST', `${api}/indicator-feeds/${answer('feed')}/import`, {
            query: { name: file.name },
            raw: file,
          });
        }}
        done={() => {
          setTaken(true);
          done();
        }}
      >
        <Field label="Into" name="feed" options={feeds.map(({ id, name }) => [id, name])} />
        <label className="field">
          <span>File</span>
          <input type="file" name="file" required />
        </label>
        {taken && <Note tone="good">Imported. Stored events are judged by the new indicators too.</Note>}
      </ActForm>
    </section>
  );
}
