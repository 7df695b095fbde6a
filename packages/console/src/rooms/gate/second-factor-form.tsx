import { call } from '../../api/client.ts';
import { ActForm } from '../../parts/act-form.tsx';
import { Field } from '../../parts/field.tsx';

/** The second step: a code of the app, or one of the recovery codes. */
export function SecondFactorForm({ done }: { readonly done: () => void }) {
  return (
    <ActForm
      label="Go on"
      act={(answer) => call('POST', '/session/totp', { body: { code: answer('code').replaceAll(' ', '') } })}
      done={done}
    >
      <Field
        label="Code"
        name="code"
        required
        autoComplete="one-time-code"
        hint="The six digits of your authenticator app, or one of your recovery codes (each works once)."
      />
    </ActForm>
  );
}
