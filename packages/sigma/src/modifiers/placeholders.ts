import { quote, refuse } from '../errors.ts';
import { formatSigmaString, mergeParts, parseSigmaString } from './sigma-string.ts';
import { type DraftNode, MAX_ALTERNATIVES, type RegexPart, type Value, type ValuePart } from './value.ts';

/** Gives the values of a placeholder as Sigma strings (wildcards apply), or undefined to leave it for someone else. */
export type PlaceholderLookup = (name: string, at: number) => readonly string[] | undefined;

/** Resolves the placeholders of a draft in place; a value becomes as many values as its placeholders have together. */
export function resolvePlaceholders(draft: DraftNode, lookup: PlaceholderLookup): void {
  if (draft.kind === 'group') {
    for (const node of draft.of) resolvePlaceholders(node, lookup);
  } else if (draft.values.some(hasPlaceholder)) {
    draft.values = draft.values.flatMap((value) => resolveValue(value, lookup));
    if (draft.values.length > MAX_ALTERNATIVES) tooMany(draft.key, draft.at);
  }
}

/** Whether a value waits for a placeholder. */
export function hasPlaceholder(value: Value): boolean {
  if (value.kind === 'string' || value.kind === 'regex') return value.parts.some((part) => part.kind === 'placeholder');
  return value.kind === 'expansion' && value.of.some(hasPlaceholder);
}

/** The names of the placeholders that a draft waits for. */
export function placeholderNames(draft: DraftNode): string[] {
  if (draft.kind === 'group') return draft.of.flatMap(placeholderNames);
  return draft.values.flatMap(namesOf);
}

function namesOf(value: Value): string[] {
  if (value.kind === 'expansion') return value.of.flatMap(namesOf);
  if (value.kind !== 'string' && value.kind !== 'regex') return [];
  return value.parts.flatMap((part) => (part.kind === 'placeholder' ? [part.name] : []));
}

/** The values that one value becomes. */
export function resolveValue(value: Value, lookup: PlaceholderLookup): Value[] {
  if (!hasPlaceholder(value)) return [value];
  if (value.kind === 'expansion') return [{ ...value, of: value.of.flatMap((one) => resolveValue(one, lookup)) }];
  if (value.kind === 'string') {
    const variants = combine<ValuePart>(value.parts, value, lookup, parseSigmaString);
    return variants.map((variant) => {
      const parts = mergeParts(variant);
      return { ...value, parts, written: `${value.written} (${formatSigmaString(parts)})` };
    });
  }
  if (value.kind !== 'regex') return [value];
  const variants = combine<RegexPart>(value.parts, value, lookup, (text) => [{ kind: 'text', text }]);
  return variants.map((parts) => ({ ...value, parts }));
}

/** Every combination of the placeholders' values, in their order. */
function combine<Part extends { readonly kind: string }>(
  parts: readonly (Part | { readonly kind: 'placeholder'; readonly name: string })[],
  value: Value,
  lookup: PlaceholderLookup,
  read: (text: string) => Part[],
): Part[][] {
  let variants: Part[][] = [[]];
  for (const part of parts) {
    const values = 'name' in part ? lookup(part.name, value.at) : undefined;
    if (values === undefined) {
      for (const variant of variants) variant.push(part as Part);
      continue;
    }
    if (variants.length * values.length > MAX_ALTERNATIVES) tooMany(value.written, value.at);
    const replacements = values.map(read);
    variants = variants.flatMap((variant) => replacements.map((replacement) => [...variant, ...replacement]));
  }
  return variants;
}

function tooMany(text: string, at: number): never {
  const message = `the placeholders of ${quote(text)} stand for more than ${MAX_ALTERNATIVES} values`;
  refuse('expand-limit', at, message, 'give shorter lists, or use wildcards in them');
}
