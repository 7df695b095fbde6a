import { type IpRange, IpSet, parseIp, parseRange } from '../../registry/index.ts';
import type { NormalPath } from '../../telemetry/index.ts';
import type { Indicator } from './indicator.ts';
import { ipKey, pathKey, pipeKey, refang, registryKey, urlKey } from './normalise.ts';
import { IndicatorStore, IndicatorTable, KIND, type PackedIndicators } from './store.ts';

/** Looks values up among indicators. The answer depends on path and value alone, so it may be remembered by value. */
export interface IndicatorMatcher {
  /** the only paths whose values can match: nothing else need be asked */
  readonly paths: readonly NormalPath[];
  readonly size: number;
  /** All indicators that a value of this path is; none is an empty array, always the same one. */
  match(path: NormalPath, value: string): readonly Indicator[];
}

const NONE: readonly Indicator[] = [];
/** Values beyond this are looked at by their beginning only. */
const MAX_VALUE = 8_192;

/**
 * Makes a matcher of indicators, packed (threads then share their memory) or one by one. Every look-up is a few steps in hash tables (a domain: one per label; a path: one for the whole, one for its file name)
 * or one binary search over address blocks: a million indicators cost what a thousand do.
 */
export function createIndicatorMatcher(indicators: PackedIndicators | Iterable<Indicator>): IndicatorMatcher {
  if (!(Symbol.iterator in indicators)) return new TableMatcher(indicators);
  const store = new IndicatorStore();
  for (const indicator of indicators) store.add(indicator);
  return new TableMatcher(store.pack());
}

class TableMatcher implements IndicatorMatcher {
  readonly paths: readonly NormalPath[];
  readonly size: number;
  readonly #table: IndicatorTable;
  readonly #blocks: IpSet<Indicator[]>;
  readonly #filePatterns: { readonly test: RegExp; readonly indicators: Indicator[] }[] = [];

  constructor(packed: PackedIndicators) {
    this.#table = new IndicatorTable(packed);
    this.size = packed.size;
    const blocks = new Map<string, Indicator[]>();
    for (const indicator of this.#table.all(KIND.cidr)) push(blocks, indicator.value, indicator);
    for (const indicator of this.#table.all(KIND.pattern))
      this.#filePatterns.push({ test: digitsPattern(indicator.value), indicators: [indicator] });
    this.#blocks = new IpSet(nest(blocks));
    this.paths = this.#askable();
  }

  #has(kind: number): boolean {
    return this.#table.counts[kind]! > 0;
  }

  match(path: NormalPath, value: string): readonly Indicator[] {
    const text = value.length > MAX_VALUE ? value.slice(0, MAX_VALUE) : value;
    switch (path) {
      case 'src_endpoint.ip':
      case 'dst_endpoint.ip':
      case 'src_endpoint.assigned_ip':
        return this.#address(text);
      case 'src_endpoint.hostname':
      case 'dst_endpoint.hostname':
      case 'dns.query':
        return this.#name(text);
      case 'url':
        return this.#url(text);
      case 'email':
        return this.#table.find(KIND.email, text.trim().toLowerCase()) ?? NONE;
      case 'process.hashes':
      case 'file.hashes':
        return this.#hash(text);
      case 'process.file.path':
      case 'process.parent_process.file.path':
      case 'file.path':
        return this.#path(text);
      case 'process.original_file_name':
        return this.#fileName(text.toLowerCase());
      case 'service.cmd_line':
        return this.#path(program(text));
      case 'mutex':
        return (
          this.#table.find(
            KIND.mutex,
            text.replace(/^\\(?:Sessions\\\d+\\)?(?:BaseNamedObjects\\)?(?:Global\\|Local\\)?/, ''),
          ) ?? NONE
        );
      case 'reg_key.path':
        return this.#registryOf(text);
      case 'share':
        return this.#table.find(KIND.pipe, pipeKey(text)) ?? NONE;
      default:
        return NONE;
    }
  }

