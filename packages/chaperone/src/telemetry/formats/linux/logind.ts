import { MessageTable } from '../text/message-table.ts';
import { LINUX_ROLES, linuxOffers } from './offers.ts';

/** systemd-logind's sessions, by number. */
export const logind = new MessageTable(
  { format: 'systemd-logind', offers: linuxOffers('systemd-logind', true), roles: LINUX_ROLES },
  [
    {
      key: 'new-session',
      class_uid: 3002,
      activity: 'Logon',
      outcome: 'success',
      patterns: [
        "New session '{session}' of user '{user+}' with class '{session_class}' and type '{session_type}'.",
        'New session {session} of user {user+}.',
      ],
    },
    {
      key: 'session-ended',
      class_uid: 3002,
      activity: 'Logoff',
      patterns: ['Session {session} logged out.', 'Removed session {session}.'],
    },
  ],
);
