import type { Hours } from './hours.ts';
import type { IpRange } from './ip.ts';
import type { IpSet } from './ip-set.ts';
import type { AccountName } from './names.ts';
import type { ACCOUNT_KINDS, AccountDocument, LEVELS, PROVIDER_KINDS, ToolDocument } from './schema.ts';
import type { Zone } from './zone.ts';

/**
 * chaperone.yaml, checked and ready to be asked. Times are milliseconds since 1970; an end is the first moment that no longer
 * belongs. Lists that a term leaves out are undefined: not asked. Nothing here changes after loading.
 */
export interface Registry {
  readonly file: string;
  readonly organization: {
    readonly name: string;
    readonly slug: string;
    readonly zone: Zone;
    readonly domains: DomainNames;
    readonly networks: IpSet<string>;
    readonly holidays: ReadonlySet<number>;
  };
  readonly providers: readonly Provider[];
  /** all providers' accounts; an account's `index` is its place here */
  readonly accounts: readonly Account[];
  readonly systems: readonly System[];
  readonly tickets: Tickets | undefined;
  readonly exceptions: readonly Exception[];
}

/** The organisation's domains: which NetBIOS and DNS names mean the same. */
export interface DomainNames {
  /** one name for every spelling of a domain of ours, or undefined for a foreign one; takes lower case */
  canonical(domain: string): string | undefined;
  readonly all: readonly string[];
}

export interface Provider {
  readonly index: number;
  readonly name: string;
  readonly slug: string;
  readonly kind: (typeof PROVIDER_KINDS)[number] | undefined;
  readonly parent: string | undefined;
  /** when the agreement holds; undefined parts are open */
  readonly agreement: Period | undefined;
  readonly people: readonly Person[];
  readonly accounts: readonly Account[];
  readonly networks: readonly NamedRange[];
  readonly hosts: readonly HostPattern[];
  readonly entraTenants: readonly string[];
  readonly awsAccounts: readonly string[];
  readonly links: readonly Link[];
  readonly tools: readonly Tool[];
  readonly terms: readonly Term[];
}

export interface Period {
  readonly from: number | undefined;
  readonly to: number | undefined;
}

export interface Person {
  readonly name: string;
  readonly employed: Period | undefined;
}

export interface Account {
  readonly index: number;
  readonly provider: Provider;
  /** how findings call it: the name as declared */
  readonly label: string;
  readonly declared: AccountDocument;
  readonly kind: (typeof ACCOUNT_KINDS)[number] | undefined;
  readonly person: Person | undefined;
  readonly name: AccountName | undefined;
  readonly expires: number | undefined;
  /** slugs of other providers that declare it too: nobody can say whose it is */
  readonly contested: readonly string[];
  readonly line: number;
}

export interface NamedRange {
  readonly name: string | undefined;
  readonly text: string;
  readonly range: IpRange;
}

export interface HostPattern {
  readonly text: string;
  matches(host: string): boolean;
}

export interface Link {
  readonly name: string;
  readonly kind: string;
  readonly pool: readonly NamedRange[];
  readonly gateway: string | undefined;
}

export interface Tool {
  readonly provider: Provider;
  readonly name: string;
  readonly declared: ToolDocument;
}

export interface System {
  readonly name: string;
  readonly hosts: readonly HostPattern[];
  readonly networks: readonly NamedRange[];
  readonly cloud: readonly string[];
  readonly clinical: boolean;
  readonly patientData: boolean;
}

export interface Term {
  readonly provider: Provider;
  readonly id: string;
  /** `provider/id` */
  readonly key: string;
  readonly about: string | undefined;
  readonly level: (typeof LEVELS)[number];
  readonly line: number;
  /** undefined: every account of the provider */
  readonly who: ReadonlySet<Account> | undefined;
  readonly from:
    | {
        readonly networks: IpSet<string>;
        readonly hosts: readonly HostPattern[];
        /** links among the sources: who comes from inside them is agreed, and at their gateway the question is another */
        readonly links: readonly Link[];
        readonly text: string;
      }
    | undefined;
  readonly to:
    | { readonly systems: readonly System[]; readonly hosts: readonly HostPattern[]; readonly text: string }
    | undefined;
  readonly with: readonly Tool[] | undefined;
  readonly when: { readonly hours: Hours; readonly zone: Zone; readonly text: string } | undefined;
  readonly vpn: boolean;
  readonly ticket: { readonly pattern: string | undefined } | undefined;
  readonly mfa: boolean;
  readonly until: number | undefined;
}

export interface Ticket {
  readonly id: string;
  readonly provider: string;
  readonly account: Account | undefined;
  readonly system: System | undefined;
  readonly from: number;
  readonly to: number;
}

export interface Tickets {
  readonly list: readonly Ticket[];
  /** the time for which the list is complete: outside it, a missing ticket says nothing */
  readonly covers: Period;
}

export interface Exception {
  readonly term: string;
  readonly account: string | undefined;
  readonly host: string | undefined;
  readonly provider: string | undefined;
  readonly owner: string;
  readonly reason: string;
  readonly end: number;
  readonly line: number;
}
