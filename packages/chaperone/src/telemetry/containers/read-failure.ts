import type { Unread } from '../event.ts';
import { inert, unread } from '../unread.ts';

/** A file system error as something a tired person can act on. */
export function readFailure(name: string, error: unknown): Unread {
  const code = (error as NodeJS.ErrnoException | undefined)?.code ?? '';
  if (code === 'ENOENT') {
    return unread('not_found', name, 'does not exist', 'Check the path.', { stop: true });
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return unread('no_permission', name, 'may not be read by this user', 'Run as a user who may read it, or copy it.', {
      stop: true,
    });
  }
  if (code === 'ELOOP') {
    return unread('link_loop', name, 'is a link that leads back to itself', 'Remove the link.', { stop: true });
  }
  const message = error instanceof Error ? error.message : String(error);
  return unread(
    'read_failed',
    name,
    `could not be read: ${inert(message)}`,
    'Check the disk, or copy the file and try again.',
    {
      stop: true,
    },
  );
}
