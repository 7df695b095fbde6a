import { Navigate } from '@tanstack/react-router';
import { useSession } from '../api/session.ts';
import { Ready } from '../parts/ready.tsx';
import { NoOrganization } from './no-organization.tsx';

/** The way in: to the first organisation's findings, or to the sign-in. */
export function Home() {
  const session = useSession();
  return (
    <Ready of={session}>
      {(signedIn) => {
        if (signedIn?.state !== 'full') return <Navigate to={'/sign-in' as never} />;
        const first = signedIn.organizations[0];
        return first === undefined ? <NoOrganization /> : <Navigate to={`/o/${first.slug}/findings` as never} />;
      }}
    </Ready>
  );
}
