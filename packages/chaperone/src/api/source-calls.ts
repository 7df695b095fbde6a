import { learningOf } from '../detection/index.ts';
import { audit } from '../identity/index.ts';
import { getSource } from '../sources/index.ts';
import type { Tx } from '../storage/index.ts';
import type { Call } from './define.ts';
import type { ApiDeps } from './deps.ts';
import { notFound } from './problem.ts';

/** What the routes of sources share. */
export function sourceCalls({ identity, state }: ApiDeps) {
  const changed = async (
    call: Call<unknown, unknown>,
    tx: Tx,
    action: string,
    id: string,
    detail: Record<string, unknown> = {},
  ) => {
    await audit(tx, identity.vault, call.organization, {
      actor: call.actor,
      action,
      object: { kind: 'source', id },
      detail,
    });
    await state.announce(tx, { organization: call.organization, kind: 'routing', id });
    await state.announce(tx, { organization: call.organization, kind: 'source', id });
  };
  /** how much is known of what is usual, where that is too little to say that a source is silent */
  const learned = (call: Call<unknown, unknown>) => call.within((tx) => learningOf(tx, Date.now()));
  const one = async (call: Call<unknown, unknown>) => {
    const found = await call.within((tx) => getSource(tx, call.params.id, call.membership.provider));
    if (found === undefined) throw notFound('source');
    return { ...found, learning: (await learned(call)).get(found.id) ?? null };
  };
  return { changed, one, learned };
}
