import { glob } from '../glob.ts';

import { hostName, parseAccountName } from '../names.ts';
import type { DomainNames, NamedRange } from '../registry.ts';
import type { AccountDocument, ToolDocument } from '../schema.ts';
import { covers } from './networks.ts';
import { accountLabel, hostPattern } from './provider-parts.ts';
import type { Complaint, Path, RegistrySource } from './source.ts';

/*
 * Things that can belong to one provider only: an account, a block of addresses, a host, an instance of a tool. Every provider lays its
 * claims; `settle` then compares them and reports each pair that can't both be true. Which of the two is right, nobody can say from the file;
 * so neither counts: a network, host or tool of two providers names no provider, and an account of two is marked as contested.
 */

interface Claim<T> {
  readonly provider: string;
  readonly what: T;
  readonly path: Path;
}

abstract class Claims<T> {
  protected readonly source: RegistrySource;
  protected readonly claims: Claim<T>[] = [];
  readonly #aside = new Set<string>();

  constructor(source: RegistrySource) {
    this.source = source;
  }

  add(provider: string, what: T, path: Path): void {
    this.claims.push({ provider, what, path });
  }

  /** Whether the item at this path no longer counts. */
  contested(path: Path): boolean {
    return this.#aside.has(path.join('/'));
  }

  protected setAside(claim: Claim<T>, complaint: Complaint): void {
    this.#aside.add(claim.path.join('/'));
    this.source.report(claim.path, { ...complaint, setAside: claim.path });
  }

  protected line(claim: Claim<T>): number {
    return this.source.place(claim.path).line;
  }

  /** Calls back with each later claim that has the key of an earlier one. */
  protected pairs(
    key: (claim: Claim<T>) => string | undefined,
    meet: (first: Claim<T>, second: Claim<T>) => void,
  ): void {
    const seen = new Map<string, Claim<T>>();
    for (const claim of this.claims) {
      const name = key(claim);
      if (name === undefined) continue;
      const first = seen.get(name);
      if (first === undefined) seen.set(name, claim);
      else meet(first, claim);
    }
  }
}

/** More addresses than any provider has (a /8 of v4, a /16 of v6). */
const WIDE = 'A provider’s own blocks are small: check the prefix.';

export class NetworkClaims extends Claims<NamedRange> {
  readonly #own: readonly NamedRange[];
  readonly #pools = new Set<string>();

  constructor(source: RegistrySource, own: readonly NamedRange[]) {
    super(source);
    this.#own = own;
  }

  override add(provider: string, what: NamedRange, path: Path, pool = false): void {
    if (pool) this.#pools.add(path.join('/'));
    super.add(provider, what, path);
  }

  settle(): void {
    for (const claim of this.claims) {
      const { range, text } = claim.what;
      const wide = range.version === 4 ? range.to - range.from >= 0x100_0000 : range.to - range.from >= 1n << 112n;
      if (wide)
        this.setAside(claim, {
          code: 'REGISTRY_TOO_WIDE',
          message: `${text} holds a great part of all addresses, so nearly everything would come from ${claim.provider}.`,
          mend: WIDE,
        });
      else if (!this.#pools.has(claim.path.join('/'))) {
        const swallowed = this.#own.find((own) => covers(claim.what, own));
        if (swallowed !== undefined)
          this.setAside(claim, {
            code: 'REGISTRY_CONTRADICTION',
            message: `${text} of ${claim.provider} holds your own network ${swallowed.text}: your people’s work would count as the provider’s.`,
            mend: 'Give the provider’s part only, or take it out of `organization.networks`.',
          });
      }
    }
    this.pairs(
      ({ what: { range } }) => `${range.version}/${range.from}/${range.to}`,
      (first, second) => this.#same(first, second),
    );
    this.#nested();
  }

  #same(first: Claim<NamedRange>, second: Claim<NamedRange>): void {
    if (first.provider === second.provider) {
      this.source.report(second.path, {
        severity: 'warning',
        code: 'REGISTRY_DUPLICATE',
        message: `${second.what.text} stands here twice, first at line ${this.line(first)}.`,
        mend: 'Remove one.',
      });
      return;
    }
    const message = (other: Claim<NamedRange>) =>
      `${other.what.text} is also a network of ${other.provider} (line ${this.line(other)}): nobody could say which provider comes from there.`;
    const mend = 'Leave it with the provider it belongs to. Until then it counts for neither.';
    if (!this.contested(first.path))
      this.setAside(first, { code: 'REGISTRY_CONTRADICTION', message: message(second), mend });
    this.setAside(second, { code: 'REGISTRY_CONTRADICTION', message: message(first), mend });
  }

  // Blocks of two providers, one inside the other: the smaller one wins, and that is worth a word.
  #nested(): void {
    const sorted = this.claims
      .filter((claim) => !this.contested(claim.path))
      .sort(
        (a, b) =>
          a.what.range.version - b.what.range.version ||
          compare(a.what.range.from, b.what.range.from) ||
          compare(b.what.range.to, a.what.range.to),
      );
    const open: Claim<NamedRange>[] = [];
    for (const claim of sorted) {
      while (open.length > 0 && !covers(open[open.length - 1]!.what, claim.what)) open.pop();
      const outer = open[open.length - 1];
      if (outer !== undefined && outer.provider !== claim.provider) {
        this.source.report(claim.path, {
          severity: 'warning',
          code: 'REGISTRY_CONTRADICTION',
          message: `${claim.what.text} of ${claim.provider} lies inside ${outer.what.text} of ${outer.provider} (line ${this.line(outer)}).`,
          mend: `Addresses of both count for ${claim.provider}. Cut the bigger block if that is wrong.`,
        });
      }
      open.push(claim);
    }
  }
}

