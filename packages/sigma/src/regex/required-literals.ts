/**
 * What a text must contain for a regular expression to match at all: a set of folded literals of which at least one
 * occurs in every match. The plan looks for them with all its other needles and runs the expression only on a hit.
 *
 *     (?i)(powershell|pwsh)\.exe.*-enc        → `powershell.exe` or `pwsh.exe`
 *     [\\/](net1?|sc)\s+stop                  → `stop`
 *     \d{3,}                                  → can't say: run it on every value
 *
 * The reader knows RE2's grammar as far as it meets it in rules; at anything else it gives up, which costs time and
 * never a match. It ignores case always (a folded needle occurs wherever the literal does), so flags don't matter.
 */
import { fold } from '../fold.ts';

/** How many texts a part of the expression may stand for before it is treated as open. */
const MAX_EXACT = 16;
/** How many alternatives a requirement may have. */
const MAX_REQUIRED = 64;
/** `[a-d]` and smaller are spelled out. */
const MAX_CLASS = 4;
/** Groups within groups: beyond this the reader gives up. */
const MAX_DEPTH = 50;

/** What is known of a part: every text that it can match (`exact`), or what must occur in them (`required`). */
interface Part {
  readonly exact: readonly string[] | undefined;
  readonly required: readonly string[] | undefined;
}

const OPEN: Part = { exact: undefined, required: undefined };
const EMPTY: Part = { exact: [''], required: undefined };

class GiveUp extends Error {}

/** The folded literals of which one must occur; undefined where nothing can be said. */
export function requiredLiterals(source: string): readonly string[] | undefined {
  try {
    const reader = new Reader(source);
    const part = reader.alternation(0);
    if (!reader.done) return undefined;
    return requirement(part);
  } catch (error) {
    if (error instanceof GiveUp) return undefined;
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
    let run: readonly string[] | undefined = [''];
    let whole = true;
    let best: readonly string[] | undefined;
    while (!this.done && this.#source[this.#at] !== '|' && this.#source[this.#at] !== ')') {
      const part = this.#repeated(depth);
      const longer: readonly string[] | undefined = part.exact && run && joined(run, part.exact);
      if (longer !== undefined) {
        run = longer;
        continue;
      }
      whole = false;
      best = better(best, usable(run));
      best = better(best, requirement(part));
      run = part.exact ?? [''];
    }
    if (whole) return { exact: run, required: undefined };
    return { exact: undefined, required: better(best, usable(run)) };
  }

  #repeated(depth: number): Part {
    let part = this.#single(depth);
    for (;;) {
      const next = this.#source[this.#at];
      if (next === '?') part = part.exact ? either([part, EMPTY]) : OPEN;
      else if (next === '*') part = OPEN;
      else if (next === '+') part = { exact: undefined, required: requirement(part) };
      else if (next === '{') {
        const bounds = /^\{(\d+)(,?)(\d*)\}/.exec(this.#source.slice(this.#at, this.#at + 16));
        if (bounds === null) throw new GiveUp();
        this.#at += bounds[0].length - 1;
        if (Number(bounds[1]) === 0) part = OPEN;
        else if (bounds[2] !== '' || bounds[1] !== '1') part = { exact: undefined, required: requirement(part) };
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
        return OPEN;
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
    if (!/^(?:[^\\^\]-]|\\[^\w\s])+$/.test(body)) return OPEN;
    const units = new Set([...fold(body.replaceAll(/\\(.)/gs, '$1'))]);
    return units.size <= MAX_CLASS ? { exact: [...units], required: undefined } : OPEN;
  }

  #escape(): Part {
    const unit = this.#source[this.#at++];
    if (unit === undefined) throw new GiveUp();
    if ('dDwWsS'.includes(unit)) return OPEN;
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
  if (/[\ud800-\udfff]/.test(text)) throw new GiveUp();
  return { exact: [fold(text)], required: undefined };
}

function either(branches: readonly Part[]): Part {
  const exact: string[] = [];
  for (const branch of branches) {
    if (branch.exact === undefined) return { exact: undefined, required: eitherRequired(branches) };
    exact.push(...branch.exact);
  }
  const distinct = [...new Set(exact)];
  if (distinct.length <= MAX_EXACT) return { exact: distinct, required: undefined };
  return { exact: undefined, required: eitherRequired(branches) };
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

function joined(heads: readonly string[], tails: readonly string[]): readonly string[] | undefined {
  if (heads.length * tails.length > MAX_EXACT) return undefined;
  return heads.flatMap((head) => tails.map((tail) => head + tail));
}

function better(a: readonly string[] | undefined, b: readonly string[] | undefined): readonly string[] | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return worth(b) > worth(a) ? b : a;
}

/** The length of the shortest, less what more alternatives let through. */
function worth(texts: readonly string[]): number {
  return Math.min(8, ...texts.map((text) => text.length)) - Math.log2(texts.length) / 2;
}
