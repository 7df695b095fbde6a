import { useState } from 'react';
import { call } from '../../api/client.ts';
import { useOrganization } from '../../api/organization.tsx';
import { ActForm } from '../../parts/act-form.tsx';
import { Field } from '../../parts/field.tsx';

const addresses: Readonly<Record<string, string>> = {
  taxii: 'Of the discovery, of an API root or of the collection.',
  misp: 'Of the folder in which manifest.json lies.',
  stix: 'Of a STIX 2.1 bundle.',
  csv: 'Of a CSV file or a plain list of values.',
};

/** A new feed: one that is pulled, or one that files are imported into. */
export function FeedForm({ done }: { readonly done: () => void }) {
  const { api } = useOrganization();
  const [kind, setKind] = useState('manual');
  return (
    <section className="stack close">
      <h2>New feed</h2>
      <ActForm
        label="Add the feed"
        clears
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
              kind,
              settings,
              interval: hours === '' ? null : Number(hours) * 3600,
            },
          });
        }}
        done={() => {
          setKind('manual');
          done();
        }}
      >
        <Field
          label="Name"
          name="name"
          required
          hint="Whose values they are; it stands in every finding of the feed."
        />
        <Field
          label="Kind"
          name="kind"
          changed={setKind}
          options={[
            ['manual', 'files that I import: STIX, MISP or CSV'],
            ['taxii', 'TAXII 2.1 server'],
            ['misp', 'MISP feed'],
            ['stix', 'STIX 2.1 bundle behind an address'],
            ['csv', 'CSV or plain list behind an address'],
          ]}
        />
        {kind !== 'manual' && (
          <>
            <Field label="Address" name="url" type="url" required hint={addresses[kind]} />
            {kind === 'taxii' && <Field label="Collection" name="collection" hint="Id, alias or title." />}
            <Field label="User" name="user" hint="Empty where it asks for none, or for a key alone." />
            <Field
              label="Password or key"
              name="secret"
              type="password"
              autoComplete="new-password"
              hint="Kept encrypted and never shown again."
            />
            <Field label="Pull every … hours" name="hours" type="number" value="24" hint="Empty: only by hand." />
          </>
        )}
      </ActForm>
    </section>
  );
}
