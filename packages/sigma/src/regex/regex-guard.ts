/**
 * What a text must have for a regular expression to match at all: one of a set of folded literals, and a length. The plan
 * looks for the literals with all its other needles, and runs the expression only on a hit.
 *
 *     (?i)(powershell|pwsh)\.exe.*-enc        → `powershell.exe` or `pwsh.exe`
 *     [\\/](net1?|sc)\s+stop                  → `stop` behind a space, a tab, a line feed, …
 *     [0-9]{1,3}\.[0-9]{1,3}                  → `0.` or `1.` or … `9.`: a repetition ends as its inside does
 *     .{1000,}                               → no literal, but 1,000 characters
 *
 * The reader knows RE2's grammar as far as it meets it in rules; at anything else it gives up, which costs time and
 * never a match. It ignores case always (a folded needle occurs wherever the literal does), so flags don't matter.
 */
import { fold } from '../fold.ts';

export interface RegexGuard {
  /** folded literals of which one occurs in every match; undefined where nothing can be said */
  readonly literals: readonly string[] | undefined;
  /** UTF-16 units that a match has at least */
  readonly length: number;
}

/** How many texts a part of the expression may stand for before it is treated as open. */
const MAX_EXACT = 64;
/** How many alternatives a requirement may have. */
const MAX_REQUIRED = 64;
/** Classes up to this size are spelled out: the five white spaces, the ten digits, the sixteen of hexadecimal. */
const MAX_CLASS = 16;
/** A repetition that has to come more often than once is written out up to so many times. */
const MAX_WRITTEN_OUT = 4;
/** Groups within groups: beyond this the reader gives up. */
const MAX_DEPTH = 50;

/** What is known of a part: every text that it can match (`exact`), or what must occur in them (`required`). */
interface Part {
  readonly exact: readonly string[] | undefined;
  readonly required: readonly string[] | undefined;
  /** the shortest match */
  readonly length: number;
  /** a repetition: each match begins with `times` of these, and ends with one */
  readonly edge?: readonly string[];
  readonly times?: number;
}

const OPEN: Part = { exact: undefined, required: undefined, length: 0 };
const OPEN_ONE: Part = { exact: undefined, required: undefined, length: 1 };
const EMPTY: Part = { exact: [''], required: undefined, length: 0 };
const DIGITS: Part = { exact: [...'0123456789'], required: undefined, length: 1 };
const SPACES: Part = { exact: [...'\t\n\f\r '], required: undefined, length: 1 };
const NO_GUARD: RegexGuard = { literals: undefined, length: 0 };

class GiveUp extends Error {}

/** Reads a rule's regular expression for what every match of it must have. */
export function regexGuard(source: string): RegexGuard {
  try {
    const reader = new Reader(source);
    const part = reader.alternation(0);
    return reader.done ? { literals: requirement(part), length: part.length } : NO_GUARD;
  } catch (error) {
    if (error instanceof GiveUp) return NO_GUARD;
    throw error;
  }
}

class Reader {
  readonly #source: string;
  #at = 0;

  constructor(source: string) {
    this.#source = source;
  }

  get done(): boolean {
    return this.#at >= this.#source.length;
  }