function compare(a: number | bigint, b: number | bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export class HostClaims extends Claims<string> {
  settle(): void {
    for (const claim of this.claims) {
      if (/^[*?.]*$/.test(claim.what))
        this.setAside(claim, {
          code: 'REGISTRY_TOO_WIDE',
          message: `"${claim.what}" matches every host.`,
          mend: 'Write at least the part that the provider’s machines share.',
        });
    }
    const plain = this.claims.filter((claim) => !this.contested(claim.path));
    this.pairs(
      (claim) => (this.contested(claim.path) ? undefined : hostName(claim.what)),
      (first, second) => {
        if (first.provider !== second.provider) this.#both(first, second);
      },
    );
    for (const pattern of plain.filter((claim) => /[*?]/.test(claim.what))) {
      const test = hostPattern(pattern.what);
      const other = plain.find(
        (claim) =>
          claim.provider !== pattern.provider && !/[*?]/.test(claim.what) && test.matches(hostName(claim.what)),
      );
      if (other !== undefined) this.#both(pattern, other);
    }
  }

  #both(first: Claim<string>, second: Claim<string>): void {
    const mend = 'Leave it with the provider it belongs to. Until then it counts for neither.';
    if (!this.contested(first.path))
      this.setAside(first, {
        code: 'REGISTRY_CONTRADICTION',
        message: `Host "${first.what}" is also claimed by ${second.provider} (line ${this.line(second)}).`,
        mend,
      });
    if (!this.contested(second.path))
      this.setAside(second, {
        code: 'REGISTRY_CONTRADICTION',
        message: `Host "${second.what}" is also claimed by ${first.provider} (line ${this.line(first)}).`,
        mend,
      });
  }
}

export class ToolClaims extends Claims<ToolDocument> {
  settle(): void {
    const where = ({ what }: Claim<ToolDocument>) => {
      const instance = what.instance ?? what.relay;
      return instance === undefined ? undefined : `${what.name.toLowerCase()}/${hostName(instance)}`;
    };
    this.pairs(where, (first, second) => {
      if (first.provider === second.provider) return;
      const mend = 'One instance belongs to one provider. Until this is clear it counts for neither.';
      const message = (other: Claim<ToolDocument>) =>
        `${other.what.name} instance "${other.what.instance ?? other.what.relay}" is also claimed by ${other.provider} (line ${this.line(other)}).`;
      if (!this.contested(first.path))
        this.setAside(first, { code: 'REGISTRY_CONTRADICTION', message: message(second), mend });
      this.setAside(second, { code: 'REGISTRY_CONTRADICTION', message: message(first), mend });
    });
    this.pairs(
      (claim) => (where(claim) === undefined ? claim.what.name.toLowerCase() : undefined),
      (first, second) => {
        if (first.provider !== second.provider) {
          this.source.report(second.path, {
            severity: 'warning',
            code: 'REGISTRY_CONTRADICTION',
            message: `${second.what.name} is used by ${first.provider} too (line ${this.line(first)}), and neither says which instance: the tool can’t tell them apart.`,
            mend: 'Add `instance` to both.',
          });
        }
      },
    );
  }
}

/** Names that a pattern for one provider can't mean: built-in accounts, and a name that nobody has. */
const PROBES = ['administrator', 'krbtgt', 'guest', 'zqxjkvbw'];

export class AccountClaims extends Claims<AccountDocument> {
  readonly #domains: DomainNames;
  readonly #others = new Map<string, string[]>();

  constructor(source: RegistrySource, domains: DomainNames) {
    super(source);
    this.#domains = domains;
  }

  /** Whether the account at this path was refused. */
  refused(path: Path): boolean {
    return this.contested(path);
  }

  /** Other providers that claim it. */
  others(path: Path): readonly string[] {
    return this.#others.get(path.join('/')) ?? [];
  }

