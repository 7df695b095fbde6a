import { useState } from 'react';
import { call } from '../../api/client.ts';
import { useOrganization } from '../../api/organization.tsx';
import { ActForm } from '../../parts/act-form.tsx';
import { Field } from '../../parts/field.tsx';
import { Note } from '../../parts/note.tsx';
import { ProviderField } from '../../parts/provider-field.tsx';
import { Secret } from '../../parts/secret.tsx';
import { roleOptions } from './role-words.ts';

/** Invites somebody by a one-time link that the administrator hands over. */
export function InviteForm({ done }: { readonly done: () => void }) {
  const { api } = useOrganization();
  const [role, setRole] = useState('viewer');
  const [link, setLink] = useState<string | null>();
  return (
    <section className="stack close">
      <h2>Invite</h2>
      {link === null && <Note tone="good">They have an account here already, and are in from now on.</Note>}
      {typeof link === 'string' && (
        <Note tone="good">
          <strong>Hand this link over. It works once, and is shown only now.</strong>
          <Secret text={link} label="link" />
        </Note>
      )}
      <ActForm
        label="Make the link"
        clears
        act={async (answer) => {
          const body = {
            name: answer('name'),
            email: answer('email'),
            role: answer('role'),
            provider: answer('provider') || undefined,
          };
          return (await call<{ link: string | null }>('POST', `${api}/users`, { body })).link;
        }}
        done={(made) => {
          setLink(made);
          setRole('viewer');
          done();
        }}
      >
        <Field label="Name" name="name" required />
        <Field label="E-mail address" name="email" type="email" required />
        <Field label="Role" name="role" options={roleOptions} changed={setRole} />
        {role === 'provider_reader' && <ProviderField label="Provider" name="provider" />}
      </ActForm>
    </section>
  );
}
