/** An account as logs and people write it, taken apart. All parts lower case. */
export interface AccountName {
  readonly user: string;
  /** NetBIOS or DNS domain, or a machine's name for a local account; undefined where none is stated */
  readonly domain?: string;
}

/** Takes `CLINIC\svc-rmm`, `svc-rmm@clinic.example` or `svc-rmm` apart; `.\svc` and `WORKGROUP\svc` state no domain. */
export function parseAccountName(text: string): AccountName {
  const name = text.trim().toLowerCase();
  const slash = name.lastIndexOf('\\');
  if (slash >= 0) return make(name.slice(slash + 1), name.slice(0, slash));
  const at = name.lastIndexOf('@');
  if (at > 0) return make(name.slice(0, at), name.slice(at + 1));
  return { user: name };
}

/** An event's account from its name and, apart, its domain. A domain inside the name wins. */
export function accountName(name: string, domain: string | undefined): AccountName {
  const parsed = parseAccountName(name);
  return parsed.domain !== undefined || domain === undefined ? parsed : make(parsed.user, domain.trim().toLowerCase());
}

function make(user: string, domain: string): AccountName {
  const bare = domain.replace(/^\\+/, '');
  return bare === '' || bare === '.' || bare === '-' || bare === 'workgroup' ? { user } : { user, domain: bare };
}

/** A host as one comparable name: without a trailing dot, leading backslashes or a `$` of its account; lower case. */
export function hostName(text: string): string {
  let name = text.trim().toLowerCase();
  while (name.startsWith('\\')) name = name.slice(1);
  if (name.endsWith('.')) name = name.slice(0, -1);
  if (name.endsWith('$')) name = name.slice(0, -1);
  return name;
}

/** Whether two names mean one host: equal, or one of them is the short form of the other. */
export function sameHost(a: string, b: string): boolean {
  if (a === b) return true;
  const short = a.length < b.length ? a : b;
  const long = short === a ? b : a;
  return !short.includes('.') && long.startsWith(`${short}.`) && !/^[\d.]+$/.test(long);
}

/** The first label of a host name, which logs often give alone; an address stays whole. */
export function shortHost(name: string): string {
  const dot = name.indexOf('.');
  return dot <= 0 || /^[\d.]+$/.test(name) || name.includes(':') ? name : name.slice(0, dot);
}

/** Whether an account is Windows' own or nobody: never a provider's. */
export function isSystemAccount(name: AccountName, sid: string | undefined): boolean {
  if (sid !== undefined && /^S-1-(0-0|5-(7|18|19|20)|5-(90|96)-)/i.test(sid)) return true;
  return SYSTEM_NAMES.has(name.user) || name.user.endsWith('$');
}

const SYSTEM_NAMES: ReadonlySet<string> = new Set([
  '',
  '-',
  'system',
  'local service',
  'network service',
  'anonymous logon',
  'iusr',
  'n/a',
  '(null)',
  'null',
]);

/** A short name made of a longer one: `Northgate IT` gives `northgate-it`. */
export function slugify(name: string): string {
  const slug = name
    .normalize('NFKD')
    .replace(/[̀-ͯ]/g, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 63);
  return slug === '' ? 'unnamed' : slug;
}
