import { parseAccountName, slugify } from '../names.ts';
import type { Account, Link, NamedRange, Person, Provider, Registry, Term, Tool } from '../registry.ts';
import type { ProviderDocument, RegistryDocument } from '../schema.ts';
import { didYouMean } from '../suggest.ts';
import { AccountClaims, HostClaims, NetworkClaims, ToolClaims } from './claims.ts';
import { endOfDay, readDay, readPeriod } from './instant.ts';
import { readNetworks } from './networks.ts';
import type { OrganizationParts } from './organization.ts';
import { accountLabel, hostPattern } from './provider-parts.ts';
import type { Path, RegistrySource } from './source.ts';

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** A provider before its terms are read, with where it stands. */
export interface ProviderDraft {
  readonly provider: Writable<Omit<Provider, 'terms'>> & { terms: Term[] };
  readonly document: ProviderDocument;
  readonly path: Path;
}

/** Reads all providers but their terms; what two of them claim at once is reported. */
export function readProviders(
  source: RegistrySource,
  document: RegistryDocument,
  parts: OrganizationParts,
): { drafts: ProviderDraft[]; accounts: Account[] } {
  const drafts: ProviderDraft[] = [];
  const slugs = new Map<string, number>();
  (document.providers ?? []).forEach((item, at) => {
    const path: Path = ['providers', at];
    const slug = item.slug ?? slugify(item.name);
    const before = slugs.get(slug);
    if (before !== undefined) {
      const { line } = source.place(['providers', before]);
      source.report([...path, item.slug === undefined ? 'name' : 'slug'], {
        code: 'REGISTRY_DUPLICATE',
        message: `Provider "${slug}" stands in the file twice, first at line ${line}.`,
        mend: 'Put both together, or give one another `slug`.',
        setAside: path,
      });
      return;
    }
    const agreement = readPeriod(source, [...path, 'agreement'], item.agreement, parts.organization.zone, [
      ...path,
      'agreement',
    ]);
    slugs.set(slug, at);
    drafts.push({
      path,
      document: item,
      provider: {
        index: drafts.length,
        name: item.name,
        slug,
        kind: item.kind,
        parent: undefined,
        agreement: agreement ?? undefined,
        people: readPeople(source, path, item, parts),
        accounts: [],
        networks: [],
        hosts: [],
        entraTenants: (item.tenants?.entra ?? []).map((id) => id.toLowerCase()),
        awsAccounts: item.tenants?.aws ?? [],
        links: [],
        tools: [],
        terms: [],
      },
    });
  });
  linkParents(source, drafts);
  claimNetworks(source, drafts, parts);
  claimHosts(source, drafts);
  claimTools(source, drafts);
  return { drafts, accounts: claimAccounts(source, drafts, parts.organization) };
}

function readPeople(source: RegistrySource, path: Path, item: ProviderDocument, parts: OrganizationParts): Person[] {
  const people: Person[] = [];
  (item.people ?? []).forEach((person, at) => {
    const here = [...path, 'people', at];
    if (people.some((other) => other.name.toLowerCase() === person.name.toLowerCase())) {
      source.report([...here, 'name'], {
        code: 'REGISTRY_DUPLICATE',
        message: `"${person.name}" stands under this provider twice.`,
        mend: 'Keep one, with all accounts.',
        setAside: here,
      });
      return;
    }
    const employed = readPeriod(source, [...here, 'employed'], person.employed, parts.organization.zone, here);
    if (employed !== null) people.push({ name: person.name, employed });
  });
  return people;
}

function linkParents(source: RegistrySource, drafts: readonly ProviderDraft[]): void {
  for (const { provider, document, path } of drafts) {
    if (document.parent === undefined) continue;
    const parent = findProvider(drafts, document.parent);
    if (parent === undefined || parent.provider === provider) {
      source.report([...path, 'parent'], {
        code: 'REGISTRY_REFERENCE',
        message:
          parent === undefined
            ? `No provider "${document.parent}" is declared.`
            : 'A provider can’t be its own parent.',
        mend: didYouMean(
          document.parent,
          drafts.map((draft) => draft.provider.slug),
          'Name the slug of another provider.',
        ),
        setAside: [...path, 'parent'],
      });
    } else provider.parent = parent.provider.slug;
  }
}

/** The provider of a slug or name. */
export function findProvider<D extends { readonly provider: { readonly slug: string; readonly name: string } }>(
  drafts: readonly D[],
  name: string,
): D | undefined {
  const wanted = name.toLowerCase();
  return (
    drafts.find((draft) => draft.provider.slug === wanted) ??
    drafts.find((draft) => draft.provider.name.toLowerCase() === wanted)
  );
}

function claimNetworks(source: RegistrySource, drafts: readonly ProviderDraft[], parts: OrganizationParts): void {
  const claims = new NetworkClaims(source, parts.ranges);
  for (const { provider, document, path } of drafts) {
    readNetworks(source, [...path, 'networks'], document.networks).forEach((range, at) => {
      if (range !== undefined) claims.add(provider.slug, range, [...path, 'networks', at]);
    });
    (document.links ?? []).forEach((link, at) => {
      readNetworks(source, [...path, 'links', at, 'pool'], link.pool).forEach((range, n) => {
        if (range !== undefined) claims.add(provider.slug, range, [...path, 'links', at, 'pool', n], true);
      });
    });
  }
  claims.settle();
  for (const { provider, document, path } of drafts) {
    const kept = (at: Path, range: NamedRange | undefined): range is NamedRange =>
      range !== undefined && !claims.contested(at);
    provider.networks = readQuietly(document.networks).filter((range, at) =>
      kept([...path, 'networks', at], range),
    ) as NamedRange[];
    provider.links = (document.links ?? []).map(
      (link, at): Link => ({
        name: link.name,
        kind: link.kind,
        gateway: link.gateway,
        pool: readQuietly(link.pool).filter((range, n) =>
          kept([...path, 'links', at, 'pool', n], range),
        ) as NamedRange[],
      }),
    );
  }
}

