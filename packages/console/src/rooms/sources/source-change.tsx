import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { call } from '../../api/client.ts';
import type { Source } from '../../api/model.ts';
import { useOrganization } from '../../api/organization.tsx';
import { ActButton } from '../../parts/act-button.tsx';
import { ActForm } from '../../parts/act-form.tsx';
import { Field } from '../../parts/field.tsx';
import { Note } from '../../parts/note.tsx';
import { ProviderField } from '../../parts/provider-field.tsx';

/** Name, zone, expectations and retention of a source; pausing and removing it. */
export function SourceChange({ source }: { readonly source: Source }) {
  const { api, slug } = useOrganization();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [saved, setSaved] = useState(false);
  const path = `${api}/sources/${source.id}`;
  const again = () => client.invalidateQueries({ queryKey: [api, 'sources'] });
  const paused = source.state === 'paused';
  const pause = () => call('PATCH', path, { body: { state: paused ? 'active' : 'paused' } }).then(again);
  const remove = async () => {
    await call('DELETE', path);
    await navigate({ to: `/o/${slug}/sources` } as never);
    await again();
  };
  const interval = source.expected_interval;
  return (
    <div className="stack">
      <ActForm
        label="Save"
        act={(answer) =>
          call('PATCH', path, {
            body: {
              name: answer('name'),
              zone: answer('zone') || null,
              expected_interval: answer('minutes') === '' ? null : Math.round(Number(answer('minutes')) * 60),
              promised_by: answer('promised_by') || null,
              retention_days: answer('days') === '' ? null : Number(answer('days')),
            },
          })
        }
        done={() => {
          setSaved(true);
          void again();
        }}
      >
        <Field label="Name" name="name" required value={source.name} />
        <Field
          label="Zone of its stamps"
          name="zone"
          value={source.zone ?? ''}
          hint="For stamps that state none, e.g. Europe/Berlin. Empty: the organisation’s."
        />
        <Field
          label="Something is expected every … minutes"
          name="minutes"
          type="number"
          value={interval === null ? '' : String(interval / 60)}
          hint="Empty: learnt from what comes. When it stays away for longer, that is a finding."
        />
        <ProviderField label="Promised by" name="promised_by" value={source.promised_by} none="nobody" />
        <Field
          label="Its events are kept for … days"
          name="days"
          type="number"
          value={source.retention_days === null ? '' : String(source.retention_days)}
          hint="Empty: as long as the organisation’s. What is on legal hold stays in any case."
        />
        {saved && <Note tone="good">Saved.</Note>}
      </ActForm>
      <section className="stack close">
        <h2>Pause or remove</h2>
        <p className="measure">
          While it is paused nothing of it is taken: shippers that send by HTTP are refused, syslog is lost, and nothing
          is fetched. Removing keeps its stored events; its tokens stop working.
        </p>
        <div className="acts">
          <ActButton label={paused ? 'Go on' : 'Pause'} sure={paused ? undefined : 'Really pause'} act={pause} />
          <ActButton label="Remove" sure="Really remove it and revoke its tokens" act={remove} />
        </div>
      </section>
    </div>
  );
}
