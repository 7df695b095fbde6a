import { useOrganization } from '../../api/organization.tsx';
import { useSession } from '../../api/session.ts';
import { Page } from '../../parts/page.tsx';
import { TabSet } from '../../parts/tab-set.tsx';
import { General } from './general.tsx';
import { LegalHolds } from './legal-holds.tsx';
import { Organizations } from './organizations.tsx';
import { SignInProviders } from './sign-in-providers.tsx';

/** What holds for the whole organisation. */
export function SettingsRoom() {
  const session = useSession();
  const { mayReadUsers, mayReadEvents } = useOrganization();
  return (
    <Page title="Settings" about="Of this organisation. Changes are in the audit trail.">
      <TabSet
        label="Settings"
        tabs={[
          ['general', 'General', () => <General />],
          ...(mayReadUsers ? ([['sign-in', 'Sign-in providers', () => <SignInProviders />]] as const) : []),
          ...(session.data?.installation_administrator === true
            ? ([['organizations', 'Organisations', () => <Organizations />]] as const)
            : []),
          ...(mayReadEvents ? ([['holds', 'Legal holds', () => <LegalHolds />]] as const) : []),
        ]}
      />
    </Page>
  );
}
