import { type Account, glob, hostName, parseAccountName, type Registry } from '../../registry/index.ts';
import type { Principal } from './principal.ts';

/** Declared accounts that an event's account may be, with how sure and by what. */
export interface AccountMatch {
  readonly account: Account;
  readonly confidence: 'low' | 'medium' | 'high';
  readonly by: string;
  /** other declared accounts that fit as well */
  readonly rivals: readonly Account[];
}

/** Finds the declared account of an event's account: by SID, id, full name, sign-in name, bare name, pattern, in this order. */
export class AccountIndex {
  readonly #sids = new Map<string, Account>();
  readonly #ids = new Map<string, Account>();
  readonly #upns = new Map<string, Account>();
  /** `domain\user` with the domain's one spelling */
  readonly #full = new Map<string, Account>();
  /** declared without a domain */
  readonly #bare = new Map<string, Account[]>();
  /** every declared user part, for events that state no domain */
  readonly #users = new Map<string, Account[]>();
  readonly #patterns: { readonly account: Account; readonly matches: (text: string) => boolean }[] = [];
  readonly #registry: Registry;

  constructor(registry: Registry) {
    this.#registry = registry;
    for (const account of registry.accounts) this.#add(account);
  }

  /** `host` is where it was seen: an account without a domain is most likely of the host's domain. */
  find(principal: Principal, host?: string): AccountMatch | undefined {
    if (principal.sid !== undefined) {
      const account = this.#sids.get(principal.sid);
      if (account !== undefined)
        return match(account, 'high', `SID ${principal.sid} is declared for ${account.provider.name}`);
    }
    if (principal.id !== undefined) {
      const account = this.#ids.get(roleOf(principal.id));
      if (account !== undefined)
        return match(
          account,
          'high',
          `${account.declared.role === undefined ? 'application' : 'role'} ${account.label} is declared for ${account.provider.name}`,
        );
    }
    const name = principal.name;
    if (name === undefined) return this.#byPattern(principal);
    const role = this.#ids.get(roleOf(principal.label ?? ''));
    if (role !== undefined) return match(role, 'high', `${role.label} is declared for ${role.provider.name}`);
    if (name.domain === undefined) return this.#withoutDomain(name.user, host) ?? this.#byPattern(principal);
    const upn = this.#upns.get(`${name.user}@${name.domain}`);
    if (upn !== undefined)
      return match(upn, 'high', `sign-in name ${upn.declared.upn} is declared for ${upn.provider.name}`);
    const domain = this.#canonical(name.domain);
    const full = this.#full.get(`${domain}\\${name.user}`);
    if (full !== undefined) return match(full, 'high', `account ${full.label} is declared for ${full.provider.name}`);
    const bare = this.#bare.get(name.user);
    if (bare !== undefined) {
      const ours = this.#registry.organization.domains.canonical(name.domain) !== undefined;
      return match(
        bare[0]!,
        ours ? 'medium' : 'low',
        `account ${bare[0]!.label} is declared for ${bare[0]!.provider.name} without a domain, and was used as ${principal.label}`,
        bare.slice(1),
      );
    }
    return this.#byPattern(principal);
  }

  #withoutDomain(user: string, host: string | undefined): AccountMatch | undefined {
    const all = this.#users.get(user);
    if (all === undefined) return undefined;
    const { domains } = this.#registry.organization;
    const suffix = host === undefined ? '' : hostName(host).split('.').slice(1).join('.');
    const here = suffix === '' ? undefined : domains.canonical(suffix);
    // A host of one of our domains speaks of that domain's account, or of one that was declared without any.
    const found =
      here === undefined
        ? all
        : all.filter(({ name }) => name?.domain === undefined || domains.canonical(name.domain) === here);
    if (found.length === 0) return undefined;
    if (found.length === 1) {
      const account = found[0]!;
      return match(
        account,
        'medium',
        `account ${account.label} is declared for ${account.provider.name}, and the event names ${user} without a domain`,
      );
    }
    return match(
      found[0]!,
      'low',
      `the event names ${user} without a domain, and ${found.map((account) => `${account.label} (${account.provider.name})`).join(' and ')} are declared`,
      found.slice(1),
    );
  }

  #byPattern(principal: Principal): AccountMatch | undefined {
    if (this.#patterns.length === 0) return undefined;
    const spellings: string[] = [];
    if (principal.name !== undefined) {
      const { user, domain } = principal.name;
      spellings.push(user);
      const canonical = domain === undefined ? undefined : this.#canonical(domain);
      for (const name of [
        domain,
        ...this.#registry.organization.domains.all.filter(
          (other) => this.#registry.organization.domains.canonical(other) === canonical,
        ),
      ]) {
        if (name !== undefined) spellings.push(`${name}\\${user}`, `${user}@${name}`);
      }
    }
    if (principal.id !== undefined) spellings.push(principal.id, roleOf(principal.id));
    for (const { account, matches } of this.#patterns) {
      const hit = spellings.find(matches);
      if (hit !== undefined)
        return match(
          account,
          'medium',
          `${principal.label ?? hit} matches the pattern ${account.declared.pattern} declared for ${account.provider.name}`,
        );
    }
    return undefined;
  }

  #add(account: Account): void {
    const { declared } = account;
    if (declared.sid !== undefined) this.#sids.set(declared.sid.toUpperCase(), account);
    if (declared.app !== undefined) this.#ids.set(declared.app.toLowerCase(), account);
    if (declared.role !== undefined) this.#ids.set(roleOf(declared.role), account);
    if (declared.pattern !== undefined) this.#patterns.push({ account, matches: glob(declared.pattern) });
    if (declared.upn !== undefined) {
      const { user, domain } = parseAccountName(declared.upn);
      this.#upns.set(declared.upn.toLowerCase(), account);
      if (domain !== undefined) this.#setFull(domain, user, account);
      push(this.#users, user, account);
    }
    if (account.name !== undefined) {
      const { user, domain } = account.name;
      if (domain === undefined) push(this.#bare, user, account);
      else this.#setFull(domain, user, account);
      push(this.#users, user, account);
    }
  }

  #setFull(domain: string, user: string, account: Account): void {
    const key = `${this.#canonical(domain)}\\${user}`;
    if (!this.#full.has(key)) this.#full.set(key, account);
  }

  #canonical(domain: string): string {
    return this.#registry.organization.domains.canonical(domain) ?? domain;
  }
}

function push(map: Map<string, Account[]>, key: string, account: Account): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [account]);
  else if (!list.includes(account)) list.push(account);
}

function match(
  account: Account,
  confidence: AccountMatch['confidence'],
  by: string,
  rivals: readonly Account[] = [],
): AccountMatch {
  return { account, confidence, by, rivals };
}

/** A session of a role (`arn:aws:sts::1:assumed-role/Role/session`) as the role itself (`arn:aws:iam::1:role/role`); lower case, without a path. */
export function roleOf(text: string): string {
  const lower = text.toLowerCase();
  const assumed = /^arn:(aws[\w-]*):sts::(\d{12}):assumed-role\/([^/]+)/.exec(lower);
  if (assumed !== null) return `arn:${assumed[1]}:iam::${assumed[2]}:role/${assumed[3]}`;
  const role = /^arn:(aws[\w-]*):iam::(\d{12}):role\/(?:.*\/)?([^/]+)$/.exec(lower);
  return role === null ? lower : `arn:${role[1]}:iam::${role[2]}:role/${role[3]}`;
}
