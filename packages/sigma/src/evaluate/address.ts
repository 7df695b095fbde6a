/**
 * IP addresses as eight 16-bit words. An IPv4 address is kept as IPv6-mapped (`::ffff:10.1.2.3`), so the mapped form
 * that Windows writes for clients on a dual-stack socket equals the plain one, and falls in the IPv4 network it means.
 */
export interface Address {
  readonly words: Uint16Array;
  readonly v4: boolean;
}

export interface Network {
  /** first address, bits beyond the prefix cleared */
  readonly words: Uint16Array;
  readonly v4: boolean;
  /** bits of the 128 that count: an IPv4 /8 is 104 */
  readonly bits: number;
}

const OCTET = /^(?:0|[1-9]\d{0,2})$/;
const GROUP = /^[0-9a-fA-F]{1,4}$/;

/** Reads an address as logs write it; a zone (`fe80::1%eth0`) and brackets around IPv6 are left out. */
export function parseAddress(text: string): Address | undefined {
  if (text.length > 64) return undefined;
  let body = text;
  if (body.startsWith('[') && body.endsWith(']')) body = body.slice(1, -1);
  const zone = body.indexOf('%');
  if (zone > 0) body = body.slice(0, zone);
  if (!body.includes(':')) {
    const low = parseV4(body);
    return low === undefined ? undefined : { words: Uint16Array.of(0, 0, 0, 0, 0, 0xffff, low[0], low[1]), v4: true };
  }
  const words = parseV6(body);
  if (words === undefined) return undefined;
  return { words, v4: words[5] === 0xffff && (words[0] | words[1] | words[2] | words[3] | words[4]) === 0 };
}

/** Reads `address/prefix`, or a bare address as a network of one. `exact` is false where host bits were set. */
export function parseNetwork(text: string): (Network & { readonly exact: boolean }) | undefined {
  const slash = text.indexOf('/');
  const address = parseAddress(slash < 0 ? text : text.slice(0, slash));
  if (address === undefined) return undefined;
  const dotted = address.v4 && !text.includes(':');
  const longest = dotted ? 32 : 128;
  const prefix = slash < 0 ? longest : parsePrefix(text.slice(slash + 1), dotted);
  if (prefix === undefined || prefix > longest) return undefined;
  const bits = dotted ? prefix + 96 : prefix;
  const words = address.words.map((word, index) => word & mask(bits, index));
  return { words, v4: address.v4 && bits >= 96, bits, exact: words.every((word, i) => word === address.words[i]) };
}

function parsePrefix(text: string, dotted: boolean): number | undefined {
  if (/^\d{1,3}$/.test(text)) return Number(text);
  if (!dotted) return undefined;
  const netmask = parseV4(text);
  if (netmask === undefined) return undefined;
  const value = netmask[0] * 65536 + netmask[1];
  const ones = Math.clz32(~value >>> 0);
  return value === (ones === 0 ? 0 : (0xffffffff << (32 - ones)) >>> 0) ? ones : undefined;
}

/** Whether an address lies in a network. */
export function contains(network: Network, address: Address): boolean {
  if (network.v4 !== address.v4) return false;
  for (let i = 0; i < 8; i++) {
    if ((address.words[i] & mask(network.bits, i)) !== network.words[i]) return false;
  }
  return true;
}

/** A network in its canonical text: dotted for IPv4, RFC 5952 for IPv6. */
export function formatNetwork(network: Network): string {
  const w = network.words;
  if (network.v4) {
    return `${w[6] >> 8}.${w[6] & 255}.${w[7] >> 8}.${w[7] & 255}/${network.bits - 96}`;
  }
  const groups = [...w].map((word) => word.toString(16));
  let bestStart = -1;
  let bestLength = 1;
  for (let i = 0; i < 8; i++) {
    let length = 0;
    while (i + length < 8 && w[i + length] === 0) length++;
    if (length > bestLength) {
      bestStart = i;
      bestLength = length;
    }
  }
  const text =
    bestStart < 0
      ? groups.join(':')
      : `${groups.slice(0, bestStart).join(':')}::${groups.slice(bestStart + bestLength).join(':')}`;
  return `${text}/${network.bits}`;
}

/** The bits of word `index` that a prefix of `bits` covers. */
function mask(bits: number, index: number): number {
  const covered = Math.min(16, Math.max(0, bits - index * 16));
  return (0xffff << (16 - covered)) & 0xffff;
}

function parseV4(text: string): [number, number] | undefined {
  const octets = text.split('.');
  if (octets.length !== 4 || !octets.every((octet) => OCTET.test(octet) && Number(octet) < 256)) return undefined;
  const [a, b, c, d] = octets.map(Number);
  return [a * 256 + b, c * 256 + d];
}

function parseV6(text: string): Uint16Array | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const head = parseGroups(halves[0]);
  const tail = halves.length === 2 ? parseGroups(halves[1]) : [];
  if (head === undefined || tail === undefined) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  return Uint16Array.from([...head, ...new Array<number>(missing).fill(0), ...tail]);
}

function parseGroups(text: string): number[] | undefined {
  if (text === '') return [];
  const words: number[] = [];
  const groups = text.split(':');
  for (const [index, group] of groups.entries()) {
    if (GROUP.test(group)) words.push(Number.parseInt(group, 16));
    else {
      const low = index === groups.length - 1 ? parseV4(group) : undefined;
      if (low === undefined) return undefined;
      words.push(...low);
    }
  }
  return words;
}
