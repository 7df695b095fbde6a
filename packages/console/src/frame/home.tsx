import { Navigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { Membership } from '../api/model.ts';
import { useSession } from '../api/session.ts';
import { Ready } from '../parts/ready.tsx';
import { NoOrganization } from './no-organization.tsx';
import { takeWanted } from './wanted.ts';

/** The way in: to where somebody wanted to go, to the first organisation's findings, or to the sign-in. */
export function Home() {
  const session = useSession();
  return (
    <Ready of={session}>
      {(signedIn) => {
        if (signedIn?.state !== 'full') return <Navigate to={'/sign-in' as never} />;
        const first = signedIn.organizations[0];
        return first === undefined ? <NoOrganization /> : <Onward first={first} />;
      }}
    </Ready>
  );
}

function Onward({ first }: { readonly first: Membership }) {
  const [wanted] = useState(takeWanted);
  const [path = '', search = ''] = (wanted ?? `/o/${first.slug}/findings`).split('?');
  return <Navigate to={path as never} search={Object.fromEntries(new URLSearchParams(search)) as never} />;
}
