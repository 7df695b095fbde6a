import { SEALED_LINE, unreadRow } from '../../detection/index.ts';
import { EventEncoder, type RowBatch } from '../../storage/index.ts';
import type { EngineBatch } from './engine-protocol.ts';
import { recordTexts } from './record-texts.ts';

/** What is told of a record that was kept unjudged. */
export const KILLED = {
  code: 'engine_killed',
  message: 'The engine died over this record again and again. It is kept, and was not judged.',
  mend: 'Look at the record: it may be made to harm, or larger than the engine has memory for (engine_memory).',
} as const;

const MOST_LINE = 2_000;

/** Records of a batch as they are kept unjudged. What should have been masked can't be, so it is sealed. */
export function unjudgedRows(
  batch: EngineBatch,
  indexes: readonly number[],
  ids: readonly string[],
  seal: (record: string) => string,
): RowBatch {
  const { source, received } = batch;
  const { texts } = recordTexts(batch);
  const encoder = new EventEncoder();
  const hide = source.masking.length > 0;
  for (const index of indexes)
    encoder.add(unreadRow(ids[index], source.id, received, hide ? seal(texts[index]) : texts[index]));
  return encoder.take();
}

export function unjudgedProblems(batch: EngineBatch, indexes: readonly number[]) {
  if (indexes.length === 0) return [];
  const { source } = batch;
  const { texts } = recordTexts(batch);
  return indexes.map((index) => ({
    index,
    ...KILLED,
    line: source.masking.length > 0 ? SEALED_LINE : texts[index].slice(0, MOST_LINE),
  }));
}
