import type { IndicatorType } from './indicator.ts';

/** One comparison of a STIX pattern. */
export interface Comparison {
  readonly type: IndicatorType | 'hash';
  readonly value: string;
}

const PATHS: Readonly<Record<string, IndicatorType | 'hash'>> = {
  'domain-name:value': 'domain',
  'ipv4-addr:value': 'ip',
  'ipv6-addr:value': 'ip',
  'url:value': 'url',
  'email-addr:value': 'email',
  'email-message:sender_ref.value': 'email',
  'email-message:from_ref.value': 'email',
  'file:name': 'file-name',
  'file:hashes.md5': 'md5',
  'file:hashes.sha-1': 'sha1',
  'file:hashes.sha1': 'sha1',
  'file:hashes.sha-256': 'sha256',
  'file:hashes.sha256': 'sha256',
  'directory:path': 'file-path',
  'mutex:name': 'mutex',
  'windows-registry-key:key': 'registry-key',
};

/** Longest pattern that is read; every feed's simple ones are far below. */
const MAX_PATTERN = 20_000;
/** `path = 'value'` with the quotes and backslashes inside escaped. */
const COMPARISON = /^([a-z0-9-]+:[a-z0-9_.'"-]+)\s*(=|IN)\s*('(?:[^'\\]|\\.)*'|\((?:\s*'(?:[^'\\]|\\.)*'\s*,?)+\s*\))/i;

/**
 * Reads the simple patterns that feeds are made of: one or more `[object:path = 'value']`, joined by OR. A text says why a pattern isn't
 * one: with AND, FOLLOWEDBY, LIKE or NOT a single value wouldn't mean what its author meant.
 */
export function readStixPattern(pattern: string): Comparison[] | string {
  if (pattern.length > MAX_PATTERN) return 'the pattern is too long';
  const found: Comparison[] = [];
  let rest = pattern.trim();
  let depth = 0;
  while (rest !== '') {
    const open = /^[[(]\s*/.exec(rest);
    if (open !== null) {
      depth++;
      rest = rest.slice(open[0].length);
      continue;
    }
    const close = /^\s*[\])]\s*/.exec(rest);
    if (close !== null) {
      depth--;
      rest = rest.slice(close[0].length);
      continue;
    }
    const or = /^\s*OR\s+|^\s*OR(?=[[(])/i.exec(rest);
    if (or !== null && found.length > 0) {
      rest = rest.slice(or[0].length);
      continue;
    }
    const comparison = COMPARISON.exec(rest);
    if (comparison === null) {
      const word =
        /^\s*(AND|FOLLOWEDBY|WITHIN|REPEATS|START|NOT|LIKE|MATCHES|ISSUBSET)\b/i.exec(rest)?.[1] ??
        /\b(LIKE|MATCHES|NOT|ISSUBSET|!=|<|>)/i.exec(rest)?.[1];
      return word === undefined
        ? 'the pattern has a form that is not read'
        : `the pattern needs ${word.toUpperCase()}, which a single value can't express`;
    }
    const path = comparison[1]!.toLowerCase().replace(/['"]/g, '');
    const type = PATHS[path];
    if (type === undefined) return `the pattern asks for ${comparison[1]}, which events here don't carry`;
    for (const quoted of comparison[3]!.matchAll(/'((?:[^'\\]|\\.)*)'/g))
      found.push({ type, value: quoted[1]!.replace(/\\(.)/g, '$1') });
    rest = rest.slice(comparison[0].length);
  }
  if (depth !== 0) return 'its brackets don’t match';
  return found.length === 0 ? 'the pattern holds no value' : found;
}
