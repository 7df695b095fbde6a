import type { Identity } from './identity.ts';

/** Records of the installation's trail that are looked at, the latest. */
const MOST = 20_000;
const CAME_IN = new Set(['session.sign_in', 'installation.set_up']);

/** Tells the throttle what the trail says of sign-ins: a restart gives a guesser no new tries, and makes nobody a stranger. */
export async function recallTries({ state, throttle }: Pick<Identity, 'state' | 'throttle'>): Promise<void> {
  const records = await state.everywhere((tx) =>
    tx
      .selectFrom('audit_record')
      .select(['action', 'outcome', 'actor_id', 'actor_name', 'ip', 'at'])
      .where('organization_id', 'is', null)
      .orderBy('sequence', 'desc')
      .limit(MOST)
      .execute(),
  );
  for (const { action, outcome, actor_id, actor_name, ip, at } of records.reverse()) {
    if (ip === null) continue;
    const code = `code/${actor_id}`;
    if (CAME_IN.has(action) && outcome === 'success') {
      throttle.succeeded(actor_name, ip);
      throttle.succeeded(code, ip);
    } else if (action === 'session.sign_in') throttle.failed(actor_name, ip, at.getTime());
    else if (action === 'session.second_factor' && outcome === 'failure') throttle.failed(code, ip, at.getTime());
  }
}