  alternation(depth: number): Part {
    if (depth > MAX_DEPTH) throw new GiveUp();
    const branches = [this.#sequence(depth)];
    while (this.#source[this.#at] === '|') {
      this.#at++;
      branches.push(this.#sequence(depth));
    }
    return branches.length === 1 ? branches[0] : either(branches);
  }

  #sequence(depth: number): Part {
    let run: readonly string[] = [''];
    let whole = true;
    let length = 0;
    let best: readonly string[] | undefined;
    while (!this.done && this.#source[this.#at] !== '|' && this.#source[this.#at] !== ')') {
      const part = this.#repeated(depth);
      length += part.length;
      const longer: readonly string[] | undefined = joined(run, part.exact);
      if (longer !== undefined) {
        run = longer;
        continue;
      }
      whole = false;
      for (let time = part.times ?? 0; time > 0; time--) run = joined(run, part.edge) ?? run;
      best = better(best, usable(run));
      best = better(best, requirement(part));
      run = part.exact ?? part.edge ?? [''];
    }
    if (whole) return { exact: run, required: undefined, length };
    return { exact: undefined, required: better(best, usable(run)), length };
  }

  #repeated(depth: number): Part {
    let part = this.#single(depth);
    for (;;) {
      const next = this.#source[this.#at];
      if (next === '?') part = part.exact ? either([part, EMPTY]) : OPEN;
      else if (next === '*') part = OPEN;
      else if (next === '+') part = repetition(part, 1);
      else if (next === '{') {
        const bounds = /^\{(\d+)(,?)(\d*)\}/.exec(this.#source.slice(this.#at, this.#at + 16));
        if (bounds === null) throw new GiveUp();
        this.#at += bounds[0].length - 1;
        const least = Number(bounds[1]);
        if (least === 0) part = OPEN;
        else if (bounds[2] !== '' || least > 1) part = repetition(part, least);
      } else return part;
      this.#at++;
      if (this.#source[this.#at] === '?') this.#at++; // lazy: the same texts
    }
  }

  #single(depth: number): Part {
    const unit = this.#source[this.#at++];
    switch (unit) {
      case '(':
        return this.#group(depth);
      case '[':
        return this.#class();
      case '.':
        return OPEN_ONE;
      case '^':
      case '$':
        return EMPTY;
      case '\\':
        return this.#escape();
      case '*':
      case '+':
      case '?':
        throw new GiveUp();
      default:
        return literal(unit);
    }
  }

  #group(depth: number): Part {
    if (this.#source[this.#at] === '?') {
      const head = /^\?(?:P?<[A-Za-z_]\w*>|[imsU-]*:|[imsU-]+\))/.exec(this.#source.slice(this.#at, this.#at + 200));
      if (head === null) throw new GiveUp();
      this.#at += head[0].length;
      if (head[0].endsWith(')')) return EMPTY; // flags for the rest
    }
    const inner = this.alternation(depth + 1);
    if (this.#source[this.#at] !== ')') throw new GiveUp();
    this.#at++;
    return inner;
  }

  /** Spells out a small class of plain characters; anything else is open. */
  #class(): Part {
    const from = this.#at;
    if (this.#source[this.#at] === '^') this.#at++;
    if (this.#source[this.#at] === ']') this.#at++;
    while (!this.done && this.#source[this.#at] !== ']') {
      if (this.#source.startsWith('[:', this.#at)) throw new GiveUp();
      this.#at += this.#source[this.#at] === '\\' ? 2 : 1;
    }
    if (this.done) throw new GiveUp();
    const body = this.#source.slice(from, this.#at++);
    const units = classUnits(body);
    return units === undefined ? OPEN_ONE : { exact: units, required: undefined, length: 1 };
  }

  #escape(): Part {
    const unit = this.#source[this.#at++];
    if (unit === undefined) throw new GiveUp();
    if (unit === 'd') return DIGITS;
    if (unit === 's') return SPACES;
    if ('DwWS'.includes(unit)) return OPEN_ONE;
    if ('bBAz'.includes(unit)) return EMPTY;
    if (unit === 'n') return literal('\n');
    if (unit === 't') return literal('\t');
    if (unit === 'r') return literal('\r');
    if (/[^\w]/.test(unit) && unit.charCodeAt(0) < 0x80) return literal(unit);
    if (unit === 'x') {
      const code = /^(?:([0-9A-Fa-f]{2})|\{([0-9A-Fa-f]{1,4})\})/.exec(this.#source.slice(this.#at, this.#at + 8));
      if (code === null) throw new GiveUp();
      this.#at += code[0].length;
      return literal(String.fromCharCode(Number.parseInt(code[1] ?? code[2], 16)));
    }
    throw new GiveUp();
  }
}

function literal(text: string): Part {
  // Half of a surrogate pair: RE2 reads code points, so don't take them apart.
  if (SURROGATE.test(text)) throw new GiveUp();
  return { exact: [fold(text)], required: undefined, length: 1 };
}

/** The folded members of a class written with characters, ranges of ASCII and escaped punctuation; undefined for others. */
function classUnits(body: string): readonly string[] | undefined {
  if (body.startsWith('^') || SURROGATE.test(body)) return undefined;
  const units = new Set<string>();
  for (let at = 0; at < body.length; at++) {
    if (body[at] === '\\' && /[\w\s]/.test(body[++at] ?? 'x')) return undefined;
    const first = body[at];
    if (body[at + 1] !== '-' || at + 2 >= body.length) units.add(fold(first));
    else {
      const last = body[at + 2];
      if (!/[0-9A-Za-z]/.test(first) || !/[0-9A-Za-z]/.test(last)) return undefined;
      for (let unit = first.charCodeAt(0); unit <= last.charCodeAt(0); unit++)
        units.add(fold(String.fromCharCode(unit)));
      at += 2;
    }
  }
  return units.size <= MAX_CLASS ? [...units] : undefined;
}

const SURROGATE = /[\ud800-\udfff]/;

/** A part at least once, or more often. */
function repetition(part: Part, least: number): Part {
  const edge = part.edge ?? part.exact;
  const times = part.exact === undefined ? 1 : Math.min(least, MAX_WRITTEN_OUT);
  return { exact: undefined, required: requirement(part), length: part.length * least, edge, times };
}

function either(branches: readonly Part[]): Part {
  const length = Math.min(...branches.map((branch) => branch.length));
  const exact = branches.every((branch) => branch.exact !== undefined)
    ? [...new Set(branches.flatMap((branch) => branch.exact!))]
    : undefined;
  if (exact !== undefined && exact.length <= MAX_EXACT) return { exact, required: undefined, length };
  return { exact: undefined, required: eitherRequired(branches), length };
}

function eitherRequired(branches: readonly Part[]): readonly string[] | undefined {
  const all: string[] = [];
  for (const branch of branches) {
    const required = requirement(branch);
    if (required === undefined) return undefined;
    all.push(...required);
  }
  const distinct = [...new Set(all)];
  return distinct.length <= MAX_REQUIRED ? distinct : undefined;
}

function requirement(part: Part): readonly string[] | undefined {
  return part.exact === undefined ? part.required : usable(part.exact);
}

/** A set with the empty text in it requires nothing. */
function usable(texts: readonly string[] | undefined): readonly string[] | undefined {
  return texts?.every((text) => text.length > 0) ? texts : undefined;
}

function joined(heads: readonly string[], tails: readonly string[] | undefined): readonly string[] | undefined {
  if (tails === undefined || heads.length * tails.length > MAX_EXACT) return undefined;
  return heads.flatMap((head) => tails.map((tail) => head + tail));
}

function better(a: readonly string[] | undefined, b: readonly string[] | undefined): readonly string[] | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return chance(b) < chance(a) ? b : a;
}

/** How likely one of the texts is to occur at a place of a text: rough shares of characters in command lines and paths. */
function chance(texts: readonly string[]): number {
  let sum = 0;
  for (const text of texts) {
    let product = 1;
    for (const unit of text) product *= /[a-z0-9 ]/.test(unit) ? 0.05 : unit < ' ' || unit > '~' ? 0.0005 : 0.015;
    sum += product;
  }
  return sum;
}
