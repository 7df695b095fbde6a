import type { Source } from '../../api/model.ts';
import { healthWords } from './health-words.ts';

export function HealthWord({ source }: { readonly source: Pick<Source, 'state' | 'health'> }) {
  const { words, tone } = healthWords(source);
  return <span className={`tone-${tone}`}>{words}</span>;
}
