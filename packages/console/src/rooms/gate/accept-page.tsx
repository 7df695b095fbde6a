import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { call } from '../../api/client.ts';
import { ActForm } from '../../parts/act-form.tsx';
import { Field } from '../../parts/field.tsx';
import { useAddress } from '../../table/address.ts';
import { Gate } from './gate.tsx';

/** Where the one-time link of an invitation or of a reset leads. */
export function AcceptPage() {
  const [{ token = '' }] = useAddress();
  const client = useQueryClient();
  const navigate = useNavigate();
  return (
    <Gate title="Choose your password">
      <ActForm
        label="Keep it and sign in"
        act={(_, form) =>
          call('POST', '/invitations/accept', {
            body: { token, password: String(form.get('password') ?? '') },
          })
        }
        done={() => {
          void client.resetQueries({ queryKey: ['session'] });
          void navigate({ to: '/sign-in' } as never);
        }}
      >
        <Field
          label="Choose a password"
          name="password"
          type="password"
          required
          minLength={12}
          autoComplete="new-password"
          hint="At least 12 characters. You sign in with it next."
        />
      </ActForm>
    </Gate>
  );
}
