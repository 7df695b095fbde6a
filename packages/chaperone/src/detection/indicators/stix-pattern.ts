import type { IndicatorType } from './indicator.ts';

/** One comparison of a STIX pattern. */
export interface Comparison {
  readonly type: IndicatorType | 'hash';
  readonly value: string;
}

/** What of a pattern can be matched by single values, and what can't, each in words. */
export interface ReadPattern {
  readonly comparisons: readonly Comparison[];
  readonly unmatched: readonly string[];
}

const PATHS: Readonly<Record<string, IndicatorType | 'hash'>> = {
  'domain-name:value': 'domain',
  'ipv4-addr:value': 'ip',
  'ipv6-addr:value': 'ip',
  'url:value': 'url',
  'email-addr:value': 'email',
  'email-message:sender_ref.value': 'email',
  'email-message:from_ref.value': 'email',
  'network-traffic:dst_ref.value': 'ip',
  'network-traffic:src_ref.value': 'ip',
  'file:name': 'file-name',
  'file:hashes.md5': 'md5',
  'file:hashes.sha-1': 'sha1',
  'file:hashes.sha1': 'sha1',
  'file:hashes.sha-256': 'sha256',
  'file:hashes.sha256': 'sha256',
  'process:image_ref.hashes.md5': 'md5',
  'process:image_ref.hashes.sha-1': 'sha1',
  'process:image_ref.hashes.sha-256': 'sha256',
  'directory:path': 'file-path',
  'mutex:name': 'mutex',
  'windows-registry-key:key': 'registry-key',
};
const HASHES: ReadonlySet<string> = new Set(['md5', 'sha1', 'sha256', 'hash']);

/** Longest pattern that is read; every feed's simple ones are far below. */
const MAX_PATTERN = 20_000;
/** Brackets inside each other: real patterns have two or three. */
const MAX_DEPTH = 32;
/** Values of one pattern: lists of addresses in one indicator are long, but not that long. */
const MAX_VALUES = 2_000;

