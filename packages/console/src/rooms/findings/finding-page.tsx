import { useParams } from '@tanstack/react-router';
import { Page } from '../../parts/page.tsx';
import { FindingView } from './finding-view.tsx';

export function FindingPage() {
  const { id = '' } = useParams({ strict: false }) as { id?: string };
  return (
    <Page title="Finding">
      <FindingView id={id} />
    </Page>
  );
}
