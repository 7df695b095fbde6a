import type { Level } from '@chaperone/sigma';

/** One account or host to which so many different signs point that they look like an intrusion and no accident. */
export interface Chain {
  readonly name: string;
  readonly rules: number;
  readonly tactics: number;
  /** whose access it came through, where that is known */
  readonly provider: string | null;
}

/** Different rules of level high or above about one account or host, over several tactics: fewer may be an accident. */
const RULES = 3;
const TACTICS = 2;
/** Accounts and hosts followed; an intrusion shows long before. */
const MOST = 20_000;

interface Draft {
  readonly rules: Set<string>;
  readonly tactics: Set<string>;
  readonly providers: Map<string, number>;
}

interface About {
  readonly account?: string | null;
  readonly host?: string | null;
  readonly provider?: string | null;
}

/** Gathers, over all findings, which high ones point to one account or host. */
export class Chains {
  private readonly about = new Map<string, Draft>();

  add(rule: { readonly id: string; readonly level: Level }, tactics: readonly string[], about: About): void {
    if (rule.level !== 'high' && rule.level !== 'critical') return;
    for (const name of [about.account, about.host]) {
      if (name === null || name === undefined) continue;
      let draft = this.about.get(name);
      if (draft === undefined) {
        if (this.about.size >= MOST) continue;
        draft = { rules: new Set(), tactics: new Set(), providers: new Map() };
        this.about.set(name, draft);
      }
      draft.rules.add(rule.id);
      for (const tactic of tactics) draft.tactics.add(tactic);
      const { provider } = about;
      if (provider !== null && provider !== undefined)
        draft.providers.set(provider, (draft.providers.get(provider) ?? 0) + 1);
    }
  }

  /** The one to which most points, a provider's before others; undefined where nothing adds up. */
  worst(): Chain | undefined {
    const [first] = [...this.about]
      .filter(([, { rules, tactics }]) => rules.size >= RULES && tactics.size >= TACTICS)
      .sort(
        ([a, one], [b, two]) =>
          Math.sign(two.providers.size) - Math.sign(one.providers.size) ||
          two.rules.size - one.rules.size ||
          (a < b ? -1 : 1),
      );
    if (first === undefined) return undefined;
    const [name, { rules, tactics, providers }] = first;
    const [most] = [...providers].sort(([a, one], [b, two]) => two - one || (a < b ? -1 : 1));
    return { name, rules: rules.size, tactics: tactics.size, provider: most?.[0] ?? null };
  }
}
