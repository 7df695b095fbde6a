import { type Network, parseNetwork } from '../evaluate/address.ts';
import { sqlString } from './literal.ts';

/** JavaScript's white space, which `trim` takes off. */
export const WHITE =
  '[\\t\\n\\x0b\\f\\r \\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}\\x{feff}]';

/**
 * Whether a text is an address inside a network. An IPv4 address is compared in its IPv6-mapped form, as the evaluator
 * does it, so `::ffff:10.1.2.3` lies in `10.0.0.0/8`; no IPv4 address lies in an IPv6 network, however wide.
 */
export function networkSql(text: string, value: string): string {
  const network = parseNetwork(text);
  if (network === undefined) throw new TypeError(`not a network: ${text}`);
  const [first, last] = bounds(network);
  const address = addressSql(value);
  const within = `${address} BETWEEN toIPv6(${sqlString(first)}) AND toIPv6(${sqlString(last)})`;
  const mapped = `${address} BETWEEN toIPv6('::ffff:0.0.0.0') AND toIPv6('::ffff:255.255.255.255')`;
  return `ifNull(${within}${network.v4 ? '' : ` AND NOT (${mapped})`}, 0)`;
}

const OCTET = '(?:0|[1-9]\\d{0,2})';
const DOTTED = `${OCTET}(?:\\.${OCTET}){3}`;
const BODY = `${DOTTED}|[0-9a-fA-F:]*:(?:${DOTTED})?|[0-9a-fA-F:]*:[0-9a-fA-F]+`;
const ADDRESS = `(?s)^${WHITE}*(?:\\[(${BODY})(?:%.*)?\\]|(${BODY})(?:%.*)?)${WHITE}*$`;
/** As in `parseAddress`: nothing longer is an address. */
const LONGEST = 64;

/**
 * The text as IPv6, NULL where it is no address. White space, brackets and a zone are left out, as in `parseAddress`;
 * its shape is checked first, since ClickHouse takes octets with leading zeros.
 */
function addressSql(value: string): string {
  const shape = sqlString(ADDRESS);
  const trimmed = `replaceRegexpOne(${value}, ${sqlString(`(?s)^${WHITE}*(.*?)${WHITE}*$`)}, '\\\\1')`;
  const right = `match(${value}, ${shape}) AND lengthUTF8(${trimmed}) <= ${LONGEST}`;
  return `toIPv6OrNull(if(${right}, replaceRegexpOne(${value}, ${shape}, '\\\\1\\\\2'), ''))`;
}

function bounds(network: Network): [first: string, last: string] {
  const last = network.words.map((word, i) => word | (0xffff >>> Math.min(16, Math.max(0, network.bits - i * 16))));
  const text = (words: Uint16Array) => [...words].map((word) => word.toString(16)).join(':');
  return [text(network.words), text(last)];
}
