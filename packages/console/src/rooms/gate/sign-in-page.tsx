import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Navigate } from '@tanstack/react-router';
import { call } from '../../api/client.ts';
import { useSession } from '../../api/session.ts';
import { ActButton } from '../../parts/act-button.tsx';
import { Ready } from '../../parts/ready.tsx';
import { Gate } from './gate.tsx';
import { OidcButtons } from './oidc-buttons.tsx';
import { PasskeyButton } from './passkey-button.tsx';
import { PasswordForm } from './password-form.tsx';
import { SecondFactorForm } from './second-factor-form.tsx';
import { WhyNot } from './why-not.tsx';

/** Sign-in: password and second factor, a passkey, or the organisation's own sign-in. */
export function SignInPage() {
  const session = useSession();
  const client = useQueryClient();
  const setup = useQuery({
    queryKey: ['setup'],
    queryFn: () => call<{ readonly needed: boolean }>('GET', '/setup'),
    retry: false,
  });
  const again = () => client.resetQueries({ queryKey: ['session'] });
  return (
    <Gate title="Sign in">
      <Ready of={session}>
        {(signedIn) => {
          if (signedIn?.state === 'full') return <Navigate to={'/' as never} />;
          if (signedIn?.state === 'password')
            return (
              <>
                <SecondFactorForm done={again} />
                <PasskeyButton done={again} />
                <ActButton label="Sign in as somebody else" act={() => call('DELETE', '/session').then(again)} />
              </>
            );
          return (
            <>
              {setup.data?.needed === true && (
                <p className="note partial">
                  Chaperone isn’t set up yet. Open the one-time link that it printed when it started.
                </p>
              )}
              <WhyNot />
              <PasswordForm done={again} />
              <PasskeyButton done={again} />
              <OidcButtons />
            </>
          );
        }}
      </Ready>
    </Gate>
  );
}
