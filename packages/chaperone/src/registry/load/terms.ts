import { describeHours, type Hours, parseSpan, type Span, WHOLE_DAY } from '../hours.ts';
import { parseRange } from '../ip.ts';
import { IpSet } from '../ip-set.ts';
import { hostName, parseAccountName } from '../names.ts';
import type { Account, HostPattern, Link, Provider, System, Term, Tool } from '../registry.ts';
import { ACCOUNT_KINDS, type TermDocument, type WhenDocument } from '../schema.ts';
import { didYouMean } from '../suggest.ts';
import { formatDay } from '../zone.ts';
import { endOfDay, readDay } from './instant.ts';
import type { OrganizationParts } from './organization.ts';
import { readDays, readZone } from './organization.ts';
import { hostPattern } from './provider-parts.ts';
import type { ProviderDraft } from './providers.ts';
import type { Path, RegistrySource } from './source.ts';

/** What terms may refer to. */
export interface Surroundings {
  readonly parts: OrganizationParts;
  readonly systems: readonly System[];
  readonly drafts: readonly ProviderDraft[];
}

/** Longest run of days that one exception may name: two years. */
const MAX_DAYS = 731;

/** Reads a provider's terms. One that refers to what isn't there, or whose hours don't hold, is set aside whole: half a term would judge wrongly. */
export function readTerms(source: RegistrySource, draft: ProviderDraft, around: Surroundings): Term[] {
  const terms: Term[] = [];
  (draft.document.terms ?? []).forEach((document, at) => {
    const path: Path = [...draft.path, 'terms', at];
    if (terms.some((term) => term.id === document.id)) {
      source.report([...path, 'id'], {
        code: 'REGISTRY_DUPLICATE',
        message: `Term "${document.id}" stands here twice.`,
        mend: 'Give one of them another `id`.',
        setAside: path,
      });
      return;
    }
    const term = new TermReader(source, draft, around, path).read(document);
    if (term !== undefined) terms.push(term);
  });
  return terms;
}

class TermReader {
  readonly #source: RegistrySource;
  readonly #draft: ProviderDraft;
  readonly #around: Surroundings;
  readonly #path: Path;
  #failed = false;

  constructor(source: RegistrySource, draft: ProviderDraft, around: Surroundings, path: Path) {
    this.#source = source;
    this.#draft = draft;
    this.#around = around;
    this.#path = path;
  }

