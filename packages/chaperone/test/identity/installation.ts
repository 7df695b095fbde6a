import { randomBytes } from 'node:crypto';
import {
  type Actor,
  completeSetup,
  createIdentity,
  createVault,
  type Identity,
  issueSetupToken,
} from '../../src/identity/index.ts';
import { fetchGuarded } from '../../src/telemetry/index.ts';
import type { TestState } from '../../testkit/storage/test-state.ts';

export const CLIENT = { ip: '192.0.2.7', agent: 'test' };
export const ADDRESS = 'ada@clinic.example';
export const PHRASE = 'a heron stands in shallow water';

/** An installation that is set up, with a clock that tests move by hand. */
export async function installation(state: TestState) {
  const { store, raw } = await state.fresh();
  const clock = { now: Date.UTC(2026, 10, 25, 8) };
  const identity: Identity = createIdentity(
    store,
    createVault(randomBytes(32)),
    () => clock.now,
    (url, request, inside) => fetchGuarded(url, request, { allowPrivate: inside, maxBytes: 1 << 20, timeout: 10_000 }),
  );
  const token = await issueSetupToken(identity);
  const session = await completeSetup(
    identity,
    {
      token: token ?? '',
      email: ADDRESS,
      name: 'Ada Meyer',
      password: PHRASE,
      organization: { name: 'Clinic', slug: 'clinic', zone: 'Europe/Berlin', side: 'client' },
    },
    CLIENT,
  );
  const { id } = await store.everywhere((tx) =>
    tx.selectFrom('app_user').select('id').where('email', '=', ADDRESS).executeTakeFirstOrThrow(),
  );
  const actor: Actor = { kind: 'user', id, name: ADDRESS, ip: CLIENT.ip };
  return {
    identity,
    store,
    raw,
    clock,
    session,
    organization: session.organization,
    user: { id, email: ADDRESS },
    actor,
  };
}
