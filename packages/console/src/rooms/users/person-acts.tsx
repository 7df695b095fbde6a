import { useQueryClient } from '@tanstack/react-query';
import { call } from '../../api/client.ts';
import type { Member } from '../../api/model.ts';
import { useOrganization } from '../../api/organization.tsx';
import { ActButton } from '../../parts/act-button.tsx';

interface Props {
  readonly user: Member;
  /** told the one-time link for a new password */
  readonly linked: (name: string, link: string) => void;
}

/** What an administrator can do for or about somebody. */
export function PersonActs({ user: { id, name, disabled_at }, linked }: Props) {
  const { api } = useOrganization();
  const client = useQueryClient();
  const path = `${api}/users/${id}`;
  const again = () => client.invalidateQueries({ queryKey: [api, 'users'] });
  const reset = async () =>
    linked(name, (await call<{ readonly link: string }>('POST', `${path}/reset`, { body: {} })).link);
  const disable = () => call('POST', `${path}/disable`, { body: {} }).then(again);
  const enable = () => call('POST', `${path}/enable`, { body: {} }).then(again);
  return (
    <span className="acts">
      {disabled_at === null ? (
        <>
          <ActButton label="New password" sure="Really: a link for a new one" act={reset} />
          <ActButton label="Disable" sure="Really: they are signed out now" act={disable} />
        </>
      ) : (
        <ActButton label="Enable" act={enable} />
      )}
      <ActButton label="Remove" sure="Really remove" act={() => call('DELETE', path).then(again)} />
    </span>
  );
}
