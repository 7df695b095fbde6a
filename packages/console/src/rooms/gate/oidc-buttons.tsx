import { useQuery } from '@tanstack/react-query';
import { call } from '../../api/client.ts';

interface Providers {
  readonly items: readonly { readonly id: string; readonly name: string }[];
}

/** One link for each OpenID provider that is set up. */
export function OidcButtons() {
  const providers = useQuery({
    queryKey: ['oidc'],
    queryFn: () => call<Providers>('GET', '/session/oidc'),
    retry: false,
  });
  return (
    <div className="acts">
      {(providers.data?.items ?? []).map(({ id, name }) => (
        <a key={id} className="button" href={`/api/v1/session/oidc/${id}/start`}>
          Sign in with {name}
        </a>
      ))}
    </div>
  );
}
