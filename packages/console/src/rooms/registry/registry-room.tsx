import type { RegistryVersion } from '../../api/model.ts';
import { useNames } from '../../api/names.ts';
import { useOrganization } from '../../api/organization.tsx';
import { useList } from '../../api/reading.ts';
import { LogBlock } from '../../parts/log-text.tsx';
import { Moment } from '../../parts/moment.tsx';
import { Note } from '../../parts/note.tsx';
import { Page } from '../../parts/page.tsx';
import { Ready } from '../../parts/ready.tsx';
import { DataTable } from '../../table/data-table.tsx';
import { RegistryEditor } from './registry-editor.tsx';

/** chaperone.yaml: who the providers are and what was agreed, with its history. */
export function RegistryRoom() {
  const { mayAdminister } = useOrganization();
  const names = useNames();
  const versions = useList<RegistryVersion>('/registry/versions', { limit: 50 });
  return (
    <Page
      title="Registry"
      about="Who the providers are, what was agreed with them, and which accounts and hosts are whose. Findings say which version they were judged by."
    >
      <div className="stack">
        <Ready of={versions}>
          {() => {
            const active = versions.items.find((version) => version.active);
            const text = active?.document ?? '';
            if (mayAdminister) return <RegistryEditor key={active?.version ?? 0} text={text} />;
            return text === '' ? (
              <Note>No registry is loaded yet. An administrator can load one here.</Note>
            ) : (
              <LogBlock text={text} label="chaperone.yaml" />
            );
          }}
        </Ready>
        <section className="stack close">
          <h2>History</h2>
          <Ready of={versions}>
            {() => (
              <DataTable
                name="registry versions"
                rows={versions.items}
                rowKey={({ version }) => String(version)}
                empty="No version was loaded yet."
                more={versions.more}
                columns={[
                  { id: 'version', title: 'Version', value: ({ version }) => version },
                  {
                    id: 'loaded',
                    title: 'Loaded',
                    value: ({ loaded_at }) => loaded_at,
                    show: ({ loaded_at }) => <Moment at={loaded_at} />,
                  },
                  {
                    id: 'by',
                    title: 'By',
                    value: ({ loaded_by }) =>
                      loaded_by === null ? 'the service' : (names.get(loaded_by) ?? loaded_by),
                  },
                  { id: 'active', title: 'In force', value: ({ active }) => (active ? 'yes' : 'no') },
                  { id: 'hash', title: 'SHA-256', value: ({ hash }) => hash },
                ]}
              />
            )}
          </Ready>
        </section>
      </div>
    </Page>
  );
}