  settle(): void {
    for (const claim of this.claims) this.#alone(claim);
    const keys: ((account: AccountDocument) => string | undefined)[] = [
      (account) => account.sid?.toUpperCase(),
      (account) => (account.name === undefined ? undefined : this.#nameKey(account.name)),
      (account) => account.upn?.toLowerCase(),
      (account) => account.app?.toLowerCase(),
      (account) => account.role?.toLowerCase(),
      (account) => (account.pattern === undefined ? undefined : `pattern ${account.pattern.toLowerCase()}`),
    ];
    for (const key of keys) {
      this.pairs(
        (claim) => (this.contested(claim.path) ? undefined : key(claim.what)),
        (first, second) => this.#twice(first, second),
      );
    }
    this.#patterns();
  }

  #alone(claim: Claim<AccountDocument>): void {
    const { what } = claim;
    if (accountLabel(what) === '') {
      this.setAside(claim, {
        code: 'REGISTRY_MISSING_KEY',
        message: 'The account has no name of any kind.',
        mend: 'Give at least one of `name`, `sid`, `upn`, `app`, `role`, `pattern`.',
      });
    } else if (what.sid !== undefined && !/^S-1-\d+(-\d+){1,15}$/i.test(what.sid)) {
      this.setAside(claim, {
        code: 'REGISTRY_VALUE',
        message: `"${what.sid}" is no Windows SID.`,
        mend: 'It looks like `S-1-5-21-1004336348-1177238915-682003330-1105`.',
      });
    } else if (what.role !== undefined && !/^(arn:aws[\w-]*:(iam|sts)::\d{12}:.+|[\w.-]+\/.+)$/.test(what.role)) {
      this.setAside(claim, {
        code: 'REGISTRY_VALUE',
        message: `"${what.role}" is no role.`,
        mend: 'An AWS role looks like `arn:aws:iam::111122223333:role/NorthgateSupport`.',
      });
    } else if (what.name !== undefined && /[*?]/.test(what.name)) {
      this.setAside(claim, {
        code: 'REGISTRY_VALUE',
        message: `"${what.name}" holds a wildcard, which a name can’t.`,
        mend: 'Write it as `pattern:` instead of `name:`.',
      });
    } else if (what.pattern !== undefined && this.#tooWide(what.pattern)) {
      this.setAside(claim, {
        code: 'REGISTRY_TOO_WIDE',
        message: `"${what.pattern}" is so wide that it matches your own accounts too: their work would count as ${claim.provider}’s.`,
        mend: 'Write the part that only this provider’s names have, e.g. `CLINIC\\ng-*`.',
      });
    }
  }

  #tooWide(pattern: string): boolean {
    // One letter and a star isn't how one provider's names differ from everybody's.
    const user = pattern.slice(pattern.lastIndexOf('\\') + 1).replace(/@.*$/, '');
    if (user.replace(/[*?]/g, '').length < 2) return true;
    const test = glob(pattern);
    const spellings = PROBES.flatMap((name) => [
      name,
      ...this.#domains.all.flatMap((domain) => [`${domain}\\${name}`, `${name}@${domain}`]),
      `contoso\\${name}`,
      `${name}@contoso.example`,
    ]);
    return spellings.some(test);
  }

  #twice(first: Claim<AccountDocument>, second: Claim<AccountDocument>): void {
    const label = accountLabel(second.what);
    if (first.provider === second.provider) {
      this.setAside(second, {
        code: 'REGISTRY_DUPLICATE',
        message: `${label} is declared twice for ${second.provider}, first at line ${this.line(first)}.`,
        mend: 'Put both entries together.',
      });
      return;
    }
    if (this.others(second.path).includes(first.provider)) return;
    const mend =
      'An account belongs to one provider: remove it from the other, or make two accounts. Until then its use is shown, but not judged.';
    this.#contest(first, second.provider);
    this.#contest(second, first.provider);
    this.source.report(first.path, {
      code: 'REGISTRY_CONTRADICTION',
      message: `${accountLabel(first.what)} is also declared for ${second.provider} (line ${this.line(second)}).`,
      mend,
    });
    this.source.report(second.path, {
      code: 'REGISTRY_CONTRADICTION',
      message: `${label} is also declared for ${first.provider} (line ${this.line(first)}).`,
      mend,
    });
  }

  #contest(claim: Claim<AccountDocument>, other: string): void {
    const key = claim.path.join('/');
    this.#others.set(key, [...(this.#others.get(key) ?? []), other]);
  }

  #patterns(): void {
    for (const claim of this.claims) {
      if (claim.what.pattern === undefined || this.contested(claim.path)) continue;
      const test = glob(claim.what.pattern);
      const hit = this.claims.find(
        (other) =>
          other.provider !== claim.provider &&
          !this.contested(other.path) &&
          [other.what.name, other.what.upn].some((name) => name !== undefined && test(name)),
      );
      if (hit !== undefined)
        this.setAside(claim, {
          code: 'REGISTRY_CONTRADICTION',
          message: `"${claim.what.pattern}" also matches ${accountLabel(hit.what)} of ${hit.provider} (line ${this.line(hit)}).`,
          mend: 'Make the pattern narrower.',
        });
    }
  }

  #nameKey(text: string): string {
    const { user, domain } = parseAccountName(text);
    const canonical = domain === undefined ? undefined : (this.#domains.canonical(domain) ?? domain);
    return canonical === undefined ? user : `${canonical}\\${user}`;
  }
}
