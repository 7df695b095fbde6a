import type { Refusal } from '../ast.ts';
import type { Code } from '../errors.ts';
import type { Source } from './source.ts';

/** What the reading of one document carries along: where it is, and what was noticed on the way. */
export class Context {
  readonly source: Source;
  /** offset of the document */
  readonly at: number;
  /** title or id, once read */
  rule: string | undefined;
  readonly #warnings: Refusal[];

  constructor(source: Source, at: number, warnings: Refusal[]) {
    this.source = source;
    this.at = at;
    this.#warnings = warnings;
  }

  /** Notes something that should be otherwise; the document runs all the same. */
  warn(code: Code, at: number, message: string, mend: string): void {
    this.#warnings.push(this.source.issue('warning', code, at, message, mend, this.rule));
  }
}
