/** What a trial has shown: a row of figures, and whether it went as it must. */
export interface Result {
  readonly trial: string;
  readonly passed: boolean;
  readonly figures: Readonly<Record<string, string | number | boolean>>;
}

/** A table in Markdown, a figure a line. */
export function table({ trial, passed, figures }: Result): string {
  const rows = Object.entries(figures).map(([name, value]) => `| ${name} | ${value} |`);
  return [`| ${trial} | ${passed ? 'as it must' : '**not as it must**'} |`, '|---|---|', ...rows].join('\n');
}
