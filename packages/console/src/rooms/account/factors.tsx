import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/client.ts';
import type { Factor } from '../../api/model.ts';
import { ActButton } from '../../parts/act-button.tsx';
import { DialogButton } from '../../parts/dialog-button.tsx';
import { Moment } from '../../parts/moment.tsx';
import { Ready } from '../../parts/ready.tsx';
import { DataTable } from '../../table/data-table.tsx';
import { PasskeyEnrolment } from './passkey-enrolment.tsx';
import { RecoveryCodes } from './recovery-codes.tsx';
import { TotpEnrolment } from './totp-enrolment.tsx';

const words = { totp: 'authenticator app', passkey: 'passkey', recovery: 'recovery code' };

/** Second factors: what there is, one more, one fewer. */
export function Factors() {
  const client = useQueryClient();
  const [codes, setCodes] = useState<readonly string[]>();
  const factors = useQuery({
    queryKey: ['factors'],
    queryFn: () => call<{ items: Factor[] }>('GET', '/me/factors'),
  });
  const again = () => client.invalidateQueries({ queryKey: ['factors'] });
  const remove = (id: string) => call('DELETE', `/me/factors/${id}`).then(again);
  const renew = async () =>
    setCodes((await call<{ codes: string[] }>('POST', '/me/recovery-codes', { body: {} })).codes);
  return (
    <section className="stack close">
      <h2>Second factors</h2>
      <Ready of={factors}>
        {({ items }) => (
          <DataTable
            name="second factors"
            rows={items}
            rowKey={({ id }) => id}
            empty="None. Whoever learns your password gets in: add one."
            columns={[
              { id: 'label', title: 'Name', value: ({ label }) => label },
              { id: 'kind', title: 'Kind', value: ({ kind }) => words[kind] },
              {
                id: 'used',
                title: 'Last used',
                value: ({ last_used_at }) => last_used_at ?? '',
                show: ({ last_used_at }) => <Moment at={last_used_at} none="never" />,
              },
              {
                id: 'remove',
                title: 'Remove',
                value: () => '',
                show: ({ id }) => <ActButton label="Remove" sure="Really remove" act={() => remove(id)} />,
              },
            ]}
          />
        )}
      </Ready>
      {codes !== undefined && <RecoveryCodes codes={codes} done={() => setCodes(undefined)} />}
      <div className="acts">
        <DialogButton label="Add an authenticator app" title="Authenticator app">
          {(close) => (
            <TotpEnrolment
              done={() => {
                void again();
                close();
              }}
            />
          )}
        </DialogButton>
        <DialogButton label="Add a passkey" title="Passkey">
          {(close) => (
            <PasskeyEnrolment
              done={() => {
                void again();
                close();
              }}
            />
          )}
        </DialogButton>
        <ActButton label="New recovery codes" sure="The old codes stop working: make new ones" act={renew} />
      </div>
    </section>
  );
}
