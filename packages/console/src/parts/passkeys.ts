import { browserSupportsWebAuthn } from '@simplewebauthn/browser';

/** Why this page can't use passkeys, and what would let it; undefined where it can. */
export function noPasskeys(): string | undefined {
  const { hostname, port, protocol } = location;
  // browsers bind passkeys to a name, and the service runs under the name that its start printed
  if (/^[\d.]+$|^\[/.test(hostname))
    return /^127\.|^\[::1\]$/.test(hostname)
      ? `Passkeys need a name in the address bar: open ${protocol}//localhost${port === '' ? '' : `:${port}`} instead.`
      : 'Passkeys need a name in the address bar, not an IP address. Give Chaperone one (http.public_url in its configuration) and open it there.';
  if (browserSupportsWebAuthn()) return undefined;
  return 'Passkeys need HTTPS and a browser that knows them.';
}

/** What the browser said of a passkey that came to nothing, in words. */
export function passkeyTrouble(error: unknown): Error {
  const name = error instanceof Error ? error.name : '';
  if (name === 'InvalidStateError')
    return new Error('This device has a passkey of your account already. Nothing was changed.');
  if (name === 'NotAllowedError' || name === 'AbortError')
    return new Error(
      'The browser was not given a passkey: it was cancelled, took too long, or has none for this address.',
    );
  return error instanceof Error ? error : new Error(String(error));
}
