import { MessageTable } from '../text/message-table.ts';
import { LINUX_ROLES, linuxOffers } from './offers.ts';

/** cron and crontab: `(root) CMD (/usr/bin/backup)`, `(bob) REPLACE (bob)`. */
export const cron = new MessageTable({ format: 'cron', offers: linuxOffers('cron', false), roles: LINUX_ROLES }, [
  {
    key: 'command',
    class_uid: 1007,
    activity: 'Launch',
    roles: [{ field: 'command', as: 'process.cmd_line' }],
    patterns: ['({user}) CMD ({command+})'],
  },
  {
    key: 'edit',
    class_uid: 1006,
    activity: 'Update',
    patterns: ['({by}) REPLACE ({user+})', '({by}) DELETE ({user+})'],
  },
  { key: 'message', patterns: ['({user}) {action} ({detail+})'] },
]);
