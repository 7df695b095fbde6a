import { useQueryClient } from '@tanstack/react-query';
import { call } from '../../api/client.ts';
import type { Page, SignInProvider } from '../../api/model.ts';
import { useOrganization } from '../../api/organization.tsx';
import { useThing } from '../../api/reading.ts';
import { ActButton } from '../../parts/act-button.tsx';
import { CopyButton } from '../../parts/copy-button.tsx';
import { DialogButton } from '../../parts/dialog-button.tsx';
import { Ready } from '../../parts/ready.tsx';
import { DataTable } from '../../table/data-table.tsx';
import { ProviderCheck } from './provider-check.tsx';
import { SignInProviderForm } from './sign-in-provider-form.tsx';

/** Identity providers (OpenID Connect) that people of this organisation may sign in by. */
export function SignInProviders() {
  const { api, mayAdminister } = useOrganization();
  const client = useQueryClient();
  const again = () => client.invalidateQueries({ queryKey: [api, 'oidc-providers'] });
  const turn = (id: string, enabled: boolean) =>
    call('PATCH', `${api}/oidc-providers/${id}`, { body: { enabled } }).then(again);
  const remove = (id: string) => call('DELETE', `${api}/oidc-providers/${id}`).then(again);
  return (
    <Ready of={useThing<Page<SignInProvider> & { readonly redirect: string }>('/oidc-providers')}>
      {({ items, redirect }) => (
        <div className="stack">
          <p className="measure">
            People sign in with the account that they have already, at Entra ID, Google, Keycloak or another provider of
            OpenID Connect. Their names stand on the sign-in page. Who has a second factor here is asked for it as well.
          </p>
          <section className="stack close">
            <h2>Redirect address</h2>
            <p>The provider asks for it when you register Chaperone there:</p>
            <code className="block">{redirect}</code>
            <CopyButton text={redirect} label="redirect address" />
          </section>
          <DataTable
            name="sign-in providers"
            rows={items}
            rowKey={({ id }) => id}
            empty="None. People sign in with a password and a second factor, or with a passkey."
            columns={[
              { id: 'provider-name', title: 'Name', value: ({ name }) => name },
              { id: 'issuer', title: 'Issuer', value: ({ issuer }) => issuer },
              { id: 'client', title: 'Client', value: ({ client_id }) => client_id },
              { id: 'provider-state', title: 'State', value: ({ enabled }) => (enabled ? 'on' : 'off') },
              { id: 'newcomers', title: 'Newcomers', value: newcomers },
              {
                id: 'acts',
                title: 'Do',
                value: () => '',
                show: (provider) => {
                  const { id, name, enabled } = provider;
                  return (
                    mayAdminister && (
                      <span className="acts">
                        {enabled && (
                          <DialogButton label="Test" title={`Test ${name}`} small>
                            {() => <ProviderCheck id={id} />}
                          </DialogButton>
                        )}
                        <DialogButton label="Change" title={`Change ${name}`} small>
                          {(close) => (
                            <SignInProviderForm
                              provider={provider}
                              done={() => {
                                void again();
                                close();
                              }}
                            />
                          )}
                        </DialogButton>
                        <ActButton
                          label={enabled ? 'Switch off' : 'Switch on'}
                          sure={enabled ? 'Really: nobody signs in by it meanwhile' : undefined}
                          act={() => turn(id, !enabled)}
                        />
                        <ActButton
                          label="Remove"
                          sure="Really: nobody signs in by it any more"
                          act={() => remove(id)}
                        />
                      </span>
                    )
                  );
                },
              },
            ]}
          />
          {mayAdminister && (
            <section className="stack close">
              <h2>Add a provider</h2>
              <SignInProviderForm done={() => void again()} />
            </section>
          )}
        </div>
      )}
    </Ready>
  );
}

function newcomers({ default_role }: SignInProvider): string {
  return default_role === null ? 'are refused' : `become ${default_role}`;
}
