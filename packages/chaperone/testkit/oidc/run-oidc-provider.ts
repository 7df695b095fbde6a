/// <reference path="./oidc-provider.d.ts" />
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';

export interface RunningOidcProvider {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  stop(): void;
}

/**
 * A real OpenID provider on loopback with one client. The name that somebody signs in with there is the address that it vouches for, with any
 * password; an address that begins with `new.` is not verified.
 *
 * @param redirect address of our callback
 */
export async function runOidcProvider(redirect: string): Promise<RunningOidcProvider> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = { clientId: 'chaperone', clientSecret: 'a secret of the client' };
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: client.clientId,
        client_secret: client.clientSecret,
        redirect_uris: [redirect],
        token_endpoint_auth_method: 'client_secret_post',
      },
    ],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    findAccount: (_: unknown, id: string) => ({
      accountId: id,
      claims: () => ({ sub: id, email: id, email_verified: !id.startsWith('new.') }),
    }),
  });
  server.on('request', provider.callback());
  return {
    issuer,
    ...client,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
