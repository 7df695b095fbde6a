import { type Exception, formatDay, lastDayBefore, type Registry } from '../../registry/index.ts';
import type { Summary } from '../scan-result.ts';

/** What each exception of the registry held back, in the registry's order; those that held nothing too, for they may be superfluous. */
export function heldBackOf(
  registry: Registry,
  held: readonly { readonly exception: Exception; readonly count: number }[],
): NonNullable<Summary['exceptions']> {
  const counts = new Map<Exception, number>();
  for (const { exception, count } of held) counts.set(exception, (counts.get(exception) ?? 0) + count);
  return registry.exceptions.map((exception) => ({
    term: exception.term,
    provider: exception.provider ?? null,
    account: exception.account ?? null,
    host: exception.host ?? null,
    owner: exception.owner,
    reason: exception.reason,
    end: formatDay(lastDayBefore(registry.organization.zone, exception.end)),
    held_back: counts.get(exception) ?? 0,
  }));
}
