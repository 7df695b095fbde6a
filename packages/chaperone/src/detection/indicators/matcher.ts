import { type IpRange, IpSet, parseIp, parseRange } from '../../registry/index.ts';
import type { NormalPath } from '../../telemetry/index.ts';
import type { Indicator } from './indicator.ts';
import { ipKey, pathKey, pipeKey, refang, registryKey, urlKey } from './normalise.ts';

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
 * Makes a matcher. Every look-up is a few steps in hash tables (a domain: one per label; a path: one for the whole, one for its file name)
 * or one binary search over address blocks: a million indicators cost what a thousand do.
 */
export function createIndicatorMatcher(indicators: Iterable<Indicator>): IndicatorMatcher {
  return new TableMatcher(indicators);
}

class TableMatcher implements IndicatorMatcher {
  readonly paths: readonly NormalPath[];
  readonly size: number;
  readonly #domains = new Map<string, Indicator[]>();
  readonly #urls = new Map<string, Indicator[]>();
  readonly #ips = new Map<string, Indicator[]>();
  readonly #blocks: IpSet<Indicator[]>;
  readonly #emails = new Map<string, Indicator[]>();
  readonly #hashes = new Map<string, Indicator[]>();
  readonly #fileNames = new Map<string, Indicator[]>();
  readonly #filePatterns: { readonly test: RegExp; readonly indicators: Indicator[] }[] = [];
  readonly #filePaths = new Map<string, Indicator[]>();
  readonly #mutexes = new Map<string, Indicator[]>();
  readonly #pipes = new Map<string, Indicator[]>();
  readonly #registry = new Map<string, Indicator[]>();

