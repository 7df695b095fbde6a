import { quote, suggestion } from '../errors.ts';
import { entry } from '../load/attributes.ts';
import type { LintDocument } from './check.ts';

const KEYS = ['product', 'category', 'service'];

/** Keys that a log source doesn't have, and values that routing could not meet. */
export function checkLogsource({ map, report }: LintDocument): void {
  const source = entry(map, 'logsource')?.value;
  if (source?.kind !== 'map') return;
  for (const { key, at, value } of source.entries) {
    if (key === 'definition') continue;
    if (!KEYS.includes(key)) {
      const message = `a log source has no ${quote(key)}; it has no effect on which events meet the rule`;
      report('logsource-key', at, message, `use product, category, service or definition.${suggestion(key, KEYS)}`);
    } else if (value.kind === 'scalar' && !/^[\p{Ll}\p{N}._-]+$/u.test(value.text)) {
      const written = value.text.trim().toLowerCase().replace(/\s+/g, '_');
      report(
        'logsource-value',
        value.at,
        `${quote(value.text)} isn't in lower case without spaces`,
        `write ${quote(written)}`,
      );
    }
  }
}
