import type { Condition } from '../ast.ts';
import { listed, quote, refuse, suggestion } from '../errors.ts';
import type { YamlScalar } from '../load/yaml.ts';
import { placeIn, type Token, tokenize } from './tokens.ts';

/** Depth of parentheses and `not`. */
const MAX_DEPTH = 100;
/** Words of one condition, and names that its patterns may stand for in all. The longest of SigmaHQ has 60 words. */
const MAX_WORDS = 2000;
const MAX_NAMED = 100_000;
const OPERATORS = new Set(['and', 'or', 'not', 'of']);

/**
 * Parses a condition over the names of a rule's selections. Precedence, from weak to strong: `or`, `and`, `not`,
 * `x of`, parentheses. `1 of`, `any of` and `all of` take a name, a pattern with `*` anywhere, or `them`; patterns
 * leave out names that start with `_` unless the pattern does too.
 * @throws Refused with the place inside the condition
 */
export function parseCondition(node: YamlScalar, names: readonly string[]): Condition {
  const parser = new Parser(node, tokenize(node), names);
  return parser.whole();
}

class Parser {
  readonly #node: YamlScalar;
  readonly #tokens: readonly Token[];
  readonly #names: readonly string[];
  readonly #known: ReadonlySet<string>;
  #named = 0;
  #next = 0;
  #depth = 0;

  constructor(node: YamlScalar, tokens: readonly Token[], names: readonly string[]) {
    this.#node = node;
    this.#tokens = tokens;
    this.#names = names;
    this.#known = new Set(names);
  }

  whole(): Condition {
    if (this.#tokens.length === 0) {
      refuse('condition-missing', this.#node.at, 'the condition is empty', 'name the selection that must hold');
    }
    if (this.#tokens.length > MAX_WORDS) this.#tooLong(`${this.#tokens.length} words, more than ${MAX_WORDS}`);
    const condition = this.#or();
    const rest = this.#tokens[this.#next];
    if (rest !== undefined) {
      const message =
        rest.text === ')' ? 'this parenthesis closes nothing' : `expected \`and\` or \`or\` before ${quote(rest.text)}`;
      this.#fail(rest, message, 'join selections with `and` or `or`');
    }
    return condition;
  }

  #or(): Condition {
    return this.#chain('or', () => this.#and());
  }

  #and(): Condition {
    return this.#chain('and', () => this.#not());
  }

