import { useQuery } from '@tanstack/react-query';
import { ApiError, call, rememberCsrf } from './client.ts';
import type { Session } from './model.ts';

/** Who is signed in; null where nobody is. */
export async function readSession(): Promise<Session | null> {
  try {
    const session = await call<Session>('GET', '/session');
    rememberCsrf(session.csrf_token);
    return session;
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return null;
    throw error;
  }
}

/** The session, shared by all that ask. */
export function useSession() {
  return useQuery({ queryKey: ['session'], queryFn: readSession, staleTime: 60_000, retry: false });
}
