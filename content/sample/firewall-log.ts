import type { Line } from './case-file.ts';
import type { Account } from './cast.ts';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** An ASA writes local time and doesn't say which. */
const LOCAL = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Europe/Berlin',
  month: 'numeric',
  day: '2-digit',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});

/** Cisco ASA's messages as the clinic's syslog server stores them. */
function line(time: number, message: string): Line {
  const at = Object.fromEntries(LOCAL.formatToParts(time / 1000).map(({ type, value }) => [type, value]));
  const stamp = `${MONTHS[Number(at.month) - 1]} ${at.day} ${at.year} ${at.hour}:${at.minute}:${at.second}`;
  return { time, text: `<166>${stamp} fw01 : ${message}` };
}

/** A VPN session from its sign-in to its end. */
export function vpnSession(time: number, minutes: number, who: Account, from: string, assigned: string): Line[] {
  const peer = `Group <northgate> User <${who.name}> IP <${from}>`;
  const end = time + minutes * 60_000_000;
  const hours = Math.floor(minutes / 60);
  return [
    line(time, `%ASA-6-113004: AAA user authentication Successful : server =  10.20.1.10 : user = ${who.name}`),
    line(time + 2_000_000, `%ASA-4-722051: ${peer} IPv4 Address <${assigned}> IPv6 address <::> assigned to session`),
    line(
      end,
      `%ASA-4-113019: Group = northgate, Username = ${who.name}, IP = ${from}, Session disconnected. Session Type: SSL, Duration: ${hours}h:${minutes % 60}m:00s, Bytes xmt: 48211034, Bytes rcv: 9120443, Reason: User Requested`,
    ),
  ];
}

export function vpnRefused(time: number, who: Account, from: string): Line {
  return line(
    time,
    `%ASA-6-113015: AAA user authentication Rejected : reason = Invalid password : local database : user = ${who.name} : user IP = ${from}`,
  );
}

const FIRST = 7_100_000;
let connection = FIRST;
/** Begins anew, so that the sample is the same each time it is made. */
export const resetConnections = () => {
  connection = FIRST;
};

/** A connection through the firewall, built and torn down. */
export function connectionOut(
  time: number,
  seconds: number,
  from: string,
  to: string,
  port: number,
  bytes: number,
): Line[] {
  connection += 1;
  const inner = `inside:${from}/${49_152 + (connection % 16_000)}`;
  const duration = `${Math.floor(seconds / 3600)}:${String(Math.floor(seconds / 60) % 60).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`;
  return [
    line(
      time,
      `%ASA-6-302013: Built outbound TCP connection ${connection} for outside:${to}/${port} (${to}/${port}) to ${inner} (${inner.slice(7)})`,
    ),
    line(
      time + seconds * 1_000_000,
      `%ASA-6-302014: Teardown TCP connection ${connection} for outside:${to}/${port} to ${inner} duration ${duration} bytes ${bytes} TCP FINs`,
    ),
  ];
}