  constructor(indicators: Iterable<Indicator>) {
    const blocks = new Map<string, Indicator[]>();
    let size = 0;
    for (const indicator of indicators) {
      size++;
      this.#add(indicator, blocks);
    }
    this.size = size;
    this.#blocks = new IpSet(nest(blocks));
    this.paths = this.#askable();
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
        return this.#emails.get(text.trim().toLowerCase()) ?? NONE;
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
          this.#mutexes.get(text.replace(/^\\(?:Sessions\\\d+\\)?(?:BaseNamedObjects\\)?(?:Global\\|Local\\)?/, '')) ??
          NONE
        );
      case 'reg_key.path':
        return this.#registryOf(text);
      case 'share':
        return this.#pipes.get(pipeKey(text)) ?? NONE;
      default:
        return NONE;
    }
  }

  #askable(): NormalPath[] {
    const paths: NormalPath[] = [];
    const names = this.#domains.size > 0;
    const addresses = this.#ips.size > 0 || this.#blocks.size > 0;
    const files = this.#fileNames.size > 0 || this.#filePatterns.length > 0;
    if (addresses) paths.push('src_endpoint.ip', 'dst_endpoint.ip');
    if (names || addresses) paths.push('src_endpoint.hostname', 'dst_endpoint.hostname', 'dns.query');
    if (names || addresses || this.#urls.size > 0) paths.push('url');
    if (this.#emails.size > 0) paths.push('email');
    if (this.#hashes.size > 0) paths.push('process.hashes', 'file.hashes');
    if (files || this.#filePaths.size > 0 || this.#pipes.size > 0)
      paths.push('process.file.path', 'process.parent_process.file.path', 'file.path', 'service.cmd_line');
    if (files) paths.push('process.original_file_name');
    if (this.#mutexes.size > 0) paths.push('mutex');
    if (this.#registry.size > 0) paths.push('reg_key.path');
    if (this.#pipes.size > 0) paths.push('share');
    return paths;
  }

  #add(indicator: Indicator, blocks: Map<string, Indicator[]>): void {
    const { type, value } = indicator;
    if (type === 'domain') push(this.#domains, value, indicator);
    else if (type === 'url') push(this.#urls, value, indicator);
    else if (type === 'ip') push(this.#ips, value, indicator);
    else if (type === 'cidr') push(blocks, value, indicator);
    else if (type === 'email') push(this.#emails, value, indicator);
    else if (type === 'md5' || type === 'sha1' || type === 'sha256' || type === 'imphash')
      push(this.#hashes, value, indicator);
    else if (type === 'file-path') push(this.#filePaths, value, indicator);
    else if (type === 'mutex') push(this.#mutexes, value, indicator);
    else if (type === 'pipe') push(this.#pipes, value, indicator);
    else if (type === 'registry-key') push(this.#registry, value, indicator);
    else if (value.includes('[digits]'))
      this.#filePatterns.push({ test: digitsPattern(value), indicators: [indicator] });
    else push(this.#fileNames, value, indicator);
  }

  #address(text: string): readonly Indicator[] {
    const key = ipKey(text);
    if (key === undefined) return NONE;
    const exact = this.#ips.get(key);
    const blocks = this.#blocks.size === 0 ? undefined : this.#blocks.find(text);
    if (exact === undefined) return blocks ?? NONE;
    return blocks === undefined ? exact : [...exact, ...blocks];
  }

  // The name itself and each name above it, down to two labels: `a.b.evil.example` is under `evil.example`.
  #name(text: string): readonly Indicator[] {
    if (this.#domains.size === 0 && this.#ips.size === 0) return NONE;
    let name = text.trim().toLowerCase();
    if (name.endsWith('.')) name = name.slice(0, -1);
    if (name.length > 253) return NONE;
    if (/^[\d.]+$|:/.test(name)) return this.#address(name);
    let found: readonly Indicator[] = NONE;
    for (;;) {
      const here = this.#domains.get(name);
      if (here !== undefined) found = found === NONE ? here : [...found, ...here];
      const dot = name.indexOf('.');
      if (dot < 0) return found;
      name = name.slice(dot + 1);
    }
  }

  #url(text: string): readonly Indicator[] {
    const key = urlKey(refang(text));
    const whole = this.#urls.get(key) ?? this.#urls.get(key.replace(/[?].*$/, '')) ?? NONE;
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
      const hit = this.#hashes.get(equals < 0 ? part : part.slice(equals + 1));
      if (hit !== undefined) found = found === NONE ? hit : [...found, ...hit];
    }
    return found;
  }

  #path(text: string): readonly Indicator[] {
    const key = pathKey(text);
    const slash = key.lastIndexOf('\\');
    let found = this.#filePaths.get(key) ?? NONE;
    // A listed folder stands for what lies in it; walking up is bounded by the path's own length.
    if (this.#filePaths.size > 0) {
      for (let end = slash; end > 2; end = key.lastIndexOf('\\', end - 1)) {
        const folder = this.#filePaths.get(key.slice(0, end));
        if (folder !== undefined) found = [...found, ...folder];
      }
    }
    const names = this.#fileName(slash < 0 ? key : key.slice(slash + 1));
    const pipes =
      this.#pipes.size > 0 && /pipe\\|^\\[^\\]+$/.test(text) ? (this.#pipes.get(pipeKey(text)) ?? NONE) : NONE;
    return names === NONE && pipes === NONE ? found : [...found, ...names, ...pipes];
  }

  #fileName(name: string): readonly Indicator[] {
    const exact = this.#fileNames.get(name);
    if (this.#filePatterns.length === 0) return exact ?? NONE;
    const matching = this.#filePatterns.filter(({ test }) => test.test(name)).flatMap((pattern) => pattern.indicators);
    return matching.length === 0 ? (exact ?? NONE) : [...(exact ?? []), ...matching];
  }

  // The key itself, and keys above it: what lies under a listed key is its work.
  #registryOf(text: string): readonly Indicator[] {
    let key = registryKey(text);
    let found: readonly Indicator[] = NONE;
    for (;;) {
      const here = this.#registry.get(key);
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
