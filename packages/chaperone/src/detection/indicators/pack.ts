import type { Indicator } from './indicator.ts';
import { IndicatorStore, type PackedIndicators } from './store.ts';

/** Indicators as plain data that threads share. */
export function packIndicators(indicators: Iterable<Indicator>): PackedIndicators {
  const store = new IndicatorStore();
  for (const indicator of indicators) store.add(indicator);
  return store.pack();
}
