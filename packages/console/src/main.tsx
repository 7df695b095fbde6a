import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import './styles/tokens.css';
import './styles/base.css';
import './styles/frame.css';
import './styles/parts.css';
import './styles/narrow.css';
import { ApiError } from './api/client.ts';
import { applyTheme, chosenTheme } from './frame/theme.ts';
import { router } from './router.tsx';

applyTheme(chosenTheme());

const client: QueryClient = new QueryClient({
  queryCache: new QueryCache({ onError: noteEnd }),
  mutationCache: new MutationCache({ onError: noteEnd }),
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      // what the service refuses it refuses again; what it couldn't answer it may answer later
      retry: (failed, error) => failed < 2 && !(error instanceof ApiError && error.status < 500 && error.status > 0),
    },
  },
});

/** A session that ended shows in the first answer after it: the page then leads to the sign-in, and back. */
function noteEnd(error: unknown): void {
  if (!(error instanceof ApiError) || error.code !== 'not_signed_in') return;
  if (client.getQueryData(['session'])) client.setQueryData(['session'], null);
}

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <QueryClientProvider client={client}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
);
