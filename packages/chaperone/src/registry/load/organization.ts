import { parseDays } from '../hours.ts';
import { IpSet } from '../ip-set.ts';
import { slugify } from '../names.ts';
import type { DomainNames, NamedRange, Registry } from '../registry.ts';
import type { RegistryDocument } from '../schema.ts';
import { didYouMean } from '../suggest.ts';
import { findZone, type Zone, zoneNames } from '../zone.ts';
import { readDay } from './instant.ts';
import { readNetworks } from './networks.ts';
import type { Path, RegistrySource } from './source.ts';

export interface OrganizationParts {
  readonly organization: Registry['organization'];
  readonly ranges: readonly NamedRange[];
  readonly workingDays: readonly boolean[];
}

const WEEK = [true, true, true, true, true, false, false];

/** The zone named in the file; a problem says which one was probably meant. */
export function readZone(
  source: RegistrySource,
  path: Path,
  name: string,
  complaint: { fatal?: boolean; setAside?: Path },
): Zone | undefined {
  const zone = findZone(name);
  if (zone === undefined) {
    const common = name.toUpperCase();
    const mend = ['CET', 'CEST', 'EST', 'EDT', 'PST', 'GMT+1'].includes(common)
      ? 'An abbreviation knows no summer time: write the place, e.g. `Europe/Berlin`.'
      : didYouMean(name, zoneNames(), 'Write an IANA zone such as `Europe/Berlin` or `America/New_York`.');
    source.report(path, { code: 'REGISTRY_ZONE', message: `There is no time zone "${name}".`, mend, ...complaint });
  }
  return zone;
}

/** Weekdays of `mon-fri` or a list, as seven booleans from Monday; undefined with a problem where one is none. */
export function readDays(
  source: RegistrySource,
  path: Path,
  days: string | readonly string[],
  setAside: Path,
): readonly boolean[] | undefined {
  const week = [false, false, false, false, false, false, false];
  for (const text of typeof days === 'string' ? days.split(',') : days) {
    const parsed = parseDays(text.trim());
    if (parsed === undefined) {
      source.report(path, {
        code: 'REGISTRY_HOURS',
        message: `"${text}" is no weekday.`,
        mend: 'Write `mon-fri`, or a list such as `[mon, wed]`.',
        setAside,
      });
      return undefined;
    }
    for (const day of parsed) week[day] = true;
  }
  return week;
}

/** The organisation's own part; undefined (with a fatal problem) when its zone doesn't hold, since every hour depends on it. */
export function readOrganization(
  source: RegistrySource,
  document: RegistryDocument['organization'],
): OrganizationParts | undefined {
  const zone = readZone(source, ['organization', 'zone'], document.zone, { fatal: true });
  if (zone === undefined) return undefined;
  const holidays = new Set<number>();
  (document.calendar?.holidays ?? []).forEach((holiday, at) => {
    const day = readDay(
      source,
      ['organization', 'calendar', 'holidays', at],
      typeof holiday === 'string' ? holiday : holiday.date,
    );
    if (day !== undefined) holidays.add(day);
  });
  const working = document.calendar?.working_days;
  const daysAt: Path = ['organization', 'calendar', 'working_days'];
  const ranges = readNetworks(source, ['organization', 'networks'], document.networks).filter(
    (range) => range !== undefined,
  );
  return {
    organization: {
      name: document.name,
      slug: document.slug ?? slugify(document.name),
      zone,
      domains: domainNames(document.domains ?? []),
      networks: new IpSet(ranges.map((range) => ({ range: range.range, value: range.text }))),
      holidays,
    },
    ranges,
    workingDays: (working === undefined ? WEEK : readDays(source, daysAt, working, daysAt)) ?? WEEK,
  };
}

/**
 * Which names mean one domain. `{netbios, dns}` says it; otherwise a NetBIOS name goes with the DNS name whose first label it is, and one of
 * each go together.
 */
export function domainNames(
  domains: readonly (string | { readonly netbios: string; readonly dns: string })[],
): DomainNames {
  const canonical = new Map<string, string>();
  const short: string[] = [];
  const long: string[] = [];
  for (const domain of domains) {
    if (typeof domain !== 'string') {
      const name = domain.dns.toLowerCase();
      canonical.set(name, name);
      canonical.set(domain.netbios.toLowerCase(), name);
    } else if (domain.includes('.')) long.push(domain.toLowerCase());
    else short.push(domain.toLowerCase());
  }
  for (const name of long) canonical.set(name, name);
  for (const name of short) {
    const partner =
      long.find((dns) => dns.startsWith(`${name}.`)) ?? (short.length === 1 && long.length === 1 ? long[0] : undefined);
    canonical.set(name, partner ?? name);
  }
  return { canonical: (domain) => canonical.get(domain), all: [...canonical.keys()] };
}
