import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/client.ts';
import type { Source } from '../../api/model.ts';
import { useOrganization } from '../../api/organization.tsx';
import { ActForm } from '../../parts/act-form.tsx';
import { Field } from '../../parts/field.tsx';
import { Note } from '../../parts/note.tsx';

/** Fields that may hold patient data: masked or dropped before anything is stored or judged. */
export function Masking({ source }: { readonly source: Source }) {
  const { api } = useOrganization();
  const client = useQueryClient();
  const [saved, setSaved] = useState(false);
  return (
    <ActForm
      label="Save"
      act={(answer) =>
        call('PATCH', `${api}/sources/${source.id}`, { body: { masking: readMasking(answer('masking')) } })
      }
      done={() => {
        setSaved(true);
        void client.invalidateQueries({ queryKey: [api, 'sources'] });
      }}
    >
      <p>
        Masked values are replaced by a keyed code: equal stays equal, so that rules and counts still work, and nobody
        reads the value. Dropped fields are gone. Both hold for what comes from now on.
      </p>
      <Field
        label="One field a line"
        name="masking"
        rows={8}
        value={source.masking.map(({ field, how }) => `${how} ${field}`).join('\n')}
        hint="E.g. “mask patient.name” or “drop note”."
      />
      {saved && <Note tone="good">Saved. It holds for events that come from now on.</Note>}
    </ActForm>
  );
}

function readMasking(text: string): readonly { field: string; how: 'mask' | 'drop' }[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line, index) => {
      const [how, ...field] = line.split(/\s+/);
      if ((how !== 'mask' && how !== 'drop') || field.length !== 1)
        throw new Error(`Line ${index + 1} is neither “mask FIELD” nor “drop FIELD”. Nothing was saved.`);
      return { how, field: field[0]! };
    });
}