  #chain(kind: 'and' | 'or', operand: () => Condition): Condition {
    const first = operand();
    if (!this.#takes(kind)) return first;
    const of = [first];
    do of.push(operand());
    while (this.#takes(kind));
    return Object.freeze({ kind, of: Object.freeze(of) });
  }

  #not(): Condition {
    const token = this.#tokens[this.#next];
    if (!this.#takes('not')) return this.#operand();
    this.#enter(token);
    const of = this.#not();
    this.#depth--;
    return Object.freeze({ kind: 'not', of });
  }

  #operand(): Condition {
    const token = this.#tokens[this.#next];
    if (token === undefined) {
      const end = { text: '', from: this.#node.text.length };
      this.#fail(end, 'the condition ends where a selection is expected', 'name a selection here');
    }
    if (token.text === '(') return this.#parenthesis(token);
    const quantity = this.#quantity(token.text);
    if (quantity !== undefined && this.#tokens[this.#next + 1]?.text.toLowerCase() === 'of') return this.#of(quantity);
    this.#next++;
    if (token.text === ')' || OPERATORS.has(token.text.toLowerCase())) {
      this.#fail(token, `expected a selection, found ${quote(token.text)}`, 'name a selection here');
    }
    if (token.text.includes('*')) {
      this.#fail(
        token,
        `a pattern needs a quantity before it`,
        `write \`1 of ${token.text}\` or \`all of ${token.text}\``,
      );
    }
    if (!this.#known.has(token.text)) this.#unknown(token);
    return Object.freeze({ kind: 'selection', name: token.text });
  }

  #parenthesis(open: Token): Condition {
    this.#next++;
    this.#enter(open);
    const inner = this.#or();
    this.#depth--;
    if (!this.#takes(')')) this.#fail(open, 'this parenthesis is never closed', 'add `)`');
    return inner;
  }

  #of(quantity: 'all' | 'any'): Condition {
    const first = this.#tokens[this.#next];
    this.#next += 2;
    const target = this.#tokens[this.#next];
    if (target === undefined || target.text === '(' || target.text === ')') {
      this.#fail(target ?? first, '`of` needs a pattern or `them`', 'write, for example, `1 of selection_*`');
    }
    this.#next++;
    const names = matchNames(target.text, this.#names);
    if (names.length === 0) {
      refuse(
        'condition-pattern',
        placeIn(this.#node, target.from),
        `no selection fits ${quote(target.text)}`,
        `the selections are ${listed(this.#names)}${suggestion(target.text, this.#names)}`,
      );
    }
    this.#named += names.length;
    if (this.#named > MAX_NAMED) this.#tooLong(`patterns that stand for more than ${MAX_NAMED} selections`);
    const written = `${first.text} of ${target.text}`;
    return Object.freeze({ kind: 'of', quantity, names: Object.freeze(names), written });
  }

  #quantity(word: string): 'all' | 'any' | undefined {
    const lower = word.toLowerCase();
    if (lower === 'all') return 'all';
    return lower === '1' || lower === 'any' ? 'any' : undefined;
  }

  #takes(word: string): boolean {
    const token = this.#tokens[this.#next];
    // a selection may bear an operator's name in capitals, so exact spelling decides there
    if (token === undefined || token.text.toLowerCase() !== word) return false;
    if (token.text !== word && this.#known.has(token.text)) return false;
    this.#next++;
    return true;
  }

  #enter(token: Token): void {
    if (++this.#depth > MAX_DEPTH) {
      const message = `the condition nests more than ${MAX_DEPTH} deep`;
      refuse('condition-depth', placeIn(this.#node, token.from), message, 'split the rule');
    }
  }

  #unknown(token: Token): never {
    const count = Number(token.text);
    const after = this.#tokens[this.#next]?.text.toLowerCase();
    if (after === 'of' && Number.isInteger(count)) {
      this.#fail(token, `${quote(`${token.text} of`)} isn't part of Sigma`, 'only `1 of`, `any of` and `all of` exist');
    }
    refuse(
      'condition-name',
      placeIn(this.#node, token.from),
      `there is no selection ${quote(token.text)}`,
      `the selections are ${listed(this.#names)}.${suggestion(token.text, this.#names)}`,
    );
  }

  #tooLong(what: string): never {
    refuse('condition-length', this.#node.at, `the condition has ${what}`, 'split the rule');
  }

  #fail(token: Token, message: string, mend: string): never {
    refuse('condition-syntax', placeIn(this.#node, token.from), message, mend);
  }
}

/** The names that a pattern of `x of` stands for, in the order of the rule. */
export function matchNames(pattern: string, names: readonly string[]): string[] {
  const hidden = pattern.startsWith('_');
  const visible = names.filter((name) => hidden || !name.startsWith('_'));
  if (pattern === 'them') return visible;
  const pieces = pattern.split('*');
  return visible.filter((name) => fits(pieces, name));
}

/** Whether a name is the pieces in order with anything between; the first and last piece are its ends. */
function fits(pieces: readonly string[], name: string): boolean {
  if (pieces.length === 1) return name === pieces[0];
  const last = pieces[pieces.length - 1];
  if (!name.startsWith(pieces[0])) return false;
  let at = pieces[0].length;
  for (const piece of pieces.slice(1, -1)) {
    const found = name.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return name.length - at >= last.length && name.endsWith(last);
}
