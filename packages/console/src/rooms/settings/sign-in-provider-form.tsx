import { call } from '../../api/client.ts';
import type { SignInProvider } from '../../api/model.ts';
import { useOrganization } from '../../api/organization.tsx';
import { ActForm } from '../../parts/act-form.tsx';
import { Field } from '../../parts/field.tsx';

interface Props {
  /** the one that is changed; left out: a new one */
  readonly provider?: SignInProvider;
  readonly done: () => void;
}

/** An identity provider. Its secret is kept encrypted and never shown again. */
export function SignInProviderForm({ provider, done }: Props) {
  const { api } = useOrganization();
  return (
    <ActForm
      label={provider === undefined ? 'Add the provider' : 'Save'}
      clears={provider === undefined}
      act={(answer) => {
        const role = answer('default_role');
        const body = {
          name: answer('name'),
          issuer: answer('issuer'),
          client_id: answer('client_id'),
          ...(answer('client_secret') === '' ? {} : { client_secret: answer('client_secret') }),
        };
        return provider === undefined
          ? call('POST', `${api}/oidc-providers`, { body: role === '' ? body : { ...body, default_role: role } })
          : call('PATCH', `${api}/oidc-providers/${provider.id}`, {
              body: { ...body, default_role: role === '' ? null : role },
            });
      }}
      done={done}
    >
      <Field
        label="Name"
        name="name"
        required
        value={provider?.name}
        hint="It stands on the button: “Sign in with …”. E.g. Clinic login."
      />
      <Field
        label="Issuer"
        name="issuer"
        type="url"
        required
        value={provider?.issuer}
        hint="The provider’s address, e.g. https://login.microsoftonline.com/TENANT/v2.0. It must offer /.well-known/openid-configuration."
      />
      <Field
        label="Client id"
        name="client_id"
        required
        value={provider?.client_id}
        hint="Given by the provider when you register Chaperone."
      />
      <Field
        label="Client secret"
        name="client_secret"
        type="password"
        autoComplete="new-password"
        hint={
          provider === undefined
            ? 'Kept encrypted and never shown again. Empty for a public client.'
            : 'Never shown. Empty: what is kept stays, unless the issuer changed.'
        }
      />
      <Field
        label="Who signs in and is not known here yet"
        name="default_role"
        value={provider?.default_role ?? ''}
        options={[
          ['', 'is refused: invite people under Users first'],
          ['viewer', 'becomes a viewer: reads everything'],
          ['analyst', 'becomes an analyst'],
          ...(provider?.default_role === 'approver' || provider?.default_role === 'administrator'
            ? [[provider.default_role, `becomes an ${provider.default_role}`] as const]
            : []),
        ]}
      />
    </ActForm>
  );
}
