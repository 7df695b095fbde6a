/** An address as one number: v4 in 32 bits, v6 in 128. A v4 address written as v6 (`::ffff:10.0.0.1`) is v4. */
export type Ip = { readonly version: 4; readonly value: number } | { readonly version: 6; readonly value: bigint };

/** A block of addresses, both ends included. */
export type IpRange =
  | { readonly version: 4; readonly from: number; readonly to: number }
  | { readonly version: 6; readonly from: bigint; readonly to: bigint };

const MAPPED = 0xffffn;
/** The longest text that can be an address with a scope: anything longer isn't worth a look. */
const MAX_LENGTH = 80;

/** Reads an address as logs write it: plain, in brackets, with a scope (`fe80::1%eth0`); undefined when it is none. */
export function parseIp(text: string): Ip | undefined {
  if (text.length === 0 || text.length > MAX_LENGTH) return undefined;
  let from = 0;
  let to = text.length;
  if (text.charCodeAt(0) === 0x5b) {
    if (text.charCodeAt(to - 1) !== 0x5d) return undefined;
    from = 1;
    to -= 1;
  }
  const scope = text.indexOf('%');
  if (scope > 0) to = Math.min(to, scope);
  const bare = from === 0 && to === text.length ? text : text.slice(from, to);
  if (!bare.includes(':')) {
    if (scope > 0 || from > 0) return undefined;
    const value = parseV4(bare);
    return value === undefined ? undefined : { version: 4, value };
  }
  const value = parseV6(bare);
  if (value === undefined) return undefined;
  if (value >> 32n === MAPPED) return { version: 4, value: Number(value & 0xffff_ffffn) };
  return { version: 6, value };
}

/** Reads `10.0.0.0/8`, `2001:db8::/32` or a single address; undefined when it is none or has bits set after the prefix. */
export function parseRange(text: string): IpRange | undefined {
  const slash = text.indexOf('/');
  const ip = parseIp(slash < 0 ? text : text.slice(0, slash));
  if (ip === undefined) return undefined;
  const width = ip.version === 4 ? 32 : 128;
  let prefix = width;
  if (slash >= 0) {
    const digits = text.slice(slash + 1);
    if (!/^\d{1,3}$/.test(digits)) return undefined;
    prefix = Number(digits);
    // `::ffff:10.0.0.0/104` is 10.0.0.0/8
    if (ip.version === 4 && text.includes(':')) prefix -= 96;
    if (prefix < 0 || prefix > width) return undefined;
  }
  if (ip.version === 4) {
    const size = 2 ** (32 - prefix);
    if (ip.value % size !== 0) return undefined;
    return { version: 4, from: ip.value, to: ip.value + size - 1 };
  }
  const size = 1n << BigInt(128 - prefix);
  if (ip.value % size !== 0n) return undefined;
  return { version: 6, from: ip.value, to: ip.value + size - 1n };
}

/** The block that a text with stray host bits must have meant: `10.0.0.5/24` gives `10.0.0.0/24`; undefined when it is no block. */
export function suggestRange(text: string): string | undefined {
  const match = /^(.*)\/(\d{1,3})$/.exec(text.trim());
  if (match === null) return undefined;
  const ip = parseIp(match[1]!);
  const prefix = Number(match[2]);
  if (ip === undefined || prefix > (ip.version === 4 ? 32 : 128)) return undefined;
  if (ip.version === 4) {
    const size = 2 ** (32 - prefix);
    return `${formatIp({ version: 4, value: ip.value - (ip.value % size) })}/${prefix}`;
  }
  const size = 1n << BigInt(128 - prefix);
  return `${formatIp({ version: 6, value: ip.value - (ip.value % size) })}/${prefix}`;
}

/** An address as text; v6 in full groups without the shortest form's zero run. */
export function formatIp(ip: Ip): string {
  if (ip.version === 4) {
    const v = ip.value;
    return `${Math.floor(v / 0x100_0000)}.${(v >>> 16) & 255}.${(v >>> 8) & 255}.${v & 255}`;
  }
  const groups: string[] = [];
  for (let shift = 112n; shift >= 0n; shift -= 16n) groups.push(((ip.value >> shift) & 0xffffn).toString(16));
  return groups.join(':').replace(/(^|:)0(:0)+(:|$)/, '::');
}

function parseV4(text: string): number | undefined {
  let value = 0;
  let octet = -1;
  let digits = 0;
  let dots = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 0x2e) {
      if (octet < 0 || dots === 3) return undefined;
      value = value * 256 + octet;
      octet = -1;
      digits = 0;
      dots++;
    } else if (c >= 0x30 && c <= 0x39) {
      // A leading zero is octal to some readers and decimal to others: such text is no address here.
      if (digits > 0 && octet === 0) return undefined;
      octet = (octet < 0 ? 0 : octet * 10) + (c - 0x30);
      digits++;
      if (octet > 255) return undefined;
    } else return undefined;
  }
  if (dots !== 3 || octet < 0) return undefined;
  return value * 256 + octet;
}

function parseV6(text: string): bigint | undefined {
  const gap = text.indexOf('::');
  if (gap >= 0 && text.indexOf('::', gap + 1) >= 0) return undefined;
  const head = groupsOf(gap < 0 ? text : text.slice(0, gap));
  const tail = gap < 0 ? [] : groupsOf(text.slice(gap + 2));
  if (head === undefined || tail === undefined) return undefined;
  const missing = 8 - head.length - tail.length;
  if (gap < 0 ? missing !== 0 : missing < 1) return undefined;
  let value = 0n;
  for (const group of head) value = (value << 16n) | BigInt(group);
  value <<= BigInt(16 * missing);
  for (const group of tail) value = (value << 16n) | BigInt(group);
  return value;
}

function groupsOf(text: string): number[] | undefined {
  if (text === '') return [];
  const parts = text.split(':');
  const groups: number[] = [];
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i]!;
    if (i === parts.length - 1 && part.includes('.')) {
      const v4 = parseV4(part);
      if (v4 === undefined) return undefined;
      groups.push(Math.floor(v4 / 0x1_0000), v4 & 0xffff);
    } else if (/^[0-9a-fA-F]{1,4}$/.test(part)) groups.push(Number.parseInt(part, 16));
    else return undefined;
  }
  return groups;
}
