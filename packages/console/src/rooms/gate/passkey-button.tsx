import { startAuthentication } from '@simplewebauthn/browser';
import { call } from '../../api/client.ts';
import { ActForm } from '../../parts/act-form.tsx';
import { noPasskeys, passkeyTrouble } from '../../parts/passkeys.ts';

type Options = Parameters<typeof startAuthentication>[0]['optionsJSON'];

/** Signs in with a passkey, where this browser and this address can; also as the second step after the password. */
export function PasskeyButton({ done }: { readonly done: () => void }) {
  if (noPasskeys() !== undefined) return null;
  return (
    <ActForm
      label="Use a passkey"
      quiet
      act={async () => {
        const options = await call<Options>('POST', '/session/passkey/options', { body: {} });
        const response = await startAuthentication({ optionsJSON: options }).catch((error: unknown) => {
          throw passkeyTrouble(error);
        });
        await call('POST', '/session/passkey', { body: { response } });
      }}
      done={done}
    />
  );
}
