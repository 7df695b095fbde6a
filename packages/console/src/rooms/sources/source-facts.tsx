import type { Source } from '../../api/model.ts';
import { Facts } from '../../parts/facts.tsx';
import { Moment } from '../../parts/moment.tsx';
import { ProviderName } from '../../parts/provider-name.tsx';
import { arrivesBy } from './arrives-by.ts';
import { lagWords } from './health-words.ts';

export function SourceFacts({ source }: { readonly source: Source }) {
  const { health } = source;
  const number = (value: number | undefined) => value?.toLocaleString('en');
  return (
    <Facts
      of={[
        ['Arrives by', arrivesBy(source)],
        ['Format', source.format ?? 'told from the records'],
        ['Zone', source.zone ?? 'the organisation’s'],
        ['Promised by', source.promised_by && <ProviderName key="provider" slug={source.promised_by} />],
        ['Last fetched', source.fetching && <Moment key="fetched" at={source.fetching.last_run_at} none="not yet" />],
        ['Last event', <Moment key="event" at={health?.last_event_at} none="never" />],
        ['Last received', <Moment key="received" at={health?.last_received_at} none="never" />],
        ['Lag', lagWords(health?.clock_offset ?? null)],
        [
          'Usual volume',
          source.learning
            ? `still learning what is normal: ${source.learning.days} of ${source.learning.of} days`
            : 'known',
        ],
        ['Events', number(health?.events)],
        ['Could not be read', number(health?.unread)],
        ['Refused', number(health?.dropped)],
      ]}
    />
  );
}
