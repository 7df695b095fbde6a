import { useState } from 'react';
import { call } from '../../api/client.ts';
import { ActForm } from '../../parts/act-form.tsx';
import { Field } from '../../parts/field.tsx';
import { Note } from '../../parts/note.tsx';

export function PasswordChange() {
  const [changed, setChanged] = useState(false);
  return (
    <section className="stack close">
      <h2>Password</h2>
      {changed && <Note tone="good">The password is changed. Your other sessions are ended.</Note>}
      <ActForm
        label="Change the password"
        act={(_, form) =>
          call('PUT', '/me/password', {
            body: { old: String(form.get('current') ?? ''), new: String(form.get('password') ?? '') },
          })
        }
        done={() => setChanged(true)}
      >
        <Field label="Present password" name="current" type="password" required autoComplete="current-password" />
        <Field
          label="New password"
          name="password"
          type="password"
          required
          minLength={12}
          autoComplete="new-password"
          hint="At least 12 characters."
        />
      </ActForm>
    </section>
  );
}
