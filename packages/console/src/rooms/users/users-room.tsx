import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/client.ts';
import type { Member } from '../../api/model.ts';
import { useOrganization } from '../../api/organization.tsx';
import { useProviders } from '../../api/providers.ts';
import { useList } from '../../api/reading.ts';
import { ErrorNote } from '../../parts/error-note.tsx';
import { Moment } from '../../parts/moment.tsx';
import { Note } from '../../parts/note.tsx';
import { Page } from '../../parts/page.tsx';
import { Ready } from '../../parts/ready.tsx';
import { Secret } from '../../parts/secret.tsx';
import { DataTable } from '../../table/data-table.tsx';
import { InviteForm } from './invite-form.tsx';
import { PersonActs } from './person-acts.tsx';
import { RoleChoice } from './role-choice.tsx';

/** Who may sign in to this organisation, and as what. */
export function UsersRoom() {
  const { api, mayAdminister } = useOrganization();
  const client = useQueryClient();
  const providers = useProviders();
  const [failed, setFailed] = useState<unknown>();
  const users = useList<Member>('/users', { limit: 200 });
  const again = () => client.invalidateQueries({ queryKey: [api, 'users'] });
  const [link, setLink] = useState<{ readonly name: string; readonly address: string }>();
  const change = (id: string, role: string) => {
    setFailed(undefined);
    void call('PATCH', `${api}/users/${id}`, { body: { role } }).then(again).catch(setFailed);
  };
  return (
    <Page title="Users" about="Who may sign in to this organisation, and as what. Every change is in the audit trail.">
      <div className="stack">
        {failed !== undefined && <ErrorNote error={failed} />}
        <div role="status">
          {link !== undefined && (
            <Note tone="good">
              <strong>
                Hand this link for a new password to {link.name}. It works once, for a day, and is shown only now.
              </strong>
              <Secret text={link.address} label="link" />
            </Note>
          )}
        </div>
        <Ready of={users}>
          {() => (
            <DataTable
              name="users"
              rows={users.items}
              rowKey={({ id }) => id}
              more={users.more}
              empty="Nobody. An administrator can invite people below."
              columns={[
                { id: 'user-name', title: 'Name', value: ({ name }) => name },
                { id: 'email', title: 'E-mail address', value: ({ email }) => email },
                {
                  id: 'role',
                  title: 'Role',
                  value: ({ role }) => role,
                  show: (user) =>
                    mayAdminister ? <RoleChoice user={user} change={(role) => change(user.id, role)} /> : user.role,
                },
                {
                  id: 'of',
                  title: 'Of provider',
                  value: ({ provider }) => providers.get(provider ?? '') ?? provider ?? '',
                  more: users.items.every(({ provider }) => provider === null),
                },
                {
                  id: 'seen',
                  title: 'Last sign-in',
                  value: ({ last_sign_in_at }) => last_sign_in_at ?? '',
                  show: ({ last_sign_in_at }) => <Moment at={last_sign_in_at} none="never" />,
                },
                {
                  id: 'disabled',
                  title: 'State',
                  value: ({ disabled_at }) => (disabled_at === null ? 'may sign in' : 'disabled'),
                  show: ({ disabled_at }) =>
                    disabled_at === null ? 'may sign in' : <span className="tone-high">disabled</span>,
                },
                {
                  id: 'acts',
                  title: 'Do',
                  value: () => '',
                  show: (user) =>
                    mayAdminister && <PersonActs user={user} linked={(name, address) => setLink({ name, address })} />,
                },
              ]}
            />
          )}
        </Ready>
        {mayAdminister && <InviteForm done={() => void again()} />}
      </div>
    </Page>
  );
}
