/** What can't be said in SQL, found while translating; becomes a `Refusal` at the border. Never leaves the package. */
export class Untranslatable extends Error {
  override readonly name = 'Untranslatable';
  readonly code: string;
  readonly mend: string;

  constructor(code: string, message: string, mend: string) {
    super(message);
    this.code = code;
    this.mend = mend;
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  "'": "\\'",
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\0': '\\0',
};

/**
 * Text as a string literal of ClickHouse. Backslash, quote and every control character are escaped, so nothing in a
 * rule can end the literal or the statement.
 */
export function sqlString(text: string): string {
  if (!text.isWellFormed()) {
    const message = 'it asks for half a character (a lone surrogate), which UTF-8 cannot hold';
    throw new Untranslatable('sql-text', message, 'Write the whole character.');
  }
  return `'${text.replace(/[\\'\u0000-\u001f\u007f]/g, (char) => ESCAPES[char] ?? hex(char))}'`;
}

function hex(char: string): string {
  return `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`;
}

/** A name as a quoted identifier. */
export function sqlIdentifier(name: string): string {
  if (name === '') throw new TypeError('an identifier must not be empty');
  const literal = sqlString(name);
  return `\`${literal.slice(1, -1).replaceAll("\\'", "'").replaceAll('`', '\\`')}\``;
}

/** A number as a Float64 literal: one type for all, so that lists of them have one. */
export function sqlNumber(value: number): string {
  if (!Number.isFinite(value)) {
    throw new Untranslatable('sql-number', `it compares with ${value}`, 'Compare with a finite number.');
  }
  const text = String(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

/** Text as a piece of an RE2 expression that matches it literally. */
export function regexLiteral(text: string): string {
  return text.replace(/[\\^$.|?*+()[\]{}\u0000-\u001f\u007f]/g, (char) =>
    char < ' ' || char === '\x7f' ? hex(char) : `\\${char}`,
  );
}