  read(document: TermDocument): Term | undefined {
    const provider = this.#draft.provider as Provider;
    const until =
      document.until === undefined
        ? undefined
        : readDay(this.#source, [...this.#path, 'until'], document.until, this.#path);
    if (document.until !== undefined && until === undefined) this.#failed = true;
    const term = {
      provider,
      id: document.id,
      key: `${provider.slug}/${document.id}`,
      about: document.about,
      level: document.level ?? ('medium' as const),
      line: this.#source.place(this.#path).line,
      who: this.#who(document.who),
      from: this.#from(document.from),
      to: this.#to(document.to),
      with: this.#with(document.with),
      when: this.#when(document.when),
      vpn: document.provided?.vpn === true,
      ticket: readTicketDemand(document.provided?.ticket),
      mfa: document.provided?.mfa === true,
      until: until === undefined ? undefined : endOfDay(this.#around.parts.organization.zone, until),
    };
    if (this.#failed) return undefined;
    this.#advise(term);
    return term;
  }

  #fail(
    path: Path,
    message: string,
    mend: string,
    code: 'REGISTRY_REFERENCE' | 'REGISTRY_HOURS' | 'REGISTRY_ORDER' = 'REGISTRY_REFERENCE',
  ): void {
    this.#failed = true;
    this.#source.report([...this.#path, ...path], { code, message, mend, setAside: this.#path });
  }

  #who(who: readonly string[] | undefined): ReadonlySet<Account> | undefined {
    if (who === undefined || who.some((name) => name.toLowerCase() === 'all')) return undefined;
    const { accounts, people } = this.#draft.provider;
    const found = new Set<Account>();
    for (const [at, name] of who.entries()) {
      const wanted = name.toLowerCase();
      const kind = /^kind:\s*(.+)$/.exec(wanted)?.[1];
      let matching: Account[];
      if (kind !== undefined) {
        if (!ACCOUNT_KINDS.some((known) => known === kind))
          this.#fail(
            ['who', at],
            `There is no kind of account "${kind}".`,
            didYouMean(kind, ACCOUNT_KINDS, `One of: ${ACCOUNT_KINDS.join(', ')}.`),
          );
        matching = accounts.filter((account) => account.kind === kind);
      } else {
        const user = parseAccountName(name);
        matching = accounts.filter((account) => {
          const { declared } = account;
          if (
            [declared.name, declared.upn, declared.app, declared.role, declared.sid, declared.pattern].some(
              (text) => text?.toLowerCase() === wanted,
            )
          )
            return true;
          return (
            account.person?.name.toLowerCase() === wanted ||
            (user.domain === undefined && account.name?.user === user.user)
          );
        });
        const known = [...accounts.map((account) => account.label), ...people.map((person) => person.name)];
        const mentioned = (this.#draft.document.accounts ?? []).some((account) =>
          Object.values(account).some((text) => text?.toLowerCase() === wanted),
        );
        if (matching.length === 0 && people.some((person) => person.name.toLowerCase() === wanted)) {
          this.#source.report([...this.#path, 'who', at], {
            severity: 'warning',
            code: 'REGISTRY_ADVICE',
            message: `${name} holds no account here, so the term allows them nothing.`,
            mend: 'Add `person:` to the account they use.',
          });
        } else if (matching.length === 0) {
          this.#fail(
            ['who', at],
            mentioned
              ? `The account "${name}" was set aside.`
              : `Neither an account nor a person of ${this.#draft.provider.name} is called "${name}".`,
            mentioned
              ? 'Mend the account first.'
              : didYouMean(name, known, 'Name an account or a person of this provider, `kind:service`, or `all`.'),
          );
        }
      }
      for (const account of matching) found.add(account);
    }
    return found;
  }

  #from(from: readonly string[] | undefined): Term['from'] {
    if (from === undefined) return undefined;
    const { provider } = this.#draft;
    const blocks: { range: NonNullable<ReturnType<typeof parseRange>>; value: string }[] = [];
    const hosts: HostPattern[] = [];
    const links: Link[] = [];
    for (const [at, name] of from.entries()) {
      const range = parseRange(name.trim());
      if (range !== undefined) {
        blocks.push({ range, value: name.trim() });
        continue;
      }
      const wanted = name.toLowerCase();
      if (wanted === 'provider') {
        for (const network of provider.networks) blocks.push({ range: network.range, value: network.text });
        links.push(...provider.links);
        for (const link of provider.links)
          for (const pool of link.pool) blocks.push({ range: pool.range, value: pool.text });
        hosts.push(...provider.hosts);
        if (blocks.length + hosts.length === 0)
          this.#fail(
            ['from', at],
            `${provider.name} has no networks, links or hosts declared.`,
            'Add `networks` or `hosts` to the provider.',
          );
        continue;
      }
      const named = [
        ...provider.networks,
        ...this.#around.parts.ranges,
        ...this.#around.systems.flatMap((system) => system.networks),
      ].filter((network) => network.name?.toLowerCase() === wanted);
      const link = provider.links.find((one) => one.name.toLowerCase() === wanted);
      const host = [...provider.hosts, ...this.#around.systems.flatMap((system) => system.hosts)].find(
        (one) => one.text.toLowerCase() === wanted || one.matches(hostName(name)),
      );
      if (named.length > 0)
        for (const network of named) blocks.push({ range: network.range, value: `${network.text} (${name})` });
      else if (link !== undefined) {
        links.push(link);
        for (const pool of link.pool) blocks.push({ range: pool.range, value: `${pool.text} (${name})` });
      } else if (host !== undefined) hosts.push(hostPattern(name));
      else if (name.includes('/') || /^[\d.:]+$/.test(name))
        this.#fail(
          ['from', at],
          `"${name}" is no address or block.`,
          'Write `198.51.100.0/24`, or the name of a network, link or host.',
        );
      else {
        const known = [
          ...provider.networks.map((network) => network.name ?? ''),
          ...provider.links.map((one) => one.name),
          ...provider.hosts.map((one) => one.text),
          'provider',
        ];
        this.#fail(
          ['from', at],
          `No network, link or host is called "${name}".`,
          didYouMean(
            name,
            known,
            'Declare it under the provider’s `networks`, `links` or `hosts`, or write an address block.',
          ),
        );
      }
    }
    const text = from
      .map((name) => (name.toLowerCase() === 'provider' ? `networks, links and hosts of ${provider.name}` : name))
      .join(', ');
    return { networks: new IpSet(blocks), hosts, links, text };
  }

  #to(to: readonly string[] | undefined): Term['to'] {
    if (to === undefined) return undefined;
    const systems: System[] = [];
    const hosts: HostPattern[] = [];
    for (const [at, name] of to.entries()) {
      const wanted = name.toLowerCase();
      const system = this.#around.systems.find((one) => one.name.toLowerCase() === wanted);
      if (system !== undefined) {
        systems.push(system);
        continue;
      }
      if (
        this.#around.systems.some((one) =>
          one.hosts.some((host) => host.text.toLowerCase() === wanted || host.matches(hostName(name))),
        )
      ) {
        hosts.push(hostPattern(name));
        continue;
      }
      const known = this.#around.systems.flatMap((one) => [one.name, ...one.hosts.map((host) => host.text)]);
      this.#fail(
        ['to', at],
        `No system or host is called "${name}".`,
        didYouMean(name, known, 'Declare it under `systems`.'),
      );
    }
    return { systems, hosts, text: to.join(', ') };
  }

  #with(tools: readonly string[] | undefined): readonly Tool[] | undefined {
    return tools?.flatMap((name, at) => {
      const found = this.#draft.provider.tools.filter((tool) => tool.name.toLowerCase() === name.toLowerCase());
      if (found.length === 0)
        this.#fail(
          ['with', at],
          `${this.#draft.provider.name} has no tool "${name}" declared.`,
          didYouMean(
            name,
            this.#draft.provider.tools.map((tool) => tool.name),
            'Declare it under the provider’s `tools`.',
          ),
        );
      return found;
    });
  }

  #when(when: WhenDocument | undefined): Term['when'] {
    if (when === undefined) return undefined;
    const { organization, workingDays } = this.#around.parts;
    const path: Path = [...this.#path, 'when'];
    const zone =
      when.zone === undefined
        ? organization.zone
        : readZone(this.#source, [...path, 'zone'], when.zone, { setAside: this.#path });
    const days =
      when.days === undefined
        ? workingDays.map(() => true)
        : when.days === 'working'
          ? workingDays
          : readDays(this.#source, [...path, 'days'], when.days, this.#path);
    const spans = when.hours === undefined ? WHOLE_DAY : this.#spans(when.hours, ['when', 'hours']);
    const exceptions = new Map<number, readonly Span[]>();
    (when.exceptions ?? []).forEach((exception, at) => {
      const here: Path = [...path, 'exceptions', at];
      const first = readDay(this.#source, [...here, 'date'], exception.date, this.#path);
      const last =
        exception.to === undefined ? first : readDay(this.#source, [...here, 'to'], exception.to, this.#path);
      const own =
        exception.hours === 'closed'
          ? []
          : exception.hours === 'all day'
            ? WHOLE_DAY
            : this.#spans(exception.hours, ['when', 'exceptions', at, 'hours']);
      if (first === undefined || last === undefined || own === undefined) this.#failed = true;
      else if (last < first)
        this.#fail(
          ['when', 'exceptions', at, 'to'],
          `It ends on ${formatDay(last)}, before it begins on ${formatDay(first)}.`,
          'Swap the two days.',
          'REGISTRY_ORDER',
        );
      else if (last - first >= MAX_DAYS)
        this.#fail(
          ['when', 'exceptions', at, 'to'],
          'An exception of more than two years.',
          'Make it a term of its own.',
          'REGISTRY_ORDER',
        );
      else for (let day = first; day <= last; day++) exceptions.set(day, own);
    });
    if (zone === undefined || days === undefined || spans === undefined) {
      this.#failed = true;
      return undefined;
    }
    const hours: Hours = {
      days,
      spans,
      closed: when.holidays === true ? new Set() : organization.holidays,
      exceptions,
    };
    return { hours, zone, text: describeHours(hours) };
  }

  #spans(hours: string | readonly string[], path: Path): readonly Span[] | undefined {
    const spans: Span[] = [];
    for (const text of typeof hours === 'string' ? hours.split(',') : hours) {
      const span = parseSpan(text);
      if (typeof span === 'string') {
        this.#fail(
          path,
          `${span}.`,
          'Write `08:00-18:00`; `22:00-06:00` runs over midnight; leave `hours` out for the whole day.',
          'REGISTRY_HOURS',
        );
        return undefined;
      }
      const other = spans.find((one) => span.from < one.to && one.from < span.to);
      if (other !== undefined) {
        this.#fail(path, `"${text.trim()}" overlaps another span.`, 'Join the two into one.', 'REGISTRY_HOURS');
        return undefined;
      }
      spans.push(span);
    }
    return spans.sort((a, b) => a.from - b.from);
  }

  #advise(term: Term): void {
    const asked = term.from ?? term.to ?? term.with ?? term.when ?? term.until;
    if (asked === undefined && !term.vpn && term.ticket === undefined && !term.mfa) {
      this.#source.report(this.#path, {
        severity: 'warning',
        code: 'REGISTRY_ADVICE',
        message: `Term "${term.id}" asks for nothing, so it allows everything to its accounts.`,
        mend: 'Say at least `when`, `from` or `to`.',
      });
    }
    const end = term.provider.agreement?.to;
    if (end !== undefined && term.until !== undefined && term.until > end) {
      this.#source.report([...this.#path, 'until'], {
        severity: 'warning',
        code: 'REGISTRY_CONTRADICTION',
        message: 'The term lasts longer than the agreement.',
        mend: 'Shorten the term, or mend the agreement’s `to`. The agreement’s end counts.',
      });
    }
  }
}

function readTicketDemand(ticket: boolean | string | undefined): Term['ticket'] {
  if (ticket === undefined || ticket === false) return undefined;
  return { pattern: ticket === true ? undefined : ticket };
}
