import { useOrganization } from '../../api/organization.tsx';
import { useSession } from '../../api/session.ts';
import { Page } from '../../parts/page.tsx';
import { TabSet } from '../../parts/tab-set.tsx';
import { Trail } from './trail.tsx';

/** Every act that matters, chained by hashes: of the organisation, and of the installation for those who administer it. */
export function AuditRoom() {
  const { api, mayReadUsers } = useOrganization();
  const session = useSession();
  const tabs = [
    ...(mayReadUsers
      ? ([['own', 'This organisation', () => <Trail at={`${api}/audit`} name="audit trail" />]] as const)
      : []),
    ...(session.data?.installation_administrator === true
      ? ([
          [
            'installation',
            'The installation',
            () => <Trail at="/installation/audit" name="audit trail of the installation" />,
          ],
        ] as const)
      : []),
  ];
  return (
    <Page
      title="Audit trail"
      about="Every act of a person or a token that matters. Each record holds the hash of the one before, so that a change or a gap shows."
    >
      {tabs.length === 1 ? tabs[0]![2]() : <TabSet label="Whose trail" tabs={tabs} />}
    </Page>
  );
}
