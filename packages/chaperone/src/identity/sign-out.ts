import { type Actor, audit } from './audit.ts';
import { auditPerson } from './factors.ts';
import type { Identity } from './identity.ts';
import { accessChanged, endOtherSessions, endSession } from './sessions.ts';

interface SignedInPerson {
  readonly id: string;
  readonly session: string | null;
  readonly state?: 'password' | 'full';
}

/** Ends the session of somebody who signs out. A half session has let nobody in, and its end is no news. */
export async function signOut(identity: Identity, { id, session, state }: SignedInPerson, actor: Actor): Promise<void> {
  if (session === null) return;
  await identity.state.everywhere(async (tx) => {
    await endSession(tx, session);
    await accessChanged(identity.state, tx, id);
    if (state === 'password') return;
    await audit(tx, identity.vault, null, { actor, action: 'session.sign_out', object: { kind: 'user', id } });
  });
}

/** Ends one's other sessions, and tells the trail how many there were. */
export async function signOutElsewhere(
  identity: Identity,
  { id, session }: SignedInPerson,
  actor: Actor,
): Promise<void> {
  await identity.state.everywhere(async (tx) => {
    const ended = await endOtherSessions(identity, tx, id, session);
    await auditPerson(identity, tx, id, actor, 'session.end_others', { ended });
  });
}
