import type { Line } from './case-file.ts';

/** Central European time in November, which the store writes into its stamps. */
const OFFSET = 3_600_000;

/** A line of rsyslog with its high-precision stamp. */
function line(time: number, program: string, message: string): Line {
  const stamp = new Date(time / 1000 + OFFSET).toISOString().replace('Z', '000+01:00');
  return { time, text: `${stamp} store01 ${program}: ${message}` };
}

/** Somebody came by SSH with a key, looked at the archive's service as root, and left. */
export function storeVisit(time: number, user: string, from: string): Line[] {
  const minute = 60_000_000;
  return [
    line(time, 'sshd[2114]', `Accepted publickey for ${user} from ${from} port 50122 ssh2: ED25519 SHA256:x0b5Rk2mZ1`),
    line(time + 1_000, 'sshd[2114]', `pam_unix(sshd:session): session opened for user ${user}(uid=1005) by (uid=0)`),
    line(
      time + 2 * minute,
      'sudo',
      `  ${user} : TTY=pts/0 ; PWD=/home/${user} ; USER=root ; COMMAND=/usr/bin/systemctl status archive`,
    ),
    line(time + 12 * minute, 'sshd[2114]', `pam_unix(sshd:session): session closed for user ${user}`),
  ];
}

/** The archive's nightly check of itself. */
export function storeCheck(time: number): Line[] {
  return [
    line(time, 'CRON[911]', 'pam_unix(cron:session): session opened for user root(uid=0) by (uid=0)'),
    line(time + 9_000_000, 'CRON[911]', 'pam_unix(cron:session): session closed for user root'),
  ];
}

export function storeRefused(time: number, user: string, from: string): Line {
  return line(time, 'sshd[4302]', `Failed password for ${user} from ${from} port 49760 ssh2`);
}
