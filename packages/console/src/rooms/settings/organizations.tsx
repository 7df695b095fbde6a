import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { call } from '../../api/client.ts';
import { useSession } from '../../api/session.ts';
import { ActForm } from '../../parts/act-form.tsx';
import { Field } from '../../parts/field.tsx';
import { DataTable } from '../../table/data-table.tsx';
import { slugOf } from '../gate/slug.ts';
import { zones } from '../gate/zones.ts';

/** The organisations of this installation that one is in, and a new one: each with its own logs, people and rules. */
export function Organizations() {
  const session = useSession();
  const client = useQueryClient();
  const navigate = useNavigate();
  const own = session.data?.organizations ?? [];
  return (
    <div className="stack">
      <DataTable
        name="organisations"
        rows={own}
        rowKey={({ id }) => id}
        open={({ slug }) => void navigate({ to: `/o/${slug}/findings` } as never)}
        empty="None."
        columns={[
          { id: 'organization-name', title: 'Name', value: ({ name }) => name },
          { id: 'slug', title: 'Name in addresses', value: ({ slug }) => slug },
          { id: 'organization-zone', title: 'Time zone', value: ({ zone }) => zone },
          { id: 'own-role', title: 'You are', value: ({ role }) => role.replace('_', ' ') },
        ]}
      />
      <section className="stack close">
        <h2>New organisation</h2>
        <ActForm
          label="Make the organisation"
          act={async (answer) => {
            const slug = answer('slug') || slugOf(answer('name'));
            await call('POST', '/organizations', {
              body: { name: answer('name'), slug, zone: answer('zone'), side: answer('side') },
            });
            return slug;
          }}
          done={async (slug) => {
            await client.resetQueries({ queryKey: ['session'] });
            await navigate({ to: `/o/${slug}/sources` } as never);
          }}
        >
          <p>It has logs, people, rules and a database of its own. You become its first administrator.</p>
          <Field label="Name" name="name" required hint="E.g. Harbour Clinic." />
          <Field
            label="Name in addresses"
            name="slug"
            hint="Small letters, digits and hyphens. Empty: made of its name."
          />
          <Field
            label="It is"
            name="side"
            options={[
              ['client', 'a client: providers have access to it'],
              ['provider', 'a provider: it has access to others'],
              ['both', 'both'],
            ]}
          />
          <Field label="Time zone" name="zone" options={zones()} />
        </ActForm>
      </section>
    </div>
  );
}
