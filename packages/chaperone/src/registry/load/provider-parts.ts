import { glob, isGlob } from '../glob.ts';
import { hostName, sameHost } from '../names.ts';
import type { HostPattern } from '../registry.ts';
import type { ProviderDocument } from '../schema.ts';

/** A host of the file as a test on host names (already through `hostName`). */
export function hostPattern(text: string): HostPattern {
  const name = hostName(text);
  if (!isGlob(name)) return { text, matches: (host) => sameHost(name, host) };
  const whole = glob(name);
  return {
    text,
    matches: (host) =>
      whole(host) || (!name.includes('.') && host.includes('.') && whole(host.slice(0, host.indexOf('.')))),
  };
}

/** How findings call an account: the first of its names in the order people know them by. */
export function accountLabel(account: NonNullable<ProviderDocument['accounts']>[number]): string {
  return account.name ?? account.upn ?? account.app ?? account.role ?? account.sid ?? account.pattern ?? '';
}
