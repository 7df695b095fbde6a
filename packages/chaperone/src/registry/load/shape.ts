import type { z } from 'zod';
import { type RegistryDocument, registryJsonSchema, registrySchema } from '../schema.ts';
import { didYouMean } from '../suggest.ts';
import type { Complaint, Path, RegistrySource } from './source.ts';

type Issue = z.core.$ZodIssue;

/** Lists whose items stand for themselves: a bad one is set aside, and the others stay. */
const ITEMS = new Set([
  'providers',
  'people',
  'accounts',
  'networks',
  'hosts',
  'links',
  'tools',
  'terms',
  'systems',
  'tickets',
  'list',
  'exceptions',
  'contacts',
  'domains',
  'holidays',
  'entra',
  'aws',
  'pool',
  'cloud',
]);
/** In these an unreadable key makes the whole item mean something else: a term whose `until` is mistyped would never end. */
const WHOLE = new Set([
  'people',
  'accounts',
  'networks',
  'links',
  'tools',
  'terms',
  'tickets',
  'list',
  'exceptions',
  'holidays',
]);
/** Every round removes at least one item, so this bounds hostile files; the rest of the problems is summed up. */
const MAX_ROUNDS = 200;
const MAX_PROBLEMS = 500;

/**
 * Checks the shape and takes out, item by item, what doesn't fit. Gives the document that is left, or undefined when nothing useful is.
 */
export function checkShape(source: RegistrySource): RegistryDocument | undefined {
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const value = source.value();
    if (value === undefined || value === null) {
      if (source.problems.length === 0)
        source.report([], {
          fatal: true,
          code: 'REGISTRY_SHAPE',
          message: 'The file is empty.',
          mend: 'Start with `organization:` and its `name` and `zone`.',
        });
      return undefined;
    }
    const parsed = registrySchema.safeParse(value);
    if (parsed.success) return parsed.data;
    if (!isolate(source, value, parsed.error.issues)) return undefined;
    if (source.problems.length >= MAX_PROBLEMS) break;
  }
  source.report([], {
    fatal: true,
    code: 'REGISTRY_SHAPE',
    message: 'Too many mistakes to go on.',
    mend: 'Mend the ones above first.',
  });
  return undefined;
}

// Reports the issues and removes what they touch; false when what they touch can't be done without.
function isolate(source: RegistrySource, value: unknown, issues: readonly Issue[]): boolean {
  const aside = new Map<string, Path>();
  let fatal = false;
  for (const issue of issues.slice(0, MAX_PROBLEMS)) {
    const { path, complaint } = explain(issue, value);
    const target = setAside(path, complaint.code === 'REGISTRY_UNKNOWN_KEY', complaint.code === 'REGISTRY_MISSING_KEY');
    if (target === undefined) fatal = true;
    else aside.set(JSON.stringify(target), target);
    source.report(path, target === undefined ? { ...complaint, fatal: true } : { ...complaint, setAside: target });
  }
  if (fatal) return false;
  // Later numbers first, so that the ones before keep theirs.
  const targets = [...aside.values()].sort((a, b) => comparePaths(b, a));
  for (const target of targets) source.remove(target);
  return true;
}

function setAside(path: Path, unknownKey: boolean, missing: boolean): Path | undefined {
  for (let at = path.length - 1; at > 0; at--) {
    const list = path[at - 1];
    if (typeof path[at] !== 'number' || typeof list !== 'string' || !ITEMS.has(list)) continue;
    const item = path.slice(0, at + 1);
    if (WHOLE.has(list) || item.length === path.length) return item;
    // Inside a provider or system: only the key, unless it is one that is needed.
    return missing && path.length === item.length + 1 ? item : path.slice(0, item.length + 1);
  }
  if (path[0] === 'organization')
    return unknownKey || (path.length > 2 && path[1] !== 'name') || path[1] === 'slug' ? path.slice(0, 2) : undefined;
  if (path.length >= 1 && path[0] !== 'organization') return path.slice(0, 1);
  return undefined;
}

function comparePaths(a: Path, b: Path): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    if (a[i] === b[i]) continue;
    return typeof a[i] === 'number' && typeof b[i] === 'number'
      ? Number(a[i]) - Number(b[i])
      : String(a[i]) < String(b[i])
        ? -1
        : 1;
  }
  return a.length - b.length;
}

