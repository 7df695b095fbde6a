import { useParams } from '@tanstack/react-router';
import type { StoredEvent } from '../../api/model.ts';
import { useThing } from '../../api/reading.ts';
import { Facts } from '../../parts/facts.tsx';
import { LogBlock, LogText } from '../../parts/log-text.tsx';
import { Moment } from '../../parts/moment.tsx';
import { Page } from '../../parts/page.tsx';
import { ProviderName } from '../../parts/provider-name.tsx';
import { Ready } from '../../parts/ready.tsx';
import { SourceName } from '../../parts/source-name.tsx';
import { TabSet } from '../../parts/tab-set.tsx';
import { writtenTime } from '../../parts/written-time.ts';
import { FieldTable } from './field-table.tsx';
import { hexDump } from './hex-dump.ts';

/** One stored event: who and when, its own fields, the normal form, and the bytes as they came. */
export function EventPage() {
  const { id = '' } = useParams({ strict: false }) as { id?: string };
  return (
    <Page title="Event">
      <Ready of={useThing<StoredEvent>(`/events/${id}`)}>
        {(event) => (
          <div className="stack">
            <Facts
              of={[
                [
                  'Time',
                  <Moment
                    key="time"
                    at={event.time}
                    none="the source states none"
                    written={writtenTime(event.raw, event.time)}
                  />,
                ],
                ['As the source wrote it', textOf(writtenTime(event.raw, event.time) ?? '')],
                ['Received', <Moment key="received" at={event.received} />],
                ['Kind', <LogText key="kind" text={event.kind} />],
                ['Format', event.format],
                ['Source', <SourceName key="source" id={event.source} />],
                ['Provider', event.provider !== '' && <ProviderName key="provider" slug={event.provider} />],
                ['Account', textOf(event.account)],
                ['Host', textOf(event.host)],
                ['From address', textOf(event.src_ip)],
                ['Attributed because', textOf(event.attribution_by.join('; '))],
              ]}
            />
            <TabSet
              label="The event as"
              tabs={[
                ['raw', 'Raw text', () => <LogBlock text={event.raw} label="raw text" />],
                ['hex', 'Raw bytes', () => <LogBlock text={hexDump(event.raw)} label="raw bytes" keep />],
                ['fields', 'Fields', () => <FieldTable name="fields" of={event.fields} />],
                ['normal', 'Normal form', () => <FieldTable name="normal form" of={event.normal} />],
              ]}
            />
          </div>
        )}
      </Ready>
    </Page>
  );
}

/** Inert text, or nothing where there is none: an empty line says less than no line. */
function textOf(text: string) {
  return text === '' ? undefined : <LogText text={text} />;
}
