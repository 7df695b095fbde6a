import { Page } from '../../parts/page.tsx';
import { TokenList } from './token-list.tsx';

export function TokensRoom() {
  return (
    <Page
      title="Tokens"
      about="For programs that call the API. Tokens for sending logs are made on the page of their source."
    >
      <TokenList path="/tokens" />
    </Page>
  );
}
