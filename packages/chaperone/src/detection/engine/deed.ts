import type { EventClass, Outcome } from '../../telemetry/index.ts';

/** Where something was done, as it follows the deed: `logged on to DC01`, `started a program on DC01`. */
type Where = 'on' | 'to';

interface Deed {
  readonly done: string;
  /** as it was tried, where an attempt can fail */
  readonly tried?: string;
  readonly where?: Where;
}

const deed = (done: string, tried?: string, where: Where = 'on'): Deed => ({ done, tried, where });

/** By OCSF class and activity; `*` is any other activity of the class. */
const DEEDS: Readonly<Record<number, Readonly<Record<string, Deed>>>> = {
  1001: {
    Create: deed('created a file'),
    Delete: deed('deleted a file or object'),
    Open: deed('opened an object', 'open an object'),
    Access: deed('used an object', 'use an object'),
    'Set Attributes': deed('changed the time stamp of a file'),
    'Set Security': deed('changed the permissions of an object'),
    'Raw Read': deed('read a disk past the file system'),
    'Create Pipe': deed('opened a named pipe to others'),
    'Open Pipe': deed('connected to a named pipe'),
    '*': deed('worked on a file', 'work on a file'),
  },
  1002: { '*': deed('loaded a driver') },
  1005: { '*': deed('loaded a library into a program') },
  1006: {
    Create: deed('created a scheduled task'),
    Delete: deed('deleted a scheduled task'),
    Start: deed('started a scheduled task'),
    '*': deed('changed a scheduled task'),
  },
  1007: {
    Launch: deed('started a program'),
    Terminate: deed('ran a program that ended'),
    Inject: deed('ran a program that started code inside another'),
    Open: deed('ran a program that opened another'),
    Tamper: deed('ran a program whose image was replaced'),
    Clipboard: deed('used the clipboard'),
    'WMI Query': deed('queried WMI', 'query WMI'),
    '*': deed('set up WMI to act on events'),
  },
  1008: { Clear: deed('cleared a log'), '*': deed('changed the state of a sensor or log') },
  1009: {
    'Engine Start': deed('started PowerShell'),
    'Engine Stop': deed('ended PowerShell'),
    'Provider Start': deed('started PowerShell'),
    '*': deed('ran PowerShell'),
  },
  2004: { '*': deed('set off the virus scanner') },
  3001: {
    Create: deed('created an account', 'create an account'),
    Delete: deed('deleted an account', 'delete an account'),
    Enable: deed('enabled an account', 'enable an account'),
    Disable: deed('disabled an account', 'disable an account'),
    'Password Change': deed('changed a password', 'change a password'),
    'Password Reset': deed('reset the password of an account', 'reset the password of an account'),
    'SID History Add': deed('added a SID to the history of an account', 'add a SID to the history of an account'),
    'Enumerate Groups': deed('listed the groups of an account'),
    '*': deed('changed an account', 'change an account'),
  },
  3002: {
    Logon: deed('logged on', 'log on', 'to'),
    Logoff: deed('logged off'),
    'Logon with explicit credentials': deed('used other credentials'),
    'Authentication Ticket': deed('got a Kerberos ticket', 'get a Kerberos ticket'),
    'Service Ticket Request': deed('got a Kerberos ticket for a service', 'get a Kerberos ticket for a service'),
    'Service Ticket Renew': deed('renewed a Kerberos ticket'),
    Preauth: deed('asked for a Kerberos ticket', 'get a Kerberos ticket'),
    'Validate Credentials': deed('had a password checked', 'have a password accepted'),
    'Session Reconnect': deed('came back to a session'),
    'Session Disconnect': deed('left a session open'),
    Lock: deed('locked the screen'),
    Unlock: deed('unlocked the screen', 'unlock the screen'),
    'Open Session': deed('opened a session', 'open a session'),
    'Open Shell': deed('opened a remote shell', 'open a remote shell'),
    '*': deed('signed in', 'sign in', 'to'),
  },
  3003: { '*': deed('had or used special rights', 'use special rights') },
  3004: {
    Open: deed('opened an object of the directory', 'open an object of the directory'),
    Access: deed('used an object of the directory', 'use an object of the directory'),
    Create: deed('created an object in the directory'),
    Delete: deed('deleted an object of the directory'),
    Update: deed('changed an object of the directory'),
    'Disable Real-time Protection': deed('switched off the virus scanner'),
    'Disable Scan': deed('switched off the virus scanner'),
    'Update Configuration': deed('changed the settings of the virus scanner'),
    'Update Firewall': deed('changed the firewall'),
    '*': deed('changed a setting or policy', 'change a setting or policy'),
  },
  3005: { '*': deed('changed the access of an account', 'change the access of an account') },
  3006: {
    'Add User': deed('added a member to a group', 'add a member to a group'),
    'Remove User': deed('removed a member from a group', 'remove a member from a group'),
    Create: deed('created a group'),
    Delete: deed('deleted a group'),
    Enumerate: deed('listed the members of a group'),
    '*': deed('changed a group', 'change a group'),
  },
  4001: {
    Refuse: deed('was refused a connection'),
    'Create Transfer': deed('set up a transfer'),
    '*': deed('made a network connection', 'make a network connection'),
  },
  4002: { '*': deed('made a web request', 'make a web request') },
  4003: { '*': deed('asked for a name in DNS', 'find a name in DNS') },
  4005: { '*': deed('connected by remote desktop', 'connect by remote desktop') },
  4006: { '*': deed('used a share', 'use a share') },
  4014: { Close: deed('closed a VPN session'), '*': deed('opened a VPN session', 'open a VPN session') },
  201001: {
    'Set Value': deed('set a value in the Windows registry'),
    '*': deed('changed the Windows registry'),
  },
  201002: { '*': deed('set a value in the Windows registry', 'set a value in the Windows registry') },
  201004: { Create: deed('installed a service'), '*': deed('changed a service') },
};

const API = 6003;

/** What was done, in words that follow a name: `started a program on DC01`. */
export function deedOf(eventClass: EventClass, outcome: Outcome, host: string | null): string {
  const { class_uid: uid, activity } = eventClass;
  const on = host === null ? '' : ` on ${host}`;
  if (uid === API && activity !== '' && activity !== 'Other')
    return `${outcome === 'failure' ? 'tried to call' : 'called'} ${activity}${on}`;
  const known = DEEDS[uid];
  if (known === undefined) return `was active${on}`;
  const { done, tried, where } = Object.hasOwn(known, activity) ? known[activity] : known['*'];
  const at = host === null ? '' : ` ${where} ${host}`;
  return outcome === 'failure' && tried !== undefined ? `tried to ${tried}${at} and failed` : `${done}${at}`;
}
