import { loadIndicators } from '../load.ts';
import { readTlp } from '../tlp.ts';
import { FeedCollector, type FeedContent } from './feed-record.ts';

/** Reads a CSV or a plain list of values (also MISP's CSV export: rows whose `to_ids` is 0 are context and left out). */
export function readList(text: string, name: string): FeedContent {
  const collector = new FeedCollector();
  const { indicators, problems } = loadIndicators(text, name, true);
  for (const { code, message, mend, line } of problems)
    collector.problem(code === 'INDICATORS_ROW' ? 'FEED_VALUE' : 'FEED_UNREADABLE', `line ${line}`, message, mend);
  for (const indicator of indicators) {
    const tlp = readTlp(indicator.tlp ?? '');
    const note = [indicator.description, indicator.feed === name ? undefined : indicator.feed];
    collector.record({
      type: indicator.type,
      value: indicator.value,
      written: indicator.written,
      ...(indicator.validFrom === undefined ? {} : { validFrom: indicator.validFrom }),
      ...(indicator.validUntil === undefined ? {} : { validUntil: indicator.validUntil }),
      ...(indicator.confidence === undefined ? {} : { confidence: indicator.confidence }),
      ...(tlp === undefined ? {} : { tlp }),
      ...(note.some((part) => part !== undefined)
        ? { note: note.filter((part) => part !== undefined).join(', ') }
        : {}),
      revoked: false,
      labels: [],
    });
  }
  return collector.content();
}
