import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/client.ts';
import type { Organization } from '../../api/model.ts';
import { useOrganization } from '../../api/organization.tsx';
import { useThing } from '../../api/reading.ts';
import { ActForm } from '../../parts/act-form.tsx';
import { Facts } from '../../parts/facts.tsx';
import { Field } from '../../parts/field.tsx';
import { Note } from '../../parts/note.tsx';
import { Ready } from '../../parts/ready.tsx';
import { zones } from '../gate/zones.ts';

/** Name, zone and retention of the organisation. */
export function General() {
  const { api, mayAdminister } = useOrganization();
  const client = useQueryClient();
  const [saved, setSaved] = useState(false);
  return (
    <Ready of={useThing<Organization>('')}>
      {({ slug, name, zone, side, retention_days }) =>
        mayAdminister ? (
          <ActForm
            label="Save"
            act={(answer) =>
              call('PATCH', api, {
                body: {
                  name: answer('name'),
                  zone: answer('zone'),
                  retention_days: answer('retention_days') === '' ? null : Number(answer('retention_days')),
                },
              })
            }
            done={() => {
              setSaved(true);
              void client.invalidateQueries();
            }}
          >
            <Facts
              of={[
                ['Name in addresses', slug],
                ['It is', side === 'both' ? 'client and provider' : `a ${side}`],
              ]}
            />
            <Field label="Name" name="name" required value={name} />
            <Field
              label="Time zone"
              name="zone"
              value={zone}
              options={[[zone, zone], ...zones().filter(([other]) => other !== zone)]}
            />
            <Field
              label="Events are kept for … days"
              name="retention_days"
              type="number"
              value={retention_days === null ? '' : String(retention_days)}
              hint="Empty: for ever. Older events are deleted, but those under a legal hold; findings and the audit trail stay."
            />
            {saved && <Note tone="good">Saved.</Note>}
          </ActForm>
        ) : (
          <Facts
            of={[
              ['Name', name],
              ['Time zone', zone],
              ['Events are kept', retention_days === null ? 'for ever' : `${retention_days} days`],
            ]}
          />
        )
      }
    </Ready>
  );
}
