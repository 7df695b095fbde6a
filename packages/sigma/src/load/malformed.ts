import type { YAMLException } from 'js-yaml';
import { refuse } from '../errors.ts';

/** Characters that YAML allows nowhere. */
const UNPRINTABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f\ufffe\uffff]/;

/** Refuses a text that js-yaml could not parse, at the place that it gave or where a control character stands. */
export function malformed(error: YAMLException, text: string, base: number): never {
  const { reason } = error;
  const control = /non-printable|null byte|valid JSON character/.test(reason) ? text.search(UNPRINTABLE) : -1;
  if (control >= 0) {
    const message = 'a control character stands here, which YAML does not allow';
    refuse(
      'yaml-syntax',
      base + control,
      message,
      'remove it; in double quotes it can be written as an escape, `"\\x1b"`',
    );
  }
  const at = base + Math.min(error.mark?.position ?? 0, text.length);
  refuse('yaml-syntax', at, `this is not well-formed YAML: ${reason}`, yamlMend(reason));
}

function yamlMend(reason: string): string {
  if (reason.includes('tab')) return 'indent with spaces, never with tabs';
  if (reason.includes('indentation'))
    return 'check the indentation against the lines above, and that quotes opened before are closed';
  if (reason.includes('maxDepth')) return 'nest less deeply';
  if (reason.includes('escape')) return 'in double quotes a backslash begins an escape; use single quotes';
  if (reason.includes('quoted scalar')) return 'close the quotes that were opened before';
  return 'check quotes, colons and indentation at this place';
}
