import { MessageTable } from '../text/message-table.ts';
import { LINUX_ROLES, linuxOffers } from './offers.ts';

/** su of util-linux and of shadow. */
export const su = new MessageTable({ format: 'su', offers: linuxOffers('su', true), roles: LINUX_ROLES }, [
  {
    key: 'failed',
    class_uid: 3002,
    activity: 'Logon',
    outcome: 'failure',
    patterns: ['FAILED SU (to {user}) {by} on {tty}', 'FAILED su for {user} by {by}', '- {tty} {by}:{user}'],
  },
  {
    key: 'switched',
    class_uid: 3002,
    activity: 'Logon',
    outcome: 'success',
    patterns: ['(to {user}) {by} on {tty}', 'Successful su for {user} by {by}', '+ {tty} {by}:{user}'],
  },
]);
