import type { Activity, Exception, Registry } from '../../registry/index.ts';
import { AccountNames } from '../attribution/account-names.ts';
import type { Finding } from '../finding.ts';
import { makeFinding } from '../registry-finding.ts';
import { holdsBack } from '../terms/judge.ts';
import { madeByProviders } from './made-by-provider.ts';
import type { Draft } from './seen.ts';
import { otherInstances, undeclaredTools } from './tools.ts';
import { undeclaredAccounts } from './undeclared-accounts.ts';

export interface Changed {
  readonly findings: readonly Finding[];
  readonly heldBack: readonly { readonly exception: Exception; readonly count: number }[];
}

/**
 * Finds what appeared that nobody declared: accounts with a provider's traces, accounts that a provider's account made, remote-management
 * tools that no agreement names, and agreed tools that talk to another instance than the provider's.
 */
export function detectChange(registry: Registry, activities: readonly Activity[]): Changed {
  const names = new AccountNames(registry, activities);
  const drafts = [
    ...undeclaredAccounts(registry, activities, names),
    ...madeByProviders(registry, activities, names),
    ...undeclaredTools(registry, activities),
    ...otherInstances(registry, activities),
  ];
  const findings: Finding[] = [];
  const held = new Map<Exception, number>();
  for (const draft of drafts) {
    const what = {
      key: draft.key,
      account: draft.account,
      host: draft.host,
      provider: draft.provider,
      first: draft.seen.first,
      last: draft.seen.last,
    };
    const exception = registry.exceptions.find((one) => holdsBack(one, what, registry));
    if (exception === undefined) findings.push(finish(registry, draft));
    else held.set(exception, (held.get(exception) ?? 0) + 1);
  }
  findings.sort((a, b) => ((a.time ?? '') < (b.time ?? '') ? -1 : 1));
  return { findings, heldBack: [...held].map(([exception, count]) => ({ exception, count })) };
}

function finish(registry: Registry, draft: Draft): Finding {
  return makeFinding(registry.organization.slug, {
    ...draft,
    detector: 'change',
    rule: { id: `check/${draft.key}`, title: draft.title, file: registry.file, techniques: draft.techniques },
    first: draft.seen.first,
    last: draft.seen.last,
    places: draft.seen.places,
    eventClass: draft.seen.eventClass,
  });
}
