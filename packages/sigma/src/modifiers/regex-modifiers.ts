import { quote, refuse } from '../errors.ts';
import { asString, each, type ModifierCall, misfit } from './call.ts';
import type { RegexPart, Value } from './value.ts';

export function regex(value: Value, call: ModifierCall): Value {
  if (call.before.length > 0) {
    refuse(
      'modifier-order',
      value.at,
      `${quote('re')} must come first; here it stands behind ${quote(call.before.join('|'))}`,
      'put `re` directly behind the field name',
    );
  }
  const text = asString(value);
  if (text === undefined) misfit(value, call, 'text');
  if (text.raw === '')
    refuse('regex-syntax', value.at, 'the regular expression is empty', "write '^$' for an empty value");
  return { kind: 'regex', parts: [{ kind: 'text', text: text.raw }], flags: '', written: value.written, at: value.at };
}

/** i, m, s */
export function flag(letter: 'i' | 'm' | 's') {
  return (whole: Value, call: ModifierCall): Value =>
    each(whole, (value) => {
      if (value.kind !== 'regex') misfit(value, call, 'a regular expression (`re` before it)');
      return value.flags.includes(letter) ? value : { ...value, flags: [...value.flags, letter].sort().join('') };
    });
}

/** Adds `.*` where the expression is neither anchored nor open already. */
export function addRegexEdges(parts: readonly RegexPart[], start: boolean, end: boolean): RegexPart[] {
  const out = [...parts];
  const first = out[0];
  const last = out.at(-1);
  if (start && !(first?.kind === 'text' && /^(?:\^|\.\*)/.test(first.text))) out.unshift({ kind: 'text', text: '.*' });
  if (end && !(last?.kind === 'text' && /(?:\$|\.\*)$/.test(last.text))) out.push({ kind: 'text', text: '.*' });
  return out;
}
