import { MessageTable } from '../text/message-table.ts';
import { LINUX_ROLES, linuxOffers } from './offers.ts';

const change = (key: string, activity: string, patterns: readonly string[]) =>
  ({ key, class_uid: 3001, activity, outcome: 'success', patterns }) as const;

/** shadow's tools: useradd, userdel, usermod, groupadd, gpasswd, passwd, chpasswd, chage. */
export const accounts = new MessageTable(
  { format: 'accounts', offers: linuxOffers('auth', true), roles: LINUX_ROLES },
  [
    change('user-added', 'Create', [
      'new user: name={user}, UID={uid}, GID={gid}, home={home}, shell={shell}, from={tty}',
      'new user: name={user}, UID={uid}, GID={gid}, home={home}, shell={shell}',
    ]),
    change('user-deleted', 'Delete', ["delete user '{user}'", "removed group '{group}' owned by '{user}'"]),
    change('group-added', 'Create', ['new group: name={group}, GID={gid}', 'group added to {file}: name={group}']),
    change('group-member-added', 'Attach Policy', [
      "add '{user}' to group '{group}'",
      "add '{user}' to shadow group '{group}'",
      'user {user} added by {by} to group {group}',
    ]),
    change('group-member-removed', 'Detach Policy', [
      "delete '{user}' from group '{group}'",
      "delete '{user}' from shadow group '{group}'",
      'user {user} removed by {by} from group {group}',
    ]),
    change('password-changed', 'Password Change', [
      "change user '{user}' password",
      'password for `{user}` changed by `{by}`',
      "password for '{user}' changed by '{by}'",
    ]),
    change('user-locked', 'Disable', ["lock user '{user}' password"]),
    change('user-unlocked', 'Enable', ["unlock user '{user}' password"]),
    change('user-changed', 'Update', [
      "change user '{user}' {what} from '{before?}' to '{after?}'",
      "change user '{user}' {what}",
      'changed password expiry for {user}',
      'changed user {user} {what}',
    ]),
  ],
);
