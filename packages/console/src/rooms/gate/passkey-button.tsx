import { browserSupportsWebAuthn, startAuthentication } from '@simplewebauthn/browser';
import { call } from '../../api/client.ts';
import { ActForm } from '../../parts/act-form.tsx';

type Options = Parameters<typeof startAuthentication>[0]['optionsJSON'];

/** Signs in with a passkey, where this browser and this address can. */
export function PasskeyButton({ done }: { readonly done: () => void }) {
  if (!browserSupportsWebAuthn()) return null;
  return (
    <ActForm
      label="Use a passkey"
      act={async () => {
        const options = await call<Options>('POST', '/session/passkey/options', { body: {} });
        await call('POST', '/session/passkey', {
          body: { response: await startAuthentication({ optionsJSON: options }) },
        });
      }}
      done={done}
    />
  );
}
