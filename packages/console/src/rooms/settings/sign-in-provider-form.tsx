import { call } from '../../api/client.ts';
import { useOrganization } from '../../api/organization.tsx';
import { ActForm } from '../../parts/act-form.tsx';
import { Field } from '../../parts/field.tsx';

/** A new identity provider. Its secret is kept encrypted and never shown again. */
export function SignInProviderForm({ done }: { readonly done: () => void }) {
  const { api } = useOrganization();
  return (
    <section className="stack close">
      <h2>Add a provider</h2>
      <ActForm
        label="Add the provider"
        clears
        act={(answer) =>
          call('POST', `${api}/oidc-providers`, {
            body: {
              name: answer('name'),
              issuer: answer('issuer'),
              client_id: answer('client_id'),
              ...(answer('client_secret') === '' ? {} : { client_secret: answer('client_secret') }),
              ...(answer('default_role') === '' ? {} : { default_role: answer('default_role') }),
            },
          })
        }
        done={done}
      >
        <Field label="Name" name="name" required hint="It stands on the button: “Sign in with …”. E.g. Clinic login." />
        <Field
          label="Issuer"
          name="issuer"
          type="url"
          required
          hint="The provider’s address, e.g. https://login.microsoftonline.com/TENANT/v2.0. It must offer /.well-known/openid-configuration."
        />
        <Field label="Client id" name="client_id" required hint="Given by the provider when you register Chaperone." />
        <Field
          label="Client secret"
          name="client_secret"
          type="password"
          autoComplete="new-password"
          hint="Kept encrypted and never shown again. Empty for a public client."
        />
        <Field
          label="Who signs in and is not known here yet"
          name="default_role"
          options={[
            ['', 'is refused: invite people under Users first'],
            ['viewer', 'becomes a viewer: reads everything'],
            ['analyst', 'becomes an analyst'],
          ]}
        />
      </ActForm>
    </section>
  );
}
