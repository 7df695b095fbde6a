import { audit } from '../identity/index.ts';
import type { Tx } from '../storage/index.ts';
import type { Call } from './define.ts';
import type { ApiDeps } from './deps.ts';

/** Writes an act into the organisation's trail and tells whoever listens that a thing changed. `action` is thing and verb. */
export type Told = (
  call: Call<unknown, unknown>,
  tx: Tx,
  action: string,
  kind: string,
  id: string,
  detail?: Record<string, unknown>,
) => Promise<void>;

/** Acts that routes do by themselves, within the transaction of the act. */
export function teller({ identity, state }: ApiDeps): Told {
  return async (call, tx, action, kind, id, detail = {}) => {
    await audit(tx, identity.vault, call.organization, { actor: call.actor, action, object: { kind, id }, detail });
    await state.announce(tx, { organization: call.organization, kind, id });
  };
}