  #askable(): NormalPath[] {
    const paths: NormalPath[] = [];
    const names = this.#has(KIND.domain);
    const addresses = this.#has(KIND.ip) || this.#blocks.size > 0;
    const files = this.#has(KIND['file-name']) || this.#filePatterns.length > 0;
    if (addresses) paths.push('src_endpoint.ip', 'dst_endpoint.ip');
    if (names || addresses) paths.push('src_endpoint.hostname', 'dst_endpoint.hostname', 'dns.query');
    if (names || addresses || this.#has(KIND.url)) paths.push('url');
    if (this.#has(KIND.email)) paths.push('email');
    if (this.#has(KIND.hash)) paths.push('process.hashes', 'file.hashes');
    if (files || this.#has(KIND['file-path']) || this.#has(KIND.pipe))
      paths.push('process.file.path', 'process.parent_process.file.path', 'file.path', 'service.cmd_line');
    if (files) paths.push('process.original_file_name');
    if (this.#has(KIND.mutex)) paths.push('mutex');
    if (this.#has(KIND['registry-key'])) paths.push('reg_key.path');
    if (this.#has(KIND.pipe)) paths.push('share');
    return paths;
  }

  #address(text: string): readonly Indicator[] {
    const key = ipKey(text);
    if (key === undefined) return NONE;
    const exact = this.#table.find(KIND.ip, key);
    const blocks = this.#blocks.size === 0 ? undefined : this.#blocks.find(text);
    if (exact === undefined) return blocks ?? NONE;
    return blocks === undefined ? exact : [...exact, ...blocks];
  }

  // The name itself and each name above it, down to two labels: `a.b.evil.example` is under `evil.example`.
  #name(text: string): readonly Indicator[] {
    if (!this.#has(KIND.domain) && !this.#has(KIND.ip)) return NONE;
    let name = text.trim().toLowerCase();
    if (name.endsWith('.')) name = name.slice(0, -1);
    if (name.length > 253) return NONE;
    if (/^[\d.]+$|:/.test(name)) return this.#address(name);
    let found: readonly Indicator[] = NONE;
    for (let dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.')) {
      const here = this.#table.find(KIND.domain, name);
      if (here !== undefined) found = found === NONE ? here : [...found, ...here];
      name = name.slice(dot + 1);
    }
    return found;
  }

  #url(text: string): readonly Indicator[] {
    const key = urlKey(refang(text));
    const query = key.indexOf('?');
    const whole =
      this.#table.find(KIND.url, key) ??
      (query < 0 ? undefined : this.#table.find(KIND.url, key.slice(0, query))) ??
      NONE;
    const host = /^(?:\[([^\]]+)\]|([^/:?]+))/.exec(key);
    const name = host?.[1] ?? host?.[2];
    const byHost = name === undefined ? NONE : parseIp(name) === undefined ? this.#name(name) : this.#address(name);
    return whole === NONE ? byHost : byHost === NONE ? whole : [...whole, ...byHost];
  }

  // `SHA1=..,MD5=..,SHA256=..,IMPHASH=..` as Sysmon writes them, or one bare hash.
  #hash(text: string): readonly Indicator[] {
    let found: readonly Indicator[] = NONE;
    const lower = text.toLowerCase();
    for (const part of lower.split(/[,;|\s]+/, 16)) {
      const equals = part.search(/[=:]/);
      const hit = this.#table.find(KIND.hash, equals < 0 ? part : part.slice(equals + 1));
      if (hit !== undefined) found = found === NONE ? hit : [...found, ...hit];
    }
    return found;
  }

  #path(text: string): readonly Indicator[] {
    const key = pathKey(text);
    const slash = key.lastIndexOf('\\');
    let found = this.#table.find(KIND['file-path'], key) ?? NONE;
    // A listed folder stands for what lies in it; walking up is bounded by the path's own length.
    if (this.#has(KIND['file-path'])) {
      for (let end = slash; end > 2; end = key.lastIndexOf('\\', end - 1)) {
        const folder = this.#table.find(KIND['file-path'], key.slice(0, end));
        if (folder !== undefined) found = [...found, ...folder];
      }
    }
    const names = this.#fileName(slash < 0 ? key : key.slice(slash + 1));
    const pipes =
      this.#has(KIND.pipe) && /pipe\\|^\\[^\\]+$/.test(text)
        ? (this.#table.find(KIND.pipe, pipeKey(text)) ?? NONE)
        : NONE;
    return names === NONE && pipes === NONE ? found : [...found, ...names, ...pipes];
  }

  #fileName(name: string): readonly Indicator[] {
    const exact = this.#table.find(KIND['file-name'], name);
    if (this.#filePatterns.length === 0) return exact ?? NONE;
    const matching = this.#filePatterns.filter(({ test }) => test.test(name)).flatMap((pattern) => pattern.indicators);
    return matching.length === 0 ? (exact ?? NONE) : [...(exact ?? []), ...matching];
  }

  // The key itself, and keys above it: what lies under a listed key is its work.
  #registryOf(text: string): readonly Indicator[] {
    let key = registryKey(text);
    let found: readonly Indicator[] = NONE;
    for (;;) {
      const here = this.#table.find(KIND['registry-key'], key);
      if (here !== undefined) found = found === NONE ? here : [...found, ...here];
      const slash = key.lastIndexOf('\\');
      if (slash <= 4) return found;
      key = key.slice(0, slash);
    }
  }
}

// Blocks one inside the other: the innermost answers a look-up, so it must also speak for those around it. CIDR blocks never cross,
// so those around a block are the ones still open in order of start.
function* nest(blocks: ReadonlyMap<string, Indicator[]>): Generator<{ range: IpRange; value: Indicator[] }> {
  const ranges = [...blocks].map(([text, indicators]) => ({ range: parseRange(text)!, value: indicators }));
  ranges.sort(
    (a, b) =>
      a.range.version - b.range.version ||
      (a.range.from < b.range.from ? -1 : a.range.from > b.range.from ? 1 : a.range.to > b.range.to ? -1 : 1),
  );
  const open: typeof ranges = [];
  for (const block of ranges) {
    while (
      open.length > 0 &&
      (open[open.length - 1]!.range.version !== block.range.version ||
        open[open.length - 1]!.range.to < block.range.from)
    )
      open.pop();
    const around = open[open.length - 1];
    const whole = around === undefined ? block : { range: block.range, value: [...block.value, ...around.value] };
    open.push(whole);
    yield whole;
  }
}

// `[digits].plg` of the Cloud Hopper list: any number of digits.
function digitsPattern(value: string): RegExp {
  // More than two such gaps would let a hostile name make the expression try many ways: the rest is taken as written.
  const [first, second, ...rest] = value.split('[digits]');
  const parts = [first!, second!, ...(rest.length === 0 ? [] : [rest.join('[digits]')])].map((part) =>
    part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'),
  );
  return new RegExp(`^${parts.join('\\d{1,32}')}$`);
}

// The program of a command line or image path.
function program(line: string): string {
  const quoted = /^\s*"([^"]+)"/.exec(line);
  if (quoted !== null) return quoted[1]!;
  const ending = /^\s*(.{1,1024}?\.(?:exe|dll|sys|com|bat|cmd))(?:\s|$)/i.exec(line);
  return ending?.[1] ?? line.trim().split(/\s/, 1)[0] ?? '';
}

function push(map: Map<string, Indicator[]>, key: string, indicator: Indicator): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [indicator]);
  else list.push(indicator);
}
