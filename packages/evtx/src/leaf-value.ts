import { Content } from './content.ts';
import type { Layout } from './layout.ts';
import type { LeafSource } from './leaf.ts';
import type { SlotTable } from './slot-table.ts';
import { decodeValue, isEmptyValue } from './value.ts';
import { ValueType } from './value-type.ts';

/** The value of a leaf as the whole event shows it; undefined where the event has none or null. */
export function leafValue(bytes: Buffer, layout: Layout, leaf: number, tables: readonly SlotTable[]): unknown {
  const found = layout.leaves[leaf];
  if (found === undefined) return undefined;
  if (found.kind === 'constant') return found.constant;
  if (found.kind === 'slot') return slotValue(bytes, layout, leaf, tables);
  const content = new Content(layout.shape, bytes, tables);
  const sources = layout.sources[leaf];
  if (sources.length === 1) return sourceValue(content, sources[0]);
  const values: unknown[] = [];
  for (const source of sources) {
    const value = sourceValue(content, source);
    if (Array.isArray(value)) values.push(...value);
    else if (value !== undefined) values.push(value);
  }
  return values.length > 1 ? values : values[0];
}

/** The value of a plain slot; says the same as `locate`. */
function slotValue(bytes: Buffer, layout: Layout, leaf: number, tables: readonly SlotTable[]): unknown {
  const table = tables[layout.slotScope[leaf]];
  const slot = layout.slotIndex[leaf];
  const flags = layout.slotFlags[leaf];
  if (flags >= 4 && !isGuarded(layout.sources[leaf][0], tables)) return undefined;
  const meta = slot < table.count ? table.metas[slot] : 0;
  const type = meta >>> 16;
  const length = meta & 0xffff;
  const start = table.starts[slot];
  if (type === ValueType.Null) return flags & 2 ? '' : undefined;
  if (isEmptyValue(bytes, type, start, length)) return flags & 1 ? '' : undefined;
  const value = decodeValue(bytes, type, start, length);
  return Array.isArray(value) && value.length === 1 ? value[0] : value;
}

/** Whether none of the slots that a leaf depends on is null. */
export function isGuarded(source: LeafSource, tables: readonly SlotTable[]): boolean {
  for (const guard of source.guards) {
    const table = tables[guard >>> 16];
    const slot = guard & 0xffff;
    if (slot >= table.count || table.metas[slot] >>> 16 === ValueType.Null) return false;
  }
  return true;
}

function sourceValue(content: Content, source: LeafSource): unknown {
  for (const guard of source.guards) if (content.isNull(guard >>> 16, guard & 0xffff)) return undefined;
  const empty = source.empty === 'string' ? '' : undefined;
  const { parts, scope } = source;
  if (parts.length === 1 && parts[0].kind === 'slot') return content.slot(scope, parts[0].index) ?? empty;
  return content.value(parts, scope, undefined) ?? empty;
}
