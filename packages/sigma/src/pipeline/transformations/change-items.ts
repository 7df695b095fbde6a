import { quote, refuse } from '../../errors.ts';
import { resolvePlain } from '../../load/scalar.ts';
import { parseSigmaString } from '../../modifiers/sigma-string.ts';
import type { DraftItem, DraftNode, Value } from '../../modifiers/value.ts';
import type { Parameters } from '../parameters.ts';
import type { Transform } from '../pipeline.ts';
import { pipelineRegex } from '../pipeline-regex.ts';
import { rewriteItems } from '../rewrite.ts';
import { plainText } from '../value-conditions.ts';

export function dropDetectionItem(): Transform {
  return (run, item) => rewriteItems(run, item, () => null);
}

export function detectionItemFailure(parameters: Parameters): Transform {
  const message = parameters.text('message');
  return (run, item) =>
    rewriteItems(run, item, (one) =>
      refuse(
        'pipeline-failure',
        one.at,
        `the pipeline refuses ${quote(one.key)}: ${message}`,
        'change the rule, or leave the pipeline out',
      ),
    );
}

function itemOf(one: DraftItem, field: string, values: readonly Value[]): DraftItem {
  return { kind: 'item', field, key: one.key, modifiers: [], values, linking: 'any', negated: false, at: one.at };
}

const ALGORITHM_BY_LENGTH: Readonly<Record<number, string>> = { 32: 'MD5', 40: 'SHA1', 64: 'SHA256', 128: 'SHA512' };

/** `hashes_fields`: `Hashes: 'SHA1=5F…'` becomes a field per algorithm, `SHA1: '5F…'`. */
export function hashesFields(parameters: Parameters): Transform {
  const algorithms = new Set(parameters.texts('valid_hash_algos'));
  const prefix = parameters.textOr('field_prefix', '');
  const dropAlgorithm = parameters.flag('drop_algo_prefix');
  const fields = new Set(parameters.has('field_to_parse') ? parameters.texts('field_to_parse') : ['Hashes', 'Hash']);
  return (run, item) =>
    rewriteItems(run, item, (one) => {
      if (one.field === null || !fields.has(one.field) || !one.values.every((value) => value.kind === 'string'))
        return undefined;
      const byField = new Map<string, Value[]>();
      for (const value of one.values) {
        const { algorithm, hash } = splitHash(plainText(value));
        if (!algorithms.has(algorithm)) continue;
        const field = prefix + (dropAlgorithm ? '' : algorithm);
        const found = byField.get(field) ?? [];
        byField.set(field, found);
        found.push({ ...value, parts: parseSigmaString(hash), raw: hash });
      }
      if (byField.size === 0) {
        const message = `no value of ${quote(one.key)} names one of the hash algorithms ${[...algorithms].join(', ')}`;
        refuse('pipeline-failure', one.at, message, 'write `SHA256=...`, or add the algorithm to `valid_hash_algos`');
      }
      const of = [...byField].map(([field, values]) => itemOf(one, field, values));
      const group: DraftNode = { kind: 'group', linking: one.linking, of, at: one.at };
      return negatable(one, group);
    });
}

function splitHash(text: string): { algorithm: string; hash: string } {
  const pieces = text.includes('|') ? text.split('|') : text.split('=');
  const trim = (hash: string) => hash.replace(/^[*?]+|[*?]+$/g, '');
  if (pieces.length === 2) return { algorithm: pieces[0].replace(/^\*+/, '').toUpperCase(), hash: trim(pieces[1]) };
  const hash = trim(pieces[0]);
  return { algorithm: ALGORITHM_BY_LENGTH[hash.length] ?? '', hash };
}

/** Carries `neq` of an item over to what it became: "none of these" is "not this one, and not that one". */
function negatable(one: DraftItem, group: Extract<DraftNode, { kind: 'group' }>): DraftNode {
  if (!one.negated) return group;
  for (const node of group.of) if (node.kind === 'item') node.negated = true;
  group.linking = group.linking === 'any' ? 'all' : 'any';
  return group;
}

interface NamedMatch {
  readonly groups?: Readonly<Record<string, string | undefined>>;
}

/** `extract_fields`: named groups of an expression become fields of their own. */
export function extractFields(parameters: Parameters): Transform {
  const source = parameters.text('regex');
  const place = parameters.node('regex').at;
  if (!/\(\?P?<[A-Za-z_]/.test(source))
    parameters.fail(place, 'regex', 'an expression with a named group, `(?P<name>...)`');
  const regex = pipelineRegex(source, place, true);
  const prefix = parameters.has('field_prefix') ? `${parameters.text('field_prefix')}.` : '';
  const keep = parameters.flag('preserve_unmatched');
  return (run, item) =>
    rewriteItems(run, item, (one) => {
      if (one.negated || !one.values.every((value) => value.kind === 'string')) return undefined;
      const of = one.values.flatMap((value): DraftNode[] => {
        const match = regex.exec(plainText(value)) as NamedMatch | null;
        if (match === null) return keep && one.field !== null ? [itemOf(one, one.field, [value])] : [];
        const fields = Object.entries(match.groups ?? {}).filter((pair): pair is [string, string] => Boolean(pair[1]));
        const items = fields.map(([name, text]) => itemOf(one, prefix + name, [captured(text, value)]));
        return items.length === 0 ? [] : [{ kind: 'group', linking: 'all', of: items, at: one.at }];
      });
      return of.length === 0 ? undefined : { kind: 'group', linking: one.linking, of, at: one.at };
    });
}

/** Numbers without leading zeros and null are taken as such, as pySigma does. */
function captured(text: string, from: Value): Value {
  const { written, at } = from;
  if (/^(?:null|none)$/i.test(text)) return { kind: 'null', written, at };
  const value = text !== '0' && text.startsWith('0') ? text : resolvePlain(text);
  if (typeof value === 'number') return { kind: 'number', value, written: text, at };
  return { kind: 'string', parts: parseSigmaString(text), cased: false, raw: text, written, at };
}
