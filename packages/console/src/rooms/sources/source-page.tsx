import { useParams } from '@tanstack/react-router';
import type { Source } from '../../api/model.ts';
import { useThing } from '../../api/reading.ts';
import { Page } from '../../parts/page.tsx';
import { Ready } from '../../parts/ready.tsx';
import { TabSet } from '../../parts/tab-set.tsx';
import { Bindings } from './bindings.tsx';
import { FirstEvent } from './first-event.tsx';
import { HealthWord } from './health-word.tsx';
import { Masking } from './masking.tsx';
import { Problems } from './problems.tsx';
import { Shippers } from './shippers.tsx';
import { SourceFacts } from './source-facts.tsx';
import { SourceTokens } from './source-tokens.tsx';
import { Upload } from './upload.tsx';
import { VolumeChart } from './volume-chart.tsx';

/** One source: how it is, what couldn't be read, and how to point a shipper here. */
export function SourcePage() {
  const { id = '' } = useParams({ strict: false }) as { id?: string };
  const source = useThing<Source>(`/sources/${id}`, undefined, 5_000);
  return (
    <Ready of={source}>
      {(found) => (
        <Page title={found.name} about={<HealthWord source={found} />}>
          <div className="stack">
            <FirstEvent source={found} />
            <SourceFacts source={found} />
            <TabSet
              label="About this source"
              tabs={[
                ['shipper', 'How do I point my shipper here', () => <Shippers id={id} />],
                ['problems', 'Problems', () => <Problems id={id} />],
                ['volume', 'Volume', () => <VolumeChart id={id} />],
                ['tokens', 'Tokens', () => <SourceTokens id={id} />],
                ['bindings', 'Addresses and certificates', () => <Bindings id={id} />],
                ['masking', 'Masking', () => <Masking source={found} />],
                ['upload', 'Upload files', () => <Upload id={id} />],
              ]}
            />
          </div>
        </Page>
      )}
    </Ready>
  );
}