// The second reading of the same list: what is wrong with it has been said.
function readQuietly(networks: Parameters<typeof readNetworks>[2]): (NamedRange | undefined)[] {
  return readNetworks({ report: () => undefined } as unknown as RegistrySource, [], networks);
}

function claimHosts(source: RegistrySource, drafts: readonly ProviderDraft[]): void {
  const claims = new HostClaims(source);
  for (const { provider, document, path } of drafts) {
    (document.hosts ?? []).forEach((host, at) => {
      claims.add(provider.slug, host, [...path, 'hosts', at]);
    });
  }
  claims.settle();
  for (const { provider, document, path } of drafts) {
    provider.hosts = (document.hosts ?? [])
      .filter((_, at) => !claims.contested([...path, 'hosts', at]))
      .map(hostPattern);
  }
}

function claimTools(source: RegistrySource, drafts: readonly ProviderDraft[]): void {
  const claims = new ToolClaims(source);
  for (const { provider, document, path } of drafts) {
    provider.tools = (document.tools ?? []).map((tool, at): Tool => {
      claims.add(provider.slug, tool, [...path, 'tools', at]);
      return { provider: provider as Provider, name: tool.name, declared: tool };
    });
  }
  claims.settle();
  for (const { provider, path } of drafts)
    provider.tools = provider.tools.filter((_, at) => !claims.contested([...path, 'tools', at]));
}

function claimAccounts(
  source: RegistrySource,
  drafts: readonly ProviderDraft[],
  organization: Registry['organization'],
): Account[] {
  const claims = new AccountClaims(source, organization.domains);
  for (const draft of drafts) {
    (draft.document.accounts ?? []).forEach((account, at) => {
      claims.add(draft.provider.slug, account, [...draft.path, 'accounts', at]);
    });
  }
  claims.settle();
  const all: Account[] = [];
  for (const { provider, document, path } of drafts) {
    const own: Account[] = [];
    (document.accounts ?? []).forEach((declared, at) => {
      const here = [...path, 'accounts', at];
      if (claims.refused(here)) return;
      const label = accountLabel(declared);
      const holder = holderOf(source, here, declared, document);
      if (holder === null) return;
      const expires =
        declared.expires === undefined ? undefined : readDay(source, [...here, 'expires'], declared.expires, here);
      if (declared.expires !== undefined && expires === undefined) return;
      const person = provider.people.find((one) => one.name.toLowerCase() === holder?.toLowerCase());
      const account: Account = {
        index: all.length,
        provider: provider as Provider,
        label,
        declared,
        kind: declared.kind,
        person,
        name: declared.name === undefined ? undefined : parseAccountName(declared.name),
        expires: expires === undefined ? undefined : endOfDay(organization.zone, expires),
        contested: claims.others(here),
        line: source.place(here).line,
      };
      own.push(account);
      all.push(account);
    });
    provider.accounts = own;
    checkPeople(source, document, path, own);
  }
  return all;
}

// The person of an account, said on either side; null with a problem when both sides don't agree or nobody is called so.
function holderOf(
  source: RegistrySource,
  path: Path,
  account: NonNullable<ProviderDocument['accounts']>[number],
  provider: ProviderDocument,
): string | undefined | null {
  const label = accountLabel(account);
  const names = (provider.people ?? []).map((person) => person.name);
  const holders = (provider.people ?? [])
    .filter((person) => (person.accounts ?? []).some((name) => sameAccountText(account, name)))
    .map((person) => person.name);
  const all = [...new Set([...(account.person === undefined ? [] : [account.person]), ...holders])];
  if (account.person !== undefined && !names.some((name) => name.toLowerCase() === account.person!.toLowerCase())) {
    source.report([...path, 'person'], {
      code: 'REGISTRY_REFERENCE',
      message: `Nobody called "${account.person}" stands under \`people\`.`,
      mend: didYouMean(account.person, names, 'Add the person under `people`, or name one who is there.'),
      setAside: [...path, 'person'],
    });
    return undefined;
  }
  if (new Set(all.map((name) => name.toLowerCase())).size > 1) {
    source.report(path, {
      severity: 'warning',
      code: 'REGISTRY_CONTRADICTION',
      message: `${label} is held by several people: ${all.join(', ')}.`,
      mend: 'One person, one account: otherwise nobody can say later who it was.',
    });
  }
  return all[0];
}

function sameAccountText(account: NonNullable<ProviderDocument['accounts']>[number], text: string): boolean {
  const wanted = text.toLowerCase();
  return [account.name, account.upn, account.app, account.role, account.sid].some(
    (name) => name?.toLowerCase() === wanted,
  );
}

function checkPeople(
  source: RegistrySource,
  document: ProviderDocument,
  path: Path,
  accounts: readonly Account[],
): void {
  (document.people ?? []).forEach((person, at) => {
    (person.accounts ?? []).forEach((name, n) => {
      if ((document.accounts ?? []).some((account) => sameAccountText(account, name))) return;
      const here = [...path, 'people', at, 'accounts', n];
      source.report(here, {
        code: 'REGISTRY_REFERENCE',
        message: `No account "${name}" is declared for this provider.`,
        mend: didYouMean(
          name,
          accounts.map((account) => account.label),
          'Add it under `accounts`.',
        ),
        setAside: here,
      });
    });
  });
}
