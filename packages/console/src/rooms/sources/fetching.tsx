import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/client.ts';
import type { Source } from '../../api/model.ts';
import { useOrganization } from '../../api/organization.tsx';
import { useSession } from '../../api/session.ts';
import { ActForm } from '../../parts/act-form.tsx';
import { Facts } from '../../parts/facts.tsx';
import { Note } from '../../parts/note.tsx';
import { FetchedFields, settingsFrom } from './fetched-fields.tsx';
import { serviceOf, services } from './fetched-services.ts';

/** From where a source is fetched; credentials can be written anew and never read. */
export function Fetching({ source }: { readonly source: Source }) {
  const { api, mayAdminister } = useOrganization();
  const session = useSession();
  const client = useQueryClient();
  const [saved, setSaved] = useState(false);
  const service = serviceOf(source.kind, source.settings) ?? '';
  const may = mayAdminister && (service !== 'folder' || session.data?.installation_administrator === true);
  if (!may)
    return (
      <Facts
        of={(services[service]?.settings ?? []).map(({ name, label }) => {
          const value = source.settings[name];
          return [label, Array.isArray(value) ? value.join(', ') : value === undefined ? '' : String(value)] as const;
        })}
      />
    );
  return (
    <ActForm
      label="Save"
      act={(_, form) =>
        call('PATCH', `${api}/sources/${source.id}`, { body: { settings: settingsFrom(service, form) } })
      }
      done={() => {
        setSaved(true);
        void client.invalidateQueries({ queryKey: [api, 'sources'] });
      }}
    >
      <FetchedFields key={source.updated_at} service={service} now={source.settings} />
      {saved && (
        <Note tone="good">
          {service === 'folder' ? 'Saved.' : 'Saved. It is tried within a minute; how that went stands above.'}
        </Note>
      )}
    </ActForm>
  );
}
