import type { EventStore } from '../../storage/index.ts';
import type { NormalPath } from '../../telemetry/index.ts';
import { createIndicatorMatcher, type PackedIndicators } from '../indicators/index.ts';
import type { StoredKind } from './stored-kinds.ts';

/** Different values of a stretch of time that are held against the indicators, at most. */
const MOST_VALUES = 500_000;
/** Values that one condition names. */
const MOST_NAMED = 1_000;

/**
 * Asks stored events for indicators. A million of them can't be put into a question, so the store is asked which values there are where indicators
 * can stand, and then for the events with those that are listed.
 */
export class IndicatorQuery {
  readonly #matcher;
  /** fields in which the indicators can stand, by the kinds of events that have them there */
  readonly #fields = new Map<string, { readonly paths: Set<NormalPath>; readonly kinds: string[] }>();

  constructor(indicators: PackedIndicators, kinds: readonly StoredKind[]) {
    this.#matcher = createIndicatorMatcher(indicators);
    const paths = new Set(this.#matcher.paths);
    for (const { key, class: known } of kinds)
      for (const { field, as } of known?.roles ?? []) {
        if (!paths.has(as)) continue;
        for (const name of endsOf(field)) {
          const place = this.#fields.get(name) ?? { paths: new Set(), kinds: [] };
          place.paths.add(as);
          if (!place.kinds.includes(key)) place.kinds.push(key);
          this.#fields.set(name, place);
        }
      }
  }

  /**
   * The condition on events of a period that have a listed value; undefined: there are none.
   *
   * @param period condition on time
   */
  async condition(
    store: EventStore,
    organization: string,
    period: string,
  ): Promise<{ readonly where: string | undefined; readonly cut: boolean }> {
    const named = [...this.#fields];
    if (named.length === 0) return { where: undefined, cut: false };
    const kinds = [...new Set(named.flatMap(([, place]) => place.kinds))];
    const pairs = named.map((_, index) => `(${index}, fields[{f${index}:String}])`);
    const names = Object.fromEntries(named.map(([field], index) => [`f${index}`, field]));
    const rows = await store.query<{ field: number; value: string }>(
      organization,
      ({ events }) =>
        `SELECT DISTINCT pair.1 AS field, arrayJoin(pair.2) AS value FROM (SELECT arrayJoin([${pairs.join(', ')}]) AS pair FROM ${events} WHERE ${period} AND kind IN {kinds:Array(String)}) WHERE notEmpty(pair.2) LIMIT ${MOST_VALUES}`,
      { ...names, kinds },
      { timeout: 120 },
    );
    const found = new Map<string, string[]>();
    let left = MOST_NAMED;
    for (const { field, value } of rows) {
      const [name, { paths }] = named[Number(field)];
      if (left === 0 || ![...paths].some((path) => this.#matcher.match(path, value).length > 0)) continue;
      left -= 1;
      found.set(name, [...(found.get(name) ?? []), value]);
    }
    const parts = [...found].map(
      ([name, values]) => `hasAny(fields[${quoted(name)}], [${values.map(quoted).join(', ')}])`,
    );
    return {
      where: parts.length === 0 ? undefined : `(${parts.join(' OR ')})`,
      cut: rows.length >= MOST_VALUES || left === 0,
    };
  }
}

/** Events are stored under the shortest name to which they answer: `userName` for `userIdentity.userName`. */
function endsOf(field: string): string[] {
  const parts = field.split('.');
  return parts.map((_, index) => parts.slice(index).join('.'));
}

function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&').replaceAll('\0', '\\0')}'`;
}
