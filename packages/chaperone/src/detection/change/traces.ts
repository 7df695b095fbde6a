import type { Activity, Provider, Registry } from '../../registry/index.ts';
import { objectOf, principalOf } from '../attribution/principal.ts';
import { shown } from '../registry-finding.ts';
import { isUse } from '../terms/use.ts';
import { createsAccount } from './made-by-provider.ts';

/** Something about an account that speaks for its being a provider's. */
export interface Trace {
  readonly kind:
    | 'tenant'
    | 'cross-tenant'
    | 'created'
    | 'network'
    | 'link'
    | 'name'
    | 'series'
    | 'workstation'
    | 'host'
    | 'instance'
    | 'habit';
  /** undefined: some provider, not known which */
  readonly provider: Provider | undefined;
  readonly words: string;
}

/** How much each trace says. Two points make a finding worth reading; one is a hint. */
export const WEIGHT: Readonly<Record<Trace['kind'], number>> = {
  tenant: 3,
  'cross-tenant': 3,
  created: 3,
  network: 2,
  link: 2,
  name: 2,
  series: 2,
  workstation: 1,
  host: 1,
  instance: 1,
  habit: 1,
};

/** Names that organisations give to outsiders' accounts. */
export const HABIT =
  /^(?:msp|mssp|ext|extern(?:al)?|vendor|partner|contractor|consult(?:ant)?|thirdparty|third-party|3rdparty|rmm|remote-?support|lieferant|dienstleister)[-_.]|[-_.](?:msp|mssp|ext|extern(?:al)?|vendor|partner|contractor|rmm)\d*$/;
/** Words in company names that say nothing of which company it is. */
const COMMON = new Set(
  'it the and gmbh inc llc ltd ag kg co company group services service solutions systems system health healthcare care medical clinic consulting networks network tech technology technologies digital data cloud managed security support global international computer computers software'.split(
    ' ',
  ),
);
/** More accounts on one workstation than this: a shared or a jump host, which says nothing. */
const MAX_SHARING = 3;
interface Naming {
  readonly provider: Provider;
  readonly test: RegExp;
  readonly words: string;
  readonly kind: 'name' | 'series';
}

/** Looks for a provider's traces around accounts that the registry doesn't know. */
export class Traces {
  readonly #naming: readonly Naming[];
  readonly #registry: Registry;
  readonly #created = new Map<string, { provider: Provider; by: string }>();
  readonly #workstations = new Map<string, { accounts: Set<string>; providers: Map<Provider, string> }>();

  constructor(registry: Registry, activities: readonly Activity[]) {
    this.#registry = registry;
    this.#naming = registry.providers.flatMap(namesOf);
    for (const activity of activities) this.#learn(activity);
  }

  /** The traces that one activity of an undeclared account shows. */
  of(activity: Activity): Trace[] {
    const { facts, attribution } = activity;
    const { name, label } = principalOf(facts);
    const traces: Trace[] = [];
    const provider = this.#registry.providers.find((one) => one.slug === attribution.provider);
    for (const sign of attribution.signs ?? []) {
      if (provider !== undefined && sign !== 'account' && sign !== 'tool')
        traces.push({ kind: sign, provider, words: bySign(sign, attribution.by, provider) });
    }
    if (
      [facts.values['auth.type'], facts.values['auth.protocol']].some(
        (text) => text !== undefined && /^serviceProvider$/i.test(text),
      )
    ) {
      traces.push({ kind: 'cross-tenant', provider, words: 'it signed in across tenants as a service provider' });
    }
    if (name !== undefined) {
      const user = name.user.replace(/#ext#.*$/, '');
      const named = this.#naming.find(
        ({ test }) =>
          test.test(user) || (name.user.includes('#ext#') && test.test(name.user.slice(0, name.user.indexOf('#ext#')))),
      );
      if (named !== undefined) traces.push({ kind: named.kind, provider: named.provider, words: named.words });
      else if (HABIT.test(user))
        traces.push({
          kind: 'habit',
          provider: undefined,
          words: `its name "${shown(name.user)}" is of the kind that outsiders' accounts get`,
        });
      const created = this.#created.get(name.user);
      if (created !== undefined)
        traces.push({
          kind: 'created',
          provider: created.provider,
          words: `it was created by ${shown(created.by)} of ${created.provider.name}`,
        });
    }
    const station = facts.values['src_endpoint.hostname']?.toLowerCase();
    const shared = station === undefined ? undefined : this.#workstations.get(station);
    if (
      shared !== undefined &&
      shared.accounts.size <= MAX_SHARING &&
      shared.providers.size === 1 &&
      label !== undefined
    ) {
      const [owner, account] = [...shared.providers][0]!;
      traces.push({
        kind: 'workstation',
        provider: owner,
        words: `it came from ${shown(station!)}, the workstation of ${shown(account)} of ${owner.name}`,
      });
    }
    return traces;
  }

