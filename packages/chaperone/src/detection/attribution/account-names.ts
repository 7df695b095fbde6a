import type { Activity, Facts, Registry } from '../../registry/index.ts';
import { isGatewayLog } from './gateway.ts';
import { objectOf, type Principal, principalOf } from './principal.ts';

/** An account under the one name by which it is counted and told. */
export interface NamedAccount {
  /** equal for all names of one account */
  readonly key: string;
  readonly label: string;
  /** whether the event itself calls it so; otherwise the name was found by SID or domain */
  readonly sure: boolean;
  /** why it is taken for that account, where the event says less */
  readonly note: string | undefined;
}

interface Known {
  readonly key: string;
  readonly label: string;
}

/** Names remembered: past this, what is new stays as its events name it. */
const MEMORY = 200_000;

/**
 * Which names mean one account. Windows calls it `CLINIC\healthmon`, a group change calls it by distinguished name and SID, a gateway that asks the
 * directory by its bare name.
 */
export class AccountNames {
  readonly #registry: Registry;
  readonly #sids = new Map<string, Known>();
  /** by user part: accounts of the organisation's own domains */
  readonly #own = new Map<string, Map<string, Known>>();

  constructor(registry: Registry, activities: readonly Activity[]) {
    this.#registry = registry;
    for (const { facts } of activities) {
      this.#learn(principalOf(facts));
      this.#learn(objectOf(facts));
    }
  }

  of(principal: Principal, facts: Facts): NamedAccount {
    const { name, sid, label, written } = principal;
    const bySid = sid === undefined ? undefined : this.#sids.get(sid);
    if (bySid !== undefined) {
      const same = label?.toLowerCase() === bySid.label.toLowerCase();
      return { ...bySid, sure: same, note: same || written === 'name' ? undefined : `${sid} is ${bySid.label}` };
    }
    if (name === undefined)
      return { key: (label ?? '').toLowerCase(), label: label ?? '', sure: true, note: undefined };
    if (name.domain === undefined && isGatewayLog(this.#registry, facts)) {
      const own = this.#own.get(name.user);
      if (own?.size === 1) {
        const [known] = own.values();
        return {
          ...known!,
          sure: false,
          note: `a gateway names ${label} without a domain, and ${known!.label} is the only account of that name in the organisation's domains`,
        };
      }
    }
    return { ...this.#known(principal), sure: true, note: undefined };
  }

  #known({ name, label }: Principal): Known {
    const { domain, user } = name!;
    const home = domain === undefined ? '' : (this.#registry.organization.domains.canonical(domain) ?? domain);
    return { key: `${home}\\${user}`, label: label ?? user };
  }

  #learn(principal: Principal): void {
    const { name, sid, system, written } = principal;
    if (name?.domain === undefined || system || written === 'dn') return;
    const known = this.#known(principal);
    if (sid !== undefined && !this.#sids.has(sid) && this.#sids.size < MEMORY) this.#sids.set(sid, known);
    if (this.#registry.organization.domains.canonical(name.domain) === undefined) return;
    const own = this.#own.get(name.user);
    if (own !== undefined) {
      if (!own.has(known.key)) own.set(known.key, known);
    } else if (this.#own.size < MEMORY) this.#own.set(name.user, new Map([[known.key, known]]));
  }
}
