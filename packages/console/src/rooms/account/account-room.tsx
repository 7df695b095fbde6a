import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { call } from '../../api/client.ts';
import { useSession } from '../../api/session.ts';
import { ActButton } from '../../parts/act-button.tsx';
import { Page } from '../../parts/page.tsx';
import { Factors } from './factors.tsx';
import { PasswordChange } from './password-change.tsx';
import { Sessions } from './sessions.tsx';

/** One's own password, factors and sessions. */
export function AccountRoom() {
  const session = useSession();
  const client = useQueryClient();
  const navigate = useNavigate();
  const leave = async () => {
    await call('DELETE', '/session');
    client.clear();
    void navigate({ to: '/sign-in' } as never);
  };
  return (
    <Page
      title="Your account"
      about={session.data === null ? undefined : `${session.data?.user.name}, ${session.data?.user.email}`}
      acts={<ActButton label="Sign out" act={leave} />}
    >
      <div className="stack">
        <Factors />
        <PasswordChange />
        <Sessions />
      </div>
    </Page>
  );
}
