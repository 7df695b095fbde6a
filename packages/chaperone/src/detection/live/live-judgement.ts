import type { Bound } from '@chaperone/sigma';
import type { LogEvent, NormalPath } from '../../telemetry/index.ts';
import { Judgement } from '../engine/judgement.ts';
import type { Entry } from '../engine/ledger.ts';
import type { RuleRow } from '../engine/rule-table.ts';
import type { Indicator } from '../indicators/index.ts';

/** Is told of an indicator in an event: where in its normal form, under which field of its own, and the value. */
export type Sighted = (
  indicator: Indicator,
  path: NormalPath,
  field: string,
  value: string,
  entry: Entry,
  event: LogEvent,
) => void;

/** The scan's judgement, with indicators told as they are met. */
export class LiveJudgement extends Judgement {
  readonly #sighted: Sighted;
  readonly #indicators: ConstructorParameters<typeof Judgement>[0]['indicators'];
  readonly #again: (row: RuleRow, entry: Entry) => boolean;
  readonly #off: ReadonlySet<string>;

  constructor(
    parts: ConstructorParameters<typeof Judgement>[0],
    sighted: Sighted,
    again: (row: RuleRow, entry: Entry) => boolean,
    off: ReadonlySet<string>,
  ) {
    super(parts);
    this.#indicators = parts.indicators;
    this.#sighted = sighted;
    this.#again = again;
    this.#off = off;
  }

  /** The plan is of all rules: what an organisation switched off holds for others. */
  override match(bound: Bound, entry: Entry, event: LogEvent): void {
    if (!this.#off.has(bound.rule.id)) super.match(bound, entry, event);
  }

  protected override told(row: RuleRow, entry: Entry): boolean {
    return this.#again(row, entry);
  }

  override indicator(path: NormalPath, field: string, value: unknown, entry: Entry, event: LogEvent): void {
    const text = String(Array.isArray(value) ? value[0] : value);
    for (const indicator of this.#indicators.match(path, text))
      this.#sighted(indicator, path, field, text.slice(0, 512), entry, event);
  }
}
