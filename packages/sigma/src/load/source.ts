import type { Refusal, Span } from '../ast.ts';
import type { Code } from '../errors.ts';

/** A rule file's text, with lines found when first asked for: most loads ask for few. */
export class Source {
  readonly file: string;
  readonly text: string;
  #starts: Int32Array | undefined;

  constructor(file: string, text: string) {
    this.file = file;
    this.text = text;
  }

  /** Line and column of an offset, both 1-based; the column counts UTF-16 units. */
  span(offset: number): Span {
    this.#starts ??= lineStarts(this.text);
    const starts = this.#starts;
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (starts[middle] <= offset) low = middle;
      else high = middle - 1;
    }
    return Object.freeze({ line: low + 1, column: Math.max(0, offset - starts[low]) + 1 });
  }

  /** The place of a character inside a value that begins at `at`; that of the value where it is spelled otherwise. */
  placeIn(at: number, value: string, offset: number): number {
    const from = this.text[at] === "'" || this.text[at] === '"' ? at + 1 : at;
    return this.text.startsWith(value, from) ? from + offset : at;
  }

  /** A refusal or warning at an offset of this text. */
  issue(
    severity: 'error' | 'warning',
    code: Code,
    at: number,
    message: string,
    mend: string,
    rule: string | undefined,
  ): Refusal {
    const span = this.span(at);
    return Object.freeze({
      code,
      message,
      mend,
      file: this.file,
      line: span.line,
      column: span.column,
      ...(rule === undefined ? {} : { rule }),
      severity,
    });
  }
}

function lineStarts(text: string): Int32Array {
  const starts = [0];
  let at = text.indexOf('\n');
  while (at >= 0) {
    starts.push(at + 1);
    at = text.indexOf('\n', at + 1);
  }
  return Int32Array.from(starts);
}
