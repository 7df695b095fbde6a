import type { Json, JsonEvent } from '../event/json-event.ts';
import { isObject } from '../event/json-format.ts';

/** Columns that Log Analytics exports as JSON text within a string. */
const DYNAMIC =
  /^(?:status|deviceDetail|locationDetails|location|initiatedBy|targetResources|additionalDetails|authenticationDetails|conditionalAccessPolicies|networkLocationDetails|mfaDetail|properties|httpRequest|claims|authorization|properties_d)$/i;

const MAX_DYNAMIC = 1 << 20;

/** Parses the JSON text that some columns of an export hold; the object itself is left as it is where there is none. */
export function unfoldDynamic(json: Json): Json {
  let unfolded: Record<string, unknown> | undefined;
  for (const [key, value] of Object.entries(json)) {
    if (typeof value !== 'string') continue;
    const first = value.charCodeAt(0);
    if ((first !== 123 && first !== 91) || value.length > MAX_DYNAMIC || !DYNAMIC.test(key)) continue;
    try {
      const inner: unknown = JSON.parse(value);
      unfolded ??= { ...json };
      unfolded[key] = inner;
    } catch {
      // Not JSON after all: the text stays
    }
  }
  return unfolded ?? json;
}

/** The value of `additionalDetails: [{ key, value }]` by key, without case. */
export function additionalDetail(event: JsonEvent, name: string): string | undefined {
  const details = event.find('additionalDetails');
  if (!Array.isArray(details)) return undefined;
  const wanted = name.toLowerCase();
  for (const detail of details.slice(0, 256)) {
    if (!isObject(detail)) continue;
    const key = detail.key ?? detail.Key;
    const value = detail.value ?? detail.Value;
    if (typeof key === 'string' && key.toLowerCase() === wanted && typeof value === 'string') return value;
  }
  return undefined;
}

/** Modified properties of all targets; bounded. */
export function modifiedProperties(event: JsonEvent): { name: string; before: string; after: string }[] {
  const targets = event.find('targetResources');
  if (!Array.isArray(targets)) return [];
  const found: { name: string; before: string; after: string }[] = [];
  for (const target of targets.slice(0, 64)) {
    if (!isObject(target)) continue;
    const properties = target.modifiedProperties ?? target.ModifiedProperties ?? target.modifiedproperties;
    if (!Array.isArray(properties)) continue;
    for (const property of properties.slice(0, 128)) {
      if (!isObject(property)) continue;
      const name = property.displayName ?? property.DisplayName ?? property.displayname;
      if (typeof name !== 'string') continue;
      found.push({
        name,
        before: plain(property.oldValue ?? property.OldValue ?? property.oldvalue),
        after: plain(property.newValue ?? property.NewValue ?? property.newvalue),
      });
    }
  }
  return found;
}

function plain(value: unknown): string {
  return typeof value === 'string' ? value : value === null || value === undefined ? '' : JSON.stringify(value);
}

/** Rules written for one shape ask for `properties.x`; in the others the value stands at the top. */
export function withoutProperties(field: string, event: JsonEvent): unknown {
  const lower = field.toLowerCase();
  if (!lower.startsWith('properties.')) return undefined;
  return event.get(field.slice(11));
}
