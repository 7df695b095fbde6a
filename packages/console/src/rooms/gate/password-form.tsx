import { call } from '../../api/client.ts';
import { ActForm } from '../../parts/act-form.tsx';
import { Field } from '../../parts/field.tsx';

export function PasswordForm({ done }: { readonly done: () => void }) {
  return (
    <ActForm
      label="Sign in"
      act={(answer, form) =>
        call('POST', '/session', { body: { email: answer('email'), password: String(form.get('password') ?? '') } })
      }
      done={done}
    >
      <Field label="E-mail address" name="email" type="email" required autoComplete="username" />
      <Field label="Password" name="password" type="password" required autoComplete="current-password" />
    </ActForm>
  );
}
