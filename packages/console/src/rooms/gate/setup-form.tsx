import { call } from '../../api/client.ts';
import { ActForm } from '../../parts/act-form.tsx';
import { Field } from '../../parts/field.tsx';
import { slugOf } from './slug.ts';
import { zones } from './zones.ts';

interface Props {
  readonly token: string;
  readonly done: (email: string, password: string) => Promise<void>;
}

/** The first administrator and the organisation that is watched. */
export function SetupForm({ token, done }: Props) {
  return (
    <ActForm
      label="Create and go on"
      act={async (answer, form) => {
        const password = String(form.get('password') ?? '');
        await call('POST', '/setup', {
          body: {
            token,
            name: answer('name'),
            email: answer('email'),
            password,
            organization: {
              name: answer('organization'),
              slug: slugOf(answer('organization')),
              zone: answer('zone'),
              side: answer('side'),
            },
          },
        });
        await done(answer('email'), password);
      }}
    >
      <p>You become the first administrator. This link works once.</p>
      <Field label="Your name" name="name" required autoComplete="name" />
      <Field label="Your e-mail address" name="email" type="email" required autoComplete="username" />
      <Field
        label="Password"
        name="password"
        type="password"
        required
        minLength={12}
        autoComplete="new-password"
        hint="At least 12 characters. A sentence is good; a password manager is better."
      />
      <Field
        label="Organisation"
        name="organization"
        required
        hint="Whose providers are watched, e.g. Harbour Clinic."
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
      <Field
        label="Time zone"
        name="zone"
        options={zones()}
        hint="Times are shown in it, and agreed hours are read in it."
      />
    </ActForm>
  );
}
