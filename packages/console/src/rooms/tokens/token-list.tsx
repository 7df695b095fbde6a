import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/client.ts';
import type { Token } from '../../api/model.ts';
import { useOrganization } from '../../api/organization.tsx';
import { useList } from '../../api/reading.ts';
import { ActButton } from '../../parts/act-button.tsx';
import { Moment } from '../../parts/moment.tsx';
import { Note } from '../../parts/note.tsx';
import { Ready } from '../../parts/ready.tsx';
import { Secret } from '../../parts/secret.tsx';
import { DataTable } from '../../table/data-table.tsx';
import { TokenForm } from './token-form.tsx';

/** Tokens, and a new one that is shown once. */
export function TokenList({ path, ingest }: { readonly path: string; readonly ingest?: boolean }) {
  const { api, mayAdminister, mayChange } = useOrganization();
  const client = useQueryClient();
  const [made, setMade] = useState<string>();
  const tokens = useList<Token>(path, { limit: 200 });
  const again = () => client.invalidateQueries({ queryKey: [api] });
  const revoke = (id: string) => call('DELETE', `${api}/tokens/${id}`).then(again);
  const may = ingest ? mayChange : mayAdminister;
  return (
    <div className="stack">
      {made !== undefined && (
        <Note tone="good">
          <strong>The token is shown this once. Copy it now.</strong>
          <Secret text={made} label="token" />
        </Note>
      )}
      <Ready of={tokens}>
        {() => (
          <DataTable
            name="tokens"
            rows={tokens.items}
            rowKey={({ id }) => id}
            more={tokens.more}
            empty={
              ingest
                ? 'None. A shipper needs one to send to this source.'
                : 'None. Programs that call the API need one.'
            }
            columns={[
              { id: 'token-name', title: 'Name', value: ({ name }) => name },
              { id: 'prefix', title: 'Begins with', value: ({ prefix }) => prefix },
              {
                id: 'token-kind',
                title: 'For',
                value: ({ kind, role }) => (kind === 'api' ? `API, as ${role}` : 'sending logs'),
              },
              {
                id: 'used',
                title: 'Last used',
                value: ({ last_used_at }) => last_used_at ?? '',
                show: ({ last_used_at }) => <Moment at={last_used_at} none="never" />,
              },
              {
                id: 'expires',
                title: 'Expires',
                value: ({ expires_at }) => expires_at ?? '',
                show: ({ expires_at }) => <Moment at={expires_at} none="not" />,
              },
              {
                id: 'revoke',
                title: 'Revoke',
                value: ({ revoked_at }) => (revoked_at === null ? '' : 'revoked'),
                show: ({ id, revoked_at }) =>
                  revoked_at !== null ? (
                    <span className="quiet">revoked</span>
                  ) : (
                    may && <ActButton label="Revoke" sure="Really: what uses it stops" act={() => revoke(id)} />
                  ),
              },
            ]}
          />
        )}
      </Ready>
      {may && (
        <section className="stack close">
          <h2>New token</h2>
          <TokenForm
            path={path}
            ingest={ingest}
            done={(secret) => {
              setMade(secret);
              void again();
            }}
          />
        </section>
      )}
    </div>
  );
}
