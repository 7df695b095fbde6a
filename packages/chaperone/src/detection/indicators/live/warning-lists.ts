import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { type IpRange, IpSet, parseRange } from '../../../registry/index.ts';
import type { IndicatorType } from '../indicator.ts';
import { refang } from '../normalise.ts';

/** Says on which list of harmless values one stands, by the list's name. */
export interface WarningLists {
  readonly names: readonly string[];
  find(type: IndicatorType, value: string, written: string): string | undefined;
}

interface ListFile {
  readonly name: string;
  readonly domains?: readonly string[];
  readonly domains_and_below?: readonly string[];
  readonly addresses?: readonly string[];
  readonly hashes?: readonly string[];
  readonly file_names?: readonly string[];
  readonly emails?: readonly string[];
}

const FOLDER = fileURLToPath(new URL('../../../../../../content/warning-lists/', import.meta.url));
let known: WarningLists | undefined;

/** The lists that come with Chaperone (content/warning-lists). An installation without them is told so: matching goes on without. */
export function ownWarningLists(): WarningLists {
  known ??= loadWarningLists(FOLDER);
  return known;
}

/** Reads every list of a folder. */
function loadWarningLists(folder: string): WarningLists {
  const lists = readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .map((name) => parse(readFileSync(join(folder, name), 'utf8')) as ListFile);
  const exact = new Map<string, string>();
  const below = new Map<string, string>();
  const ranges: { range: IpRange; value: string }[] = [];
  for (const list of lists) {
    const put = (kind: string, values: readonly string[] = []) => {
      for (const value of values) exact.set(`${kind}:${value.toLowerCase()}`, list.name);
    };
    put('domain', list.domains);
    put('domain', list.domains_and_below);
    put('hash', list.hashes);
    put('file', list.file_names);
    put('email', list.emails);
    for (const name of list.domains_and_below ?? []) below.set(name.toLowerCase(), list.name);
    for (const text of list.addresses ?? []) {
      const range = parseRange(text);
      if (range === undefined) throw new TypeError(`${list.name}: ${text} is no address`);
      ranges.push({ range, value: list.name });
    }
  }
  const addresses = new IpSet(ranges);
  return {
    names: lists.map(({ name }) => name),
    find(type, value, written) {
      switch (type) {
        case 'domain':
          return domain(value, exact, below);
        case 'ip':
        case 'cidr': {
          const range = parseRange(type === 'ip' ? bare(written, value) : value);
          if (range === undefined) return undefined;
          // A block is harmless if it lies in a listed one, or if it is so wide that it covers one.
          return addresses.find(bare(written, value).split('/')[0]!) ?? ranges.find(covers(range))?.value;
        }
        case 'md5':
        case 'sha1':
        case 'sha256':
          return exact.get(`hash:${value}`);
        case 'file-name':
          return exact.get(`file:${value}`);
        case 'email':
          return exact.get(`email:${value}`);
        case 'url': {
          // A URL on a company's own site with nothing behind the host is that site.
          const [host = '', ...rest] = value.split(/[/?]/);
          return rest.join('') === '' ? domain(host, exact, below) : undefined;
        }
        default:
          return undefined;
      }
    },
  };
}

function domain(
  value: string,
  exact: ReadonlyMap<string, string>,
  below: ReadonlyMap<string, string>,
): string | undefined {
  const itself = exact.get(`domain:${value}`);
  if (itself !== undefined) return itself;
  for (let dot = value.indexOf('.'); dot >= 0; dot = value.indexOf('.', dot + 1)) {
    const parent = below.get(value.slice(dot + 1));
    if (parent !== undefined) return parent;
  }
  return undefined;
}

// `4/3221225985` is how an address is looked up; its written form says the same to people, and may be defanged.
function bare(written: string, value: string): string {
  const plain = refang(written.trim());
  return parseRange(plain) === undefined ? value : plain;
}

function covers(wide: IpRange): (listed: { range: IpRange }) => boolean {
  return ({ range }) => range.version === wide.version && wide.from <= range.from && range.to <= wide.to;
}
