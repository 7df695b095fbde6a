import { Navigate, Outlet, useLocation, useParams } from '@tanstack/react-router';
import { useCallback, useEffect, useState } from 'react';
import { useLiveStream } from '../api/live.ts';
import type { Membership, Session } from '../api/model.ts';
import { OrganizationProvider } from '../api/organization.tsx';
import { useSession } from '../api/session.ts';
import { Note } from '../parts/note.tsx';
import { Ready } from '../parts/ready.tsx';
import { EngineNote } from './engine-note.tsx';
import { KeyHelp } from './key-help.tsx';
import { useKeys } from './keys.ts';
import { Rail } from './rail.tsx';
import { StoresNote } from './stores-note.tsx';
import { rememberWanted } from './wanted.ts';

/** What stands around every room of an organisation. */
export function Shell() {
  const session = useSession();
  const { organization } = useParams({ strict: false }) as { organization?: string };
  return (
    <Ready of={session}>
      {(signedIn) => {
        if (signedIn?.state !== 'full') return <ToSignIn />;
        const membership = signedIn.organizations.find(({ slug }) => slug === organization);
        if (membership === undefined)
          return (
            <main className="gate">
              <h1>No such organisation</h1>
              <Note>
                There is none of this name, or you are not a member of it. <a href="#/">Go to your own.</a>
              </Note>
            </main>
          );
        return (
          <OrganizationProvider value={membership} key={membership.slug}>
            <Frame session={signedIn} organization={membership} />
          </OrganizationProvider>
        );
      }}
    </Ready>
  );
}

/** To the sign-in, and later back to this page. */
function ToSignIn() {
  const wanted = useLocation({ select: ({ pathname, searchStr }) => `${pathname}${searchStr}` });
  useEffect(() => rememberWanted(wanted), [wanted]);
  return <Navigate to={'/sign-in' as never} />;
}

function Frame({ session, organization }: { readonly session: Session; readonly organization: Membership }) {
  const [helping, setHelping] = useState(false);
  const help = useCallback(() => setHelping(true), []);
  const live = useLiveStream();
  const path = useLocation({ select: (location) => location.pathname });
  useKeys(help);
  // a new room begins at its top
  // biome-ignore lint/correctness/useExhaustiveDependencies: the room is what it waits for
  useEffect(() => {
    // some browsers give back a promise, which is no clean-up
    void window.scrollTo(0, 0);
  }, [path]);
  return (
    <div className="shell">
      <button type="button" className="skip" onClick={() => document.getElementById('main')?.focus()}>
        To the content
      </button>
      <Rail session={session} organization={organization} help={help} />
      <main id="main" className="main" tabIndex={-1}>
        <div role="status" aria-live="polite">
          {live === 'lost' && (
            <Note tone="partial">
              Live updates are interrupted. What you see may be old; the console reconnects by itself.
            </Note>
          )}
        </div>
        <StoresNote />
        <EngineNote />
        <Outlet />
      </main>
      <KeyHelp open={helping} change={setHelping} />
    </div>
  );
}
