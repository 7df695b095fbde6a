import { openSealed } from '../../detection/index.ts';
import { audit, SYSTEM_ACTOR, type Vault } from '../../identity/index.ts';
import type { EventStore, StateStore } from '../../storage/index.ts';

export interface UnsealDeps {
  readonly state: StateStore;
  readonly events: Pick<EventStore, 'event' | 'query'>;
  readonly vault: Vault;
}

/** An event and what it said when it came; `problem` where that can't be told. */
export type Unsealed =
  | { readonly event: string; readonly record: string }
  | { readonly event: string; readonly problem: string };

/** Events that are opened at once. */
const MOST = 1_000;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Opens records that were sealed because their fields could not be masked: those that are named, or the latest. Each opening is an act in the organisation's trail, with who and why.
 *
 * @throws Error for an organisation that isn't there, or a reason that isn't given
 */
export async function unseal(
  { state, events, vault }: UnsealDeps,
  ask: Readonly<Record<string, unknown>>,
): Promise<readonly Unsealed[]> {
  const slug = String(ask.organization ?? '');
  const reason = String(ask.reason ?? '').trim();
  if (reason === '') throw new Error('The reason is missing: it stands in the audit trail.');
  const organization = await state.everywhere((tx) =>
    tx.selectFrom('organization').select('id').where('slug', '=', slug).executeTakeFirst(),
  );
  if (organization === undefined) throw new Error(`There is no organisation ${JSON.stringify(slug)}.`);
  const { id } = organization;
  const open = openSealed(vault.key(`masking/${id}`));
  const named = Array.isArray(ask.events) ? ask.events.map(String) : [];
  const ids = named.length > 0 ? named : await latest(events, id, Number(ask.latest));
  const opened: Unsealed[] = [];
  for (const event of ids) {
    const found = UUID.test(event) ? await events.event(id, event) : undefined;
    opened.push(found === undefined ? { event, problem: 'There is no such event.' } : openedOf(event, found.raw, open));
  }
  // First the act, then the answer: nothing is shown of which the trail doesn't tell.
  await state.everywhere(async (tx) => {
    for (const one of opened)
      await audit(tx, vault, id, {
        actor: { ...SYSTEM_ACTOR, name: `command line (${String(ask.by ?? 'somebody')})` },
        action: 'event.unseal',
        outcome: 'record' in one ? 'success' : 'failure',
        object: { kind: 'event', id: one.event.slice(0, 100) },
        detail: { reason: reason.slice(0, 2_000) },
      });
  });
  return opened;
}

/** What was sealed last, newest first. */
async function latest(events: UnsealDeps['events'], organization: string, many: number): Promise<string[]> {
  const rows = await events.query<{ id: string }>(
    organization,
    ({ events: table }) =>
      `SELECT id FROM ${table} WHERE startsWith(raw, 'sealed:') ORDER BY received DESC, id LIMIT 1 BY id LIMIT {many:UInt32}`,
    { many: Math.min(Math.max(1, Math.trunc(many) || 1), MOST) },
  );
  return rows.map(({ id }) => id);
}

function openedOf(event: string, raw: string, open: (sealed: string) => string | undefined): Unsealed {
  if (!raw.startsWith('sealed:'))
    return { event, problem: 'It is not sealed. What was masked in it can’t be undone: it was never stored.' };
  const record = open(raw);
  return record === undefined
    ? { event, problem: 'It was sealed under another key, or changed since.' }
    : { event, record };
}