function explain(issue: Issue, root: unknown): { path: Path; complaint: Complaint } {
  const path = issue.path.filter((part) => typeof part !== 'symbol') as (string | number)[];
  const here = lookup(root, path);
  const last = path[path.length - 1];
  const label =
    last === undefined
      ? 'The file'
      : typeof last === 'number'
        ? `This entry of \`${String(path[path.length - 2] ?? '')}\``
        : `\`${last}\``;
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0]!;
    return {
      path: [...path, key],
      complaint: {
        code: 'REGISTRY_UNKNOWN_KEY',
        atKey: true,
        message: `\`${shorten(key)}\` is not known here.`,
        mend: didYouMean(key, keysAt(path), `Known here: ${[...keysAt(path)].join(', ')}.`),
      },
    };
  }
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    // The branch that got furthest is the one that was meant.
    const depth = (branch: readonly Issue[]) =>
      Math.max(
        0,
        ...branch.map(
          (inner) => inner.path.length + (inner.code === 'invalid_type' && inner.path.length === 0 ? 0 : 1),
        ),
      );
    const meant = [...issue.errors].sort((a, b) => depth(b) - depth(a))[0]!;
    if (meant.length > 0 && depth(meant) > 0)
      return explain({ ...meant[0]!, path: [...issue.path, ...meant[0]!.path] } as Issue, root);
    return {
      path,
      complaint: {
        code: 'REGISTRY_VALUE',
        message: `${label} has a form that is not known here: ${kindOf(here)}.`,
        mend: about(path),
      },
    };
  }
  if (issue.code === 'invalid_type' && here === undefined) {
    return {
      path,
      complaint: { code: 'REGISTRY_MISSING_KEY', message: `${label} is missing.`, mend: `Add it. ${about(path)}` },
    };
  }
  if (issue.code === 'invalid_type') {
    return {
      path,
      complaint: {
        code: 'REGISTRY_VALUE',
        message: `${label} should be ${words(issue.expected)}, not ${kindOf(here)}.`,
        mend: about(path),
      },
    };
  }
  if (issue.code === 'invalid_value') {
    const allowed = issue.values.map(String);
    return {
      path,
      complaint: {
        code: 'REGISTRY_VALUE',
        message: `${label} can't be ${kindOf(here)}.`,
        mend: didYouMean(String(here), allowed, `One of: ${allowed.join(', ')}.`),
      },
    };
  }
  if (issue.code === 'too_big')
    return {
      path,
      complaint: {
        code: 'REGISTRY_VALUE',
        message: `${label} is too long.`,
        mend: `At most ${String(issue.maximum)}.`,
      },
    };
  if (issue.code === 'too_small')
    return { path, complaint: { code: 'REGISTRY_VALUE', message: `${label} is empty.`, mend: about(path) } };
  return {
    path,
    complaint: { code: 'REGISTRY_VALUE', message: `${label} can't be ${kindOf(here)}.`, mend: about(path) },
  };
}

function words(expected: string): string {
  if (expected === 'string') return 'a text';
  if (expected === 'array') return 'a list';
  if (expected === 'object') return 'a set of keys';
  return expected === 'boolean' ? '`true` or `false`' : expected;
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (value !== null && typeof value === 'object') return 'a set of keys';
  return `\`${shorten(String(value))}\``;
}

function shorten(text: string): string {
  const clean = text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029`]/g, ' ');
  return clean.length > 60 ? `${clean.slice(0, 60)}…` : clean;
}

function lookup(value: unknown, path: Path): unknown {
  let at = value;
  for (const part of path) {
    if (at === null || typeof at !== 'object' || !Object.hasOwn(at, part)) return undefined;
    at = (at as Record<string | number, unknown>)[part];
  }
  return at;
}

interface JsonSchema {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
}

let jsonSchema: JsonSchema | undefined;

function schemasAt(path: Path): readonly JsonSchema[] {
  jsonSchema ??= registryJsonSchema() as JsonSchema;
  let at: JsonSchema[] = [jsonSchema];
  for (const part of path) {
    at = at
      .flatMap((schema) => [schema, ...(schema.anyOf ?? [])])
      .map((schema) => (typeof part === 'number' ? schema.items : schema.properties?.[part]))
      .filter((schema) => schema !== undefined);
  }
  return at.flatMap((schema) => [schema, ...(schema.anyOf ?? [])]);
}

function keysAt(path: Path): Set<string> {
  return new Set(schemasAt(path).flatMap((schema) => Object.keys(schema.properties ?? {})));
}

function about(path: Path): string {
  return schemasAt(path).find((schema) => schema.description !== undefined)?.description ?? 'See docs/registry.md.';
}
