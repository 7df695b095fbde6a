import type { Provider } from '../registry.ts';
import { formatDay, lastDayBefore, type Zone } from '../zone.ts';
import type { ProviderDraft } from './providers.ts';
import type { RegistrySource } from './source.ts';

/** What holds together but shouldn't be left so: an agreement or a person gone while the account goes on. */
export function advise(source: RegistrySource, drafts: readonly ProviderDraft[], zone: Zone, now: number): void {
  for (const draft of drafts) {
    const provider = draft.provider as Provider;
    const end = provider.agreement?.to;
    (draft.document.accounts ?? []).forEach((declared, at) => {
      const account = provider.accounts.find((one) => one.declared === declared);
      if (account === undefined) return;
      const path = [...draft.path, 'accounts', at];
      const left = account.person?.employed?.to;
      if (end !== undefined && end <= now && account.expires === undefined) {
        source.report(path, {
          severity: 'warning',
          code: 'REGISTRY_CONTRADICTION',
          message: `The agreement with ${provider.name} ended on ${formatDay(lastDayBefore(zone, end))}, but ${account.label} has no end.`,
          mend: 'Add `expires` once the account is disabled. Any use of it is reported.',
        });
      } else if (end !== undefined && account.expires !== undefined && account.expires > end) {
        source.report([...path, 'expires'], {
          severity: 'warning',
          code: 'REGISTRY_CONTRADICTION',
          message: `${account.label} may be used longer than the agreement with ${provider.name} lasts.`,
          mend: 'Let both end on one day. The agreement’s end counts.',
        });
      }
      if (left !== undefined && left <= now && (account.expires === undefined || account.expires > left)) {
        source.report(path, {
          severity: 'warning',
          code: 'REGISTRY_CONTRADICTION',
          message: `${account.person!.name} no longer works for ${provider.name}, but ${account.label} goes on.`,
          mend: 'Add `expires` once the account is disabled, or give it to somebody else. Any use of it is reported.',
        });
      }
    });
    if (provider.accounts.length > 0 && (draft.document.terms ?? []).length === 0) {
      source.report([...draft.path, 'name'], {
        severity: 'warning',
        code: 'REGISTRY_ADVICE',
        message: `${provider.name} has accounts but no terms: their use can be shown, not judged.`,
        mend: 'Add `terms`: hours, sources, systems.',
      });
    }
  }
}
