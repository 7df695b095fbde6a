import { useState } from 'react';
import { call } from '../../api/client.ts';
import type { Feed } from '../../api/model.ts';
import { useOrganization } from '../../api/organization.tsx';
import { ActForm } from '../../parts/act-form.tsx';
import { Field } from '../../parts/field.tsx';

const addresses: Readonly<Record<string, string>> = {
  taxii: 'Of the discovery, of an API root or of the collection.',
  misp: 'Of the folder in which manifest.json lies.',
  stix: 'Of a STIX 2.1 bundle.',
  csv: 'Of a CSV file or a plain list of values.',
};

const kinds = [
  ['manual', 'files that I import: STIX, MISP or CSV'],
  ['taxii', 'TAXII 2.1 server'],
  ['misp', 'MISP feed'],
  ['stix', 'STIX 2.1 bundle behind an address'],
  ['csv', 'CSV or plain list behind an address'],
] as const;

interface Props {
  /** the feed that is changed; left out: a new one */
  readonly feed?: Feed;
  readonly done: () => void;
}

/** A feed: one that is pulled, or one that files are imported into. Its secret is written and never read back. */
export function FeedForm({ feed, done }: Props) {
  const { api } = useOrganization();
  const [kind, setKind] = useState<string>(feed?.kind ?? 'manual');
  const now = feed?.settings ?? {};
  const text = (name: string) => String(now[name] ?? '');
  const number = (answer: string) => (answer === '' ? null : Number(answer));
  return (
    <ActForm
      label={feed === undefined ? 'Add the feed' : 'Save'}
      clears={feed === undefined}
      act={(answer) => {
        const { secret: _, url: __, collection: ___, user: ____, ...others } = now;
        const given = ['url', 'collection', 'user', 'secret'].map((name) => [name, answer(name)] as const);
        const body = {
          name: answer('name'),
          interval: answer('hours') === '' ? null : Math.round(Number(answer('hours')) * 3600),
          confidence: number(answer('confidence')),
          half_life_days: number(answer('half_life_days')),
          ...(kind === 'manual'
            ? {}
            : { settings: { ...others, ...Object.fromEntries(given.filter(([, value]) => value !== '')) } }),
        };
        return feed === undefined
          ? call('POST', `${api}/indicator-feeds`, { body: { ...body, kind } })
          : call('PATCH', `${api}/indicator-feeds/${feed.id}`, { body });
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
        value={feed?.name}
        hint="Whose values they are; it stands in every finding of the feed."
      />
      {feed === undefined && <Field label="Kind" name="kind" changed={setKind} options={kinds} />}
      {kind !== 'manual' && (
        <>
          <Field label="Address" name="url" type="url" required value={text('url')} hint={addresses[kind]} />
          {kind === 'taxii' && (
            <Field label="Collection" name="collection" value={text('collection')} hint="Id, alias or title." />
          )}
          <Field
            label="User"
            name="user"
            value={text('user')}
            hint="Empty where it asks for none, or for a key alone."
          />
          <Field
            label="Password or key"
            name="secret"
            type="password"
            autoComplete="new-password"
            hint={
              now.secret === undefined
                ? 'Kept encrypted and never shown again.'
                : 'One is kept, and never shown. Empty: it stays, unless the server changed.'
            }
          />
          <Field
            label="Pull every … hours"
            name="hours"
            type="number"
            value={feed === undefined ? '24' : feed.interval === null ? '' : String(feed.interval / 3600)}
            hint="Empty: only by hand."
          />
        </>
      )}
      <Field
        label="Confidence, 0 to 100"
        name="confidence"
        type="number"
        value={String(feed?.confidence ?? '')}
        hint="Of values of which the feed states none. Empty: not known."
      />
      <Field
        label="Half of it is gone after … days"
        name="half_life_days"
        type="number"
        value={String(feed?.half_life_days ?? '')}
        hint="For values without an end, since they were last listed or seen. Empty: they don’t decay."
      />
    </ActForm>
  );
}
