import { useState } from 'react';
import { call } from '../../api/client.ts';
import type { Source } from '../../api/model.ts';
import { useOrganization } from '../../api/organization.tsx';
import { useSession } from '../../api/session.ts';
import { ActForm } from '../../parts/act-form.tsx';
import { Field } from '../../parts/field.tsx';
import { ProviderField } from '../../parts/provider-field.tsx';
import { FetchedFields, settingsFrom } from './fetched-fields.tsx';
import { services } from './fetched-services.ts';

const kinds: readonly (readonly [string, string])[] = [
  ['elastic', 'Elasticsearch bulk: Filebeat, Winlogbeat, Logstash, Fluent Bit, Vector, rsyslog'],
  ['syslog', 'syslog over UDP, TCP or TLS'],
  ['relp', 'RELP: rsyslog'],
  ['hec', 'Splunk HTTP Event Collector'],
  ['otlp', 'OpenTelemetry logs'],
  ['ndjson', 'lines of JSON over HTTP'],
  ['upload', 'files that I upload'],
  ...Object.entries(services).map(
    ([service, { title }]) =>
      [service, service === 'folder' ? title : `${title}: fetched by Chaperone`] as readonly [string, string],
  ),
];

export function SourceForm({ done }: { readonly done: (source: Source) => void }) {
  const { api } = useOrganization();
  const session = useSession();
  const [way, setWay] = useState(kinds[0]![0]);
  const fetched = way in services;
  const may = (kind: string) => kind !== 'folder' || session.data?.installation_administrator === true;
  return (
    <ActForm
      label="Make the source"
      act={(answer, form) =>
        call<Source>('POST', `${api}/sources`, {
          body: {
            name: answer('name'),
            kind: way === 'folder' || !fetched ? way : 'pull',
            settings: fetched ? settingsFrom(way, form) : {},
            zone: answer('zone') || null,
            expected_interval: answer('minutes') === '' ? null : Number(answer('minutes')) * 60,
            promised_by: answer('promised_by') || null,
          },
        })
      }
      done={done}
    >
      <Field label="Name" name="name" required hint="What it is, e.g. Domain controllers." />
      <Field label="It arrives by" name="kind" options={kinds.filter(([kind]) => may(kind))} changed={setWay} />
      {fetched && <FetchedFields key={way} service={way} />}
      <Field
        label="Zone of its stamps"
        name="zone"
        hint="For stamps that state none, e.g. Europe/Berlin. Empty: the organisation’s."
      />
      <Field
        label="Something is expected every … minutes"
        name="minutes"
        type="number"
        hint="Empty: learnt from what comes. When it stays away for longer, that is a finding."
      />
      <ProviderField
        label="Promised by"
        name="promised_by"
        none="nobody"
        hint="The provider who agreed to send it, if one did."
      />
    </ActForm>
  );
}
