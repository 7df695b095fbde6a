import type { Correlation, Refusal } from '../ast.ts';

/** A refusal of a correlation, placed at its document. */
export function refusal(correlation: Correlation, code: string, message: string, mend: string): Refusal {
  const { file, span, title } = correlation;
  return { code, message, mend, file, line: span.line, column: span.column, rule: title, severity: 'error' };
}
