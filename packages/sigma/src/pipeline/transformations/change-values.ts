import { quote, refuse } from '../../errors.ts';
import { mergeParts, parseSigmaString } from '../../modifiers/sigma-string.ts';
import type { DraftItem, StringValue, Value } from '../../modifiers/value.ts';
import { integerText, numericText } from '../../number.ts';
import type { Parameters } from '../parameters.ts';
import type { Transform } from '../pipeline.ts';
import { pipelineRegex, substitute } from '../pipeline-regex.ts';
import { rewriteItems } from '../rewrite.ts';
import { plainText } from '../value-conditions.ts';
import { snakeCase } from './map-fields.ts';

type Change<V> = (value: V, item: DraftItem) => Value | readonly Value[] | undefined;

/** Rewrites each value of the selected items; undefined leaves a value alone, a list puts several in its place. */
function changeValues(change: Change<Value>): Transform {
  return (run, item) =>
    rewriteItems(run, item, (one) => {
      let touched = false;
      one.values = one.values.flatMap((value) => {
        const result = value.kind === 'expansion' ? undefined : change(value, one);
        if (result === undefined) return [value];
        touched = true;
        return result as Value;
      });
      return touched ? one : undefined;
    });
}

function changeStrings(change: Change<StringValue>): Transform {
  return changeValues((value, item) => (value.kind === 'string' ? change(value, item) : undefined));
}

/** `value` with another text, read as a Sigma string. */
function withText(value: Value, text: string): StringValue {
  const { written, at } = value;
  return {
    kind: 'string',
    parts: parseSigmaString(text),
    cased: value.kind === 'string' && value.cased,
    raw: text,
    written,
    at,
  };
}

/**
 * `replace_string`: works on the text with its wildcards, so that a replacement can bring some; with `skip_special` on
 * the literal parts alone.
 */
export function replaceString(parameters: Parameters): Transform {
  const regex = pipelineRegex(parameters.text('regex'), parameters.node('regex').at, false);
  const replacement = parameters.text('replacement');
  const skipSpecial = parameters.flag('skip_special');
  const interpret = parameters.flag('interpret_special');
  const replace = (text: string): string => substitute(regex, replacement, text);
  return changeValues((value) => {
    if (value.kind === 'number') return withText(value, replace(value.written));
    if (value.kind !== 'string') return undefined;
    if (!skipSpecial) {
      if (value.parts.some((part) => part.kind === 'placeholder' || part.kind === 'dash'))
        return replaceLiterals(value, replace, false);
      // a backslash means itself unless it escapes a wildcard, so double the others before reading the text again
      return withText(value, replace(plainText(value)).replace(/\\(?![*?])/g, '\\\\'));
    }
    return replaceLiterals(value, replace, interpret);
  });
}

function replaceLiterals(value: StringValue, replace: (text: string) => string, interpret: boolean): StringValue {
  const parts = value.parts.flatMap((part) => {
    if (part.kind !== 'text') return [part];
    const text = replace(part.text);
    return interpret ? parseSigmaString(text) : [{ kind: 'text', text } as const];
  });
  return { ...value, parts: mergeParts(parts) };
}

export function mapString(parameters: Parameters): Transform {
  const mapping = parameters.mapping('mapping');
  return changeStrings((value) => mapping.get(plainText(value))?.map((text) => withText(value, text)));
}

/** `set_value`: every value becomes this one. */
export function setValue(parameters: Parameters): Transform {
  const { value: given, text, at: place } = parameters.scalar('value');
  const forced = parameters.has('force_type') ? parameters.word('force_type', ['str', 'num']) : undefined;
  const number = typeof given === 'number' ? given : numericText(text);
  if (forced === 'num' && number === undefined) parameters.fail(place, 'value', 'a number');
  return changeValues((old) => {
    const { written, at } = old;
    if (forced === 'num' || (forced === undefined && typeof given === 'number'))
      return { kind: 'number', value: number!, written: text, at };
    if (forced === 'str' || typeof given === 'string') return withText({ ...old, written: text }, text);
    if (typeof given === 'boolean') return { kind: 'boolean', value: given, written, at };
    return { kind: 'null', written, at };
  });
}

export function convertType(parameters: Parameters): Transform {
  if (parameters.word('target_type', ['str', 'num']) === 'str') {
    return changeValues((value) => (value.kind === 'number' ? withText(value, value.written) : undefined));
  }
  return changeStrings((value) => {
    const { written, at } = value;
    const number = integerText(value.raw) ?? numericText(value.raw);
    if (number === undefined) {
      const message = `${quote(written)} can't be converted to a number as the pipeline asks`;
      refuse('pipeline-failure', at, message, 'narrow the conditions of `convert_type`');
    }
    return { kind: 'number', value: number, written, at };
  });
}

const CASES = { lower: (t: string) => t.toLowerCase(), upper: (t: string) => t.toUpperCase(), snake_case: snakeCase };

export function changeCase(parameters: Parameters): Transform {
  const change = CASES[parameters.word('method', ['lower', 'upper', 'snake_case'], 'lower')];
  return changeStrings((value) => ({
    ...value,
    parts: value.parts.map((part) => (part.kind === 'text' ? { kind: 'text', text: change(part.text) } : part)),
  }));
}

/** `regex`: turns texts into expressions that match the same: a field's whole value, a keyword anywhere. */
export function toRegex(parameters: Parameters): Transform {
  const method = parameters.word(
    'method',
    ['plain', 'ignore_case_flag', 'ignore_case_brackets'],
    'ignore_case_brackets',
  );
  return changeStrings((value, item) => {
    if (value.parts.length === 0) return undefined;
    let source = item.field === null ? '' : '^';
    for (const part of value.parts) {
      if (part.kind === 'any') source += '.*';
      else if (part.kind === 'one') source += '.';
      else if (part.kind === 'dash') source += '[\\-/\u2013\u2014\u2015]';
      else if (part.kind === 'text')
        source += method === 'ignore_case_brackets' ? bracketed(part.text) : escaped(part.text);
      else {
        const message = `the placeholder ${quote(part.name)} can't stand in a regular expression made by \`regex\``;
        refuse('pipeline-failure', value.at, message, 'resolve placeholders before it');
      }
    }
    const flags = method === 'ignore_case_flag' ? 'is' : 's';
    return {
      kind: 'regex',
      parts: [{ kind: 'text', text: item.field === null ? source : `${source}$` }],
      flags,
      written: value.written,
      at: value.at,
    };
  });
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}

function bracketed(text: string): string {
  return [...text].map((char) => bracket(char)).join('');
}

function bracket(char: string): string {
  const [lower, upper] = [char.toLowerCase(), char.toUpperCase()];
  return lower !== upper && lower.length === char.length && upper.length === char.length
    ? `[${lower}${upper}]`
    : escaped(char);
}
