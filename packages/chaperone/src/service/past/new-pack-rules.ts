import { createHash } from 'node:crypto';
import { type RulePacks, requestPast } from '../../detection/index.ts';
import type { StateStore } from '../../storage/index.ts';

const KEY = 'pack_rules';

/** Asks the past of every organisation for rules that the packs on disk did not hold, or not so, when the service ran last. The first start asks nothing. */
export async function askPastOfNewRules(state: StateStore, packs: RulePacks): Promise<void> {
  const { rules, correlations } = packs.set;
  const now: Record<string, string> = {};
  for (const { id, file } of [...rules, ...correlations])
    now[id] = createHash('sha256')
      .update(packs.texts.get(file) ?? '')
      .digest('base64url')
      .slice(0, 16);
  await state.everywhere(async (tx) => {
    const row = await tx.selectFrom('setting').select('value').where('key', '=', KEY).forUpdate().executeTakeFirst();
    const before = row?.value as Record<string, string> | undefined;
    const changed = before === undefined ? [] : Object.keys(now).filter((id) => before[id] !== now[id]);
    if (before !== undefined && changed.length === 0) return;
    const value = JSON.stringify(now);
    await tx
      .insertInto('setting')
      .values({ key: KEY, value })
      .onConflict((conflict) => conflict.column('key').doUpdateSet({ value, updated_at: new Date() }))
      .execute();
    if (changed.length === 0) return;
    const off = await tx
      .selectFrom('rule_setting')
      .select(['organization_id', 'rule_id'])
      .where('enabled', '=', false)
      .execute();
    for (const { id } of await tx.selectFrom('organization').select('id').execute()) {
      const asked = changed.filter((rule) => !off.some((one) => one.organization_id === id && one.rule_id === rule));
      if (asked.length > 0)
        await requestPast(tx, id, {
          kind: 'rules',
          subject: 'packs',
          title: `${asked.length} rules of the packs`,
          rules: asked,
          reason: 'came with new rule packs',
          cameAt: new Date(),
        });
    }
  });
}
