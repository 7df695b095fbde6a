import { useQueryClient } from '@tanstack/react-query';
import { call } from '../../api/client.ts';
import type { Binding } from '../../api/model.ts';
import { useOrganization } from '../../api/organization.tsx';
import { useThing } from '../../api/reading.ts';
import { ActButton } from '../../parts/act-button.tsx';
import { ActForm } from '../../parts/act-form.tsx';
import { Field } from '../../parts/field.tsx';
import { Ready } from '../../parts/ready.tsx';
import { DataTable } from '../../table/data-table.tsx';

/** How deliveries without a token are known to be this source's. */
export function Bindings({ id }: { readonly id: string }) {
  const { api, mayAdminister } = useOrganization();
  const client = useQueryClient();
  const path = `/sources/${id}/bindings`;
  const again = () => client.invalidateQueries({ queryKey: [api, 'sources', path] });
  const remove = (binding: string) => call('DELETE', `${api}${path}/${binding}`).then(again);
  return (
    <div className="stack">
      <Ready of={useThing<{ items: Binding[] }>(path)}>
        {({ items }) => (
          <DataTable
            name="bindings"
            rows={items}
            rowKey={(binding) => binding.id}
            empty="None: this source is known by its tokens only. Syslog has no tokens: name the sender’s address, or its certificate."
            columns={[
              { id: 'value', title: 'Value', value: ({ value }) => value || 'everything that comes there' },
              { id: 'kind', title: 'Kind', value: ({ kind }) => kind },
              { id: 'listener', title: 'Listener', value: ({ listener }) => listener || 'any' },
              {
                id: 'remove',
                title: 'Remove',
                value: () => '',
                show: (row) =>
                  mayAdminister && <ActButton label="Remove" sure="Really remove" act={() => remove(row.id)} />,
              },
            ]}
          />
        )}
      </Ready>
      {mayAdminister && (
        <ActForm
          label="Add"
          act={(answer) =>
            call('POST', `${api}${path}`, {
              body: { kind: answer('kind'), listener: answer('listener'), value: answer('value') },
            })
          }
          done={() => void again()}
        >
          <Field
            label="Known by"
            name="kind"
            options={[
              ['address', 'address or network of the sender'],
              ['certificate', 'SHA-256 fingerprint of its certificate'],
              ['listener', 'everything that comes to a listener'],
            ]}
          />
          <Field label="Value" name="value" hint="E.g. 10.0.4.0/24. Empty for a listener." />
          <Field label="Listener" name="listener" hint="Its name in the configuration. Empty: any." />
        </ActForm>
      )}
    </div>
  );
}
