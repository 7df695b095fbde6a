import { quote, refuse } from '../errors.ts';
import { asString, each, type ModifierCall, misfit } from './call.ts';
import { encodeBase64, encodeBase64Offsets, encodeUtf16, type Utf16 } from './encode.ts';
import { addRegexEdges } from './regex-modifiers.ts';
import { addWildcards, literalText } from './sigma-string.ts';
import { MAX_ALTERNATIVES, type Value, type ValuePart } from './value.ts';
import { dashPermutations, windash } from './windash.ts';

/** contains, startswith, endswith */
export function edge(start: boolean, end: boolean) {
  return (whole: Value, call: ModifierCall): Value =>
    each(whole, (value) => {
      if (value.kind === 'regex') return { ...value, parts: addRegexEdges(value.parts, start, end) };
      if (value.kind === 'fieldref') {
        // startswith is a wildcard at the end, so a free end means "starts with"
        return { ...value, startswith: value.startswith || end, endswith: value.endswith || start };
      }
      const text = asString(value);
      if (text === undefined) misfit(value, call, 'text');
      return { ...text, parts: addWildcards(text.parts, start, end) };
    });
}

export function cased(whole: Value, call: ModifierCall): Value {
  return each(whole, (value) => {
    if (value.kind === 'fieldref') return { ...value, cased: true };
    const text = asString(value);
    if (text === undefined) misfit(value, call, value.kind === 'regex' ? 'text (`re` minds case by itself)' : 'text');
    return { ...text, cased: true };
  });
}

export function windashValue(whole: Value, call: ModifierCall): Value {
  return each(whole, (value) => {
    const text = asString(value);
    if (text === undefined) misfit(value, call, 'text');
    return { ...text, parts: windash(text.parts) };
  });
}

export function expand(whole: Value, call: ModifierCall): Value {
  return each(whole, (value) => {
    if (value.kind === 'regex') {
      const parts = value.parts.flatMap((part) => (part.kind === 'text' ? splitPlaceholders(part.text) : [part]));
      return { ...value, parts };
    }
    if (value.kind !== 'string') misfit(value, call, 'text with a `%placeholder%`');
    const parts = value.parts.flatMap((part): ValuePart[] =>
      part.kind === 'text' ? splitPlaceholders(part.text) : [part],
    );
    return { ...value, parts };
  });
}

type Split = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'placeholder'; readonly name: string };

/** Cuts `a%name%b` into its parts; `\%` is a percent sign. */
function splitPlaceholders(text: string): Split[] {
  const parts: Split[] = [];
  let from = 0;
  const plain = (to: number) => {
    const run = text.slice(from, to).replaceAll('\\%', '%');
    if (run !== '') parts.push({ kind: 'text', text: run });
  };
  for (const match of text.matchAll(/(?<!\\)%([^%]+)%/g)) {
    plain(match.index);
    parts.push({ kind: 'placeholder', name: match[1] });
    from = match.index + match[0].length;
  }
  plain(text.length);
  return parts;
}

/** wide, utf16le, utf16be, utf16 */
export function utf16(form: Utf16) {
  return (whole: Value, call: ModifierCall): Value =>
    each(whole, (value) => {
      const text = asString(value);
      if (text === undefined) misfit(value, call, 'text');
      const parts: ValuePart[] = [];
      for (const part of text.parts) {
        if (part.kind === 'dash' || part.kind === 'placeholder' || part.kind === 'one') notEncodable(value, call);
        // the byte order mark belongs to the front only
        else if (part.kind === 'text')
          parts.push({
            kind: 'text',
            text: encodeUtf16(part.text, parts.length > 0 && form === 'utf16' ? 'utf16le' : form),
          });
        else parts.push(part);
      }
      return { ...text, parts };
    });
}

const ENCODED = /^(?:wide|utf16(?:le|be)?|base64(?:offset)?)$/;

export function base64(whole: Value, call: ModifierCall): Value {
  return encodeEach(whole, call, (text, bytewise) => [encodeBase64(text, bytewise)]);
}

export function base64offset(whole: Value, call: ModifierCall): Value {
  return encodeEach(whole, call, encodeBase64Offsets);
}

function encodeEach(whole: Value, call: ModifierCall, encode: (text: string, bytewise: boolean) => string[]): Value {
  const bytewise = ENCODED.test(call.before.at(-1) ?? '');
  const alternatives: Value[] = [];
  const visit = (value: Value): void => {
    if (value.kind === 'expansion') {
      for (const one of value.of) visit(one);
      return;
    }
    const text = asString(value);
    if (text === undefined) misfit(value, call, 'text');
    const variants = dashPermutations(text.parts, 5 ** 4);
    if (variants === undefined) tooMany(value);
    for (const variant of variants) {
      const literal = literalText(variant);
      if (literal === undefined) notEncodable(value, call);
      if (literal === '')
        refuse('modifier-type', value.at, `${quote(call.name)} has nothing to encode`, 'give the value some text');
      for (const encoded of encode(literal, bytewise)) {
        alternatives.push({ ...text, parts: encoded === '' ? [] : [{ kind: 'text', text: encoded }] });
      }
    }
  };
  visit(whole);
  if (alternatives.length > MAX_ALTERNATIVES) tooMany(whole);
  if (alternatives.length === 1) return alternatives[0];
  return { kind: 'expansion', of: alternatives, written: whole.written, at: whole.at };
}

function tooMany(value: Value): never {
  refuse(
    'expand-limit',
    value.at,
    `${quote(value.written)} stands for too many alternatives`,
    'write fewer dashes, or encode parts of it',
  );
}

function notEncodable(value: Value, call: ModifierCall): never {
  refuse(
    'encode-wildcard',
    value.at,
    `${quote(call.name)} can't encode the wildcards or placeholders of ${quote(value.written)}`,
    'escape them with a backslash where they are meant literally; put `contains` behind the encoding',
  );
}
