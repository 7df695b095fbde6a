import { call } from '../../api/client.ts';
import { useOrganization } from '../../api/organization.tsx';
import { ActForm } from '../../parts/act-form.tsx';
import { Field } from '../../parts/field.tsx';

/** A new feed: one that is pulled, or one that files are imported into. */
export function FeedForm({ done }: { readonly done: () => void }) {
  const { api } = useOrganization();
  return (
    <section className="stack close">
      <h2>New feed</h2>
      <ActForm
        label="Add the feed"
        act={(answer) => {
          const settings = Object.fromEntries(
            ['url', 'collection', 'user', 'secret']
              .map((name) => [name, answer(name)])
              .filter(([, value]) => value !== ''),
          );
          const hours = answer('hours');
          return call('POST', `${api}/indicator-feeds`, {
            body: {
              name: answer('name'),
              kind: answer('kind'),
              settings,
              interval: hours === '' ? null : Number(hours) * 3600,
            },
          });
        }}
        done={done}
      >
        <Field label="Name" name="name" required />
        <Field
          label="Kind"
          name="kind"
          options={[
            ['csv', 'CSV files'],
            ['stix', 'STIX 2.1 files'],
            ['taxii', 'TAXII 2.1 server'],
            ['misp', 'MISP feed'],
          ]}
        />
        <Field label="Address" name="url" type="url" hint="Of the server. Empty for files." />
        <Field label="Collection" name="collection" hint="TAXII only." />
        <Field label="User" name="user" />
        <Field
          label="Password or key"
          name="secret"
          type="password"
          autoComplete="new-password"
          hint="Kept encrypted."
        />
        <Field label="Pull every … hours" name="hours" type="number" hint="Empty: only by hand." />
      </ActForm>
    </section>
  );
}