  #learn({ facts, attribution }: Activity): void {
    if (facts.outcome === 'failure') return;
    const account = attribution.declared === undefined ? undefined : this.#registry.accounts[attribution.declared];
    const principal = principalOf(facts);
    const station = facts.values['src_endpoint.hostname']?.toLowerCase();
    if (
      station !== undefined &&
      station !== '-' &&
      !principal.system &&
      isUse(facts) &&
      this.#workstations.size < 50_000
    ) {
      let known = this.#workstations.get(station);
      if (known === undefined) {
        known = { accounts: new Set(), providers: new Map() };
        this.#workstations.set(station, known);
      }
      if (known.accounts.size <= MAX_SHARING) known.accounts.add((principal.label ?? '').toLowerCase());
      if (account !== undefined && !known.providers.has(account.provider))
        known.providers.set(account.provider, account.label);
    }
    if (account === undefined || !createsAccount(facts.class.class_uid, facts.class.key, facts.class.activity)) return;
    const made = objectOf(facts);
    if (made.name !== undefined && this.#created.size < 50_000)
      this.#created.set(made.name.user, { provider: account.provider, by: account.label });
  }
}

function bySign(sign: string, by: readonly string[], provider: Provider): string {
  const wanted = {
    tenant: /tenant|AWS account/,
    link: /through the link/,
    network: /lies in/,
    host: /^host /,
    instance: /own instance/,
  }[sign];
  return by.find((sentence) => wanted?.test(sentence) === true) ?? `it shows ${provider.name}'s ${sign}`;
}

// The words by which a provider's accounts are called: its name's own words, and the beginning that two or more of its accounts share.
function namesOf(provider: Provider): Naming[] {
  const words = new Set(
    [provider.slug, ...provider.slug.split('-'), ...provider.name.toLowerCase().split(/[^a-z0-9]+/)].filter(
      (word) => word.length >= 4 && !COMMON.has(word),
    ),
  );
  const names: Naming[] = [...words].map((word) => ({
    provider,
    kind: 'name',
    test: new RegExp(`(?:^|[-_.@0-9])${word}|${word}(?:$|[-_.@0-9])`),
    words: `its name holds "${word}", as ${provider.name} is called`,
  }));
  const beginnings = new Map<string, number>();
  for (const account of provider.accounts) {
    const beginning = /^([a-z]{2,12}[-_.])[a-z0-9]/.exec(account.name?.user ?? '')?.[1];
    if (beginning !== undefined && !/^(?:svc|srv|adm|admin|sa|service|app|test|user)[-_.]$/.test(beginning))
      beginnings.set(beginning, (beginnings.get(beginning) ?? 0) + 1);
  }
  for (const [beginning, count] of beginnings) {
    if (count >= 2)
      names.push({
        provider,
        kind: 'series',
        test: new RegExp(`^${beginning.replace(/[.]/g, '\\.')}`),
        words: `its name begins with "${beginning}" as ${count} declared accounts of ${provider.name} do`,
      });
  }
  return names;
}
