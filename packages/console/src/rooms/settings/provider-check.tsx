import { useQuery } from '@tanstack/react-query';
import { call } from '../../api/client.ts';
import type { ProviderTest } from '../../api/model.ts';
import { useOrganization } from '../../api/organization.tsx';
import { Facts } from '../../parts/facts.tsx';
import { Note } from '../../parts/note.tsx';
import { Ready } from '../../parts/ready.tsx';

/** Asks an identity provider for its configuration, now. */
export function ProviderCheck({ id }: { readonly id: string }) {
  const { api } = useOrganization();
  const test = useQuery({
    queryKey: [api, 'oidc-test', id],
    queryFn: () => call<ProviderTest>('POST', `${api}/oidc-providers/${id}/test`, { body: {} }),
    retry: false,
    gcTime: 0,
  });
  return (
    <Ready of={test}>
      {({ issuer, sign_in_at, doubts }) => (
        <div className="stack close" role="status">
          <Note tone={doubts.length === 0 ? 'good' : 'partial'}>
            <strong>{doubts.length === 0 ? 'It answers as an OpenID provider.' : 'It answers, but:'}</strong>
            {doubts.map((doubt) => (
              <span key={doubt}>{doubt}</span>
            ))}
          </Note>
          <Facts
            of={[
              ['It calls itself', issuer],
              ['People sign in at', sign_in_at],
            ]}
          />
          <p className="quiet">
            Whether the client’s secret and redirect address fit shows when somebody signs in: try it in a private
            window.
          </p>
        </div>
      )}
    </Ready>
  );
}
