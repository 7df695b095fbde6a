import { quote, refuse } from '../../errors.ts';
import { hasPlaceholder, type PlaceholderLookup, resolveValue } from '../../modifiers/placeholders.ts';
import type { Parameters } from '../parameters.ts';
import type { Run, Transform } from '../pipeline.ts';
import { rewriteItems } from '../rewrite.ts';

/** `include` and `exclude` say which placeholders an item handles; the others are left for later ones. */
function handled(parameters: Parameters): (name: string) => boolean {
  if (parameters.has('include') && parameters.has('exclude')) {
    parameters.fail(parameters.map.at, 'include', 'given without `exclude`');
  }
  if (parameters.has('include')) {
    const names = new Set(parameters.texts('include'));
    return (name) => names.has(name);
  }
  const names = new Set(parameters.has('exclude') ? parameters.texts('exclude') : []);
  return (name) => !names.has(name);
}

function resolveWith(lookup: (run: Run) => PlaceholderLookup): Transform {
  return (run, item) =>
    rewriteItems(run, item, (one) => {
      if (!one.values.some(hasPlaceholder)) return undefined;
      const find = lookup(run);
      one.values = one.values.flatMap((value) => resolveValue(value, find));
      return one;
    });
}

export function wildcardPlaceholders(parameters: Parameters): Transform {
  const handles = handled(parameters);
  return resolveWith(() => (name) => (handles(name) ? ['*'] : undefined));
}

export function valuePlaceholders(parameters: Parameters): Transform {
  const handles = handled(parameters);
  return resolveWith((run) => (name, at) => {
    if (!handles(name)) return undefined;
    if (Object.hasOwn(run.vars, name)) return run.vars[name];
    const message = `the pipelines have no variable for the placeholder ${quote(`%${name}%`)}`;
    refuse('placeholder-unresolved', at, message, `add ${quote(name)} to \`vars\` of the pipeline`);
  });
}