const TOKEN =
  /\s*(?:(?<mark>[[\](),])|(?<text>'(?:[^'\\]|\\.)*')|(?<typed>[btTh]+'(?:[^'\\]|\\.)*')|(?<sign><=|>=|!=|<>|=|<|>)|(?<word>[a-z0-9-]+:(?:[a-z0-9_.*[\]-]|'[^']{0,200}')+|[a-z0-9_.+-]+))/iy;

interface Token {
  readonly kind: 'mark' | 'text' | 'typed' | 'sign' | 'word';
  readonly text: string;
}

/** Why a pattern can't be read at all. */
class Unreadable extends Error {}

/**
 * Reads what of a pattern single values can express. An OR gives all its alternatives, and leaves out (and tells) those that can't be
 * matched. An AND holds if a hash is among its terms: the hash names the file, and what else stands there only describes it. Any other
 * AND, FOLLOWEDBY, LIKE or NOT would mean less by a single value than its author meant, and is told.
 *
 * @example
 * readPattern("[file:hashes.MD5 = '0cc1…' AND file:name = 'a.exe'] OR [domain-name:value LIKE '%.evil']")
 * // { comparisons: [{ type: 'md5', … }], unmatched: ['the pattern needs LIKE, which a single value can’t express'] }
 */
export function readPattern(pattern: string): ReadPattern {
  if (pattern.length > MAX_PATTERN) return { comparisons: [], unmatched: ['the pattern is too long'] };
  try {
    return new PatternReader(tokensOf(pattern)).read();
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return { comparisons: [], unmatched: [error.message] };
  }
}

function tokensOf(pattern: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  const end = pattern.trimEnd().length;
  while (TOKEN.lastIndex < end) {
    const groups = TOKEN.exec(pattern)?.groups;
    if (groups === undefined) throw new Unreadable('the pattern has a form that is not read');
    const [kind, text] = Object.entries(groups).find(([, found]) => found !== undefined)!;
    tokens.push({ kind: kind as Token['kind'], text: text! });
  }
  return tokens;
}

class PatternReader {
  readonly #tokens: readonly Token[];
  #unmatched = new Set<string>();
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  read(): ReadPattern {
    if (this.#tokens.length === 0) throw new Unreadable('the pattern holds no value');
    const comparisons = this.#observations();
    if (this.#at < this.#tokens.length)
      throw new Unreadable(
        this.#isMark(']') || this.#isMark(')') ? 'its brackets don’t match' : 'the pattern has a form that is not read',
      );
    if (comparisons.length > MAX_VALUES) throw new Unreadable(`the pattern holds more than ${MAX_VALUES} values`);
    return { comparisons, unmatched: [...this.#unmatched] };
  }

  // [..] OR [..]: each side for itself.
  #observations(): Comparison[] {
    const found: Comparison[] = [];
    do {
      let side = this.#observation();
      while (this.#isWord('AND') || this.#isWord('FOLLOWEDBY')) {
        this.#needs(this.#next().text);
        this.#observation();
        side = [];
      }
      found.push(...side);
    } while (this.#take('OR'));
    return found;
  }

  #observation(): Comparison[] {
    let found: Comparison[];
    if (this.#takeMark('[')) {
      found = this.#inside(() => this.#alternatives());
      this.#close(']');
    } else if (this.#takeMark('(')) {
      found = this.#inside(() => this.#observations());
      this.#close(')');
    } else throw new Unreadable(this.#at < this.#tokens.length ? this.#strange() : 'its brackets don’t match');
    for (;;) {
      const word = ['WITHIN', 'REPEATS', 'START', 'STOP'].find((candidate) => this.#isWord(candidate));
      if (word === undefined) return found;
      this.#needs(word);
      this.#at += word === 'WITHIN' || word === 'REPEATS' ? 3 : 2;
      found = [];
    }
  }

  #alternatives(): Comparison[] {
    const found: Comparison[] = [];
    do {
      const told = new Set(this.#unmatched);
      const terms = [this.#term()];
      while (this.#take('AND')) terms.push(this.#term());
      if (terms.length === 1) {
        found.push(...terms[0]!);
        continue;
      }
      // What an AND is made of is told as one, unless it takes something away: `hash AND NOT ..` is less than the hash.
      const negated = [...this.#unmatched].some((why) => !told.has(why) && /needs (?:NOT|!=|<>)/.test(why));
      this.#unmatched = told;
      // Of several hashes of one file each says as much as all.
      const hashes = negated ? [] : terms.filter((term) => term.length > 0 && term.every(isHash));
      if (hashes.length === 0) this.#needs('AND');
      found.push(...hashes.flat());
    } while (this.#take('OR'));
    return found;
  }

  #term(): Comparison[] {
    if (this.#takeMark('(')) {
      const found = this.#inside(() => this.#alternatives());
      this.#close(')');
      return found;
    }
    let not = this.#takeWordBefore('EXISTS');
    const path = this.#next();
    if (path.kind !== 'word' || !path.text.includes(':')) throw new Unreadable(this.#strange(-1));
    if (not !== undefined) return this.#refuse('EXISTS');
    if (this.#take('NOT')) not = 'NOT';
    const sign = this.#next();
    const values = this.#values();
    if (not !== undefined) return this.#refuse(not);
    const operator = sign.text.toUpperCase();
    if (operator !== '=' && operator !== 'IN') return this.#refuse(operator);
    const type = PATHS[path.text.toLowerCase().replace(/['"]/g, '')];
    if (type === undefined) {
      this.#unmatched.add(`the pattern asks for ${path.text.slice(0, 80)}, which events here don't carry`);
      return [];
    }
    return values.map((value) => ({ type, value }));
  }

  #values(): string[] {
    if (!this.#takeMark('(')) return [unquoted(this.#next())];
    const values: string[] = [];
    while (!this.#takeMark(')')) {
      values.push(unquoted(this.#next()));
      this.#takeMark(',');
    }
    return values;
  }

  #inside<T>(read: () => T): T {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) throw new Unreadable('the pattern nests too deep');
    const value = read();
    this.#depth -= 1;
    return value;
  }

  #needs(word: string): void {
    this.#unmatched.add(`the pattern needs ${word.toUpperCase()}, which a single value can't express`);
  }

  #refuse(word: string): Comparison[] {
    this.#needs(word);
    return [];
  }

  #next(): Token {
    const token = this.#tokens[this.#at++];
    if (token === undefined) throw new Unreadable('its brackets don’t match');
    return token;
  }

  #isMark(text: string): boolean {
    const token = this.#tokens[this.#at];
    return token?.kind === 'mark' && token.text === text;
  }

  #isWord(text: string): boolean {
    const token = this.#tokens[this.#at];
    return token?.kind === 'word' && token.text.toUpperCase() === text;
  }

  #takeMark(text: string): boolean {
    if (!this.#isMark(text)) return false;
    this.#at += 1;
    return true;
  }

  #take(word: string): boolean {
    if (!this.#isWord(word)) return false;
    this.#at += 1;
    return true;
  }

  #takeWordBefore(word: string): string | undefined {
    const not = this.#take('NOT') ? 'NOT' : undefined;
    return this.#take(word) ? word : not;
  }

  #close(mark: string): void {
    if (!this.#takeMark(mark))
      throw new Unreadable(this.#at >= this.#tokens.length ? 'its brackets don’t match' : this.#strange());
  }

  #strange(back = 0): string {
    const token = this.#tokens[this.#at + back];
    return token === undefined || token.kind === 'mark'
      ? 'its brackets don’t match'
      : 'the pattern has a form that is not read';
  }
}

function isHash({ type }: Comparison): boolean {
  return HASHES.has(type);
}

function unquoted({ kind, text }: Token): string {
  if (kind === 'text') return text.slice(1, -1).replace(/\\(.)/g, '$1');
  if (kind === 'mark') throw new Unreadable('its brackets don’t match');
  return text;
}
