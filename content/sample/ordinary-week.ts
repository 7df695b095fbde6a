import type { CaseFile } from './case-file.ts';
import {
  agent,
  anna,
  annaInCloud,
  clinicOutside,
  computers,
  doctorInCloud,
  portal,
  providerOffice,
  staff,
  system,
  tom,
} from './cast.ts';
import { cloudChange, cloudSignIn } from './cloud-log.ts';
import { connectionOut, vpnSession } from './firewall-log.ts';
import { storeCheck, storeVisit } from './store-log.ts';
import { logoff, logon, nextLogonId, processStarted, shareOpened, ticketGranted } from './windows-events.ts';

const MINUTE = 60_000_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * The week as it should be: staff at their computers, the provider at work as agreed. `monday` is midnight UTC of its first day; from
 * `annaAway` on, Anna isn't at work.
 */
export function ordinaryWeek(file: CaseFile, monday: number, annaAway = Number.POSITIVE_INFINITY): void {
  for (let day = 0; day < 7; day += 1) {
    const start = monday + day * DAY;
    for (let hour = 0; hour < 24; hour += 1) heartbeat(file, start + hour * HOUR);
    file.add(ticketGranted(computers.dc, start, agent, computers.files.ip));
    file.store(...storeCheck(start + 3 * HOUR));
    if (day < 5) {
      const mail = { id: '00000002-0000-0ff1-ce00-000000000000', name: 'Office 365 Exchange Online' };
      const factor = 'multiFactorAuthentication';
      file.cloud(
        'signins',
        cloudSignIn(start + 7 * HOUR, { who: doctorInCloud, from: clinicOutside, factor, app: mail }),
      );
      for (const [index, one] of staff.entries()) workday(file, start + 6 * HOUR + index * 9 * MINUTE, one);
      if (day !== 2 && start < annaAway) annaAtWork(file, start + 8 * HOUR + 10 * MINUTE);
    }
    if (day === 1 || day === 3) {
      tomAtWork(file, start + 13 * HOUR);
      if (start < annaAway) annaInTenant(file, start + 10 * HOUR);
    }
  }
}

/** The agent of the remote management tool, every hour on each server. */
function heartbeat(file: CaseFile, time: number): void {
  for (const server of [computers.files, computers.pictures]) {
    file.add(
      logon(server, time, { who: agent, from: '-', type: 5 }),
      processStarted(server, time + MINUTE, {
        who: system,
        image: 'C:\\Program Files (x86)\\ScreenConnect Client (5f1b22c09ae47d31)\\ScreenConnect.ClientService.exe',
        command:
          '"C:\\Program Files (x86)\\ScreenConnect Client (5f1b22c09ae47d31)\\ScreenConnect.ClientService.exe" "?e=Access&y=Guest&h=relay.northgate.example&p=443"',
        parent: 'C:\\Windows\\System32\\services.exe',
        company: 'ScreenConnect Software',
      }),
    );
    file.firewall(...connectionOut(time + 2 * MINUTE, 40, server.ip, '198.51.100.9', 443, 9_120));
  }
}

function workday(file: CaseFile, time: number, { account, at }: (typeof staff)[number]): void {
  const id = nextLogonId();
  file.add(
    logon(at, time, { who: account, from: '127.0.0.1', workstation: at.name, type: 2, logonId: id }),
    ticketGranted(computers.dc, time + 1_000_000, account, at.ip),
    logon(computers.dc, time + 2_000_000, { who: account, from: at.ip, workstation: at.name, type: 3 }),
  );
  for (let hour = 0; hour < 9; hour += 1) {
    const then = time + hour * HOUR + 7 * MINUTE;
    file.add(
      logon(computers.files, then, { who: account, from: at.ip, workstation: at.name, type: 3 }),
      shareOpened(computers.files, then + 1_000_000, account, at.ip, 'Patients'),
      processStarted(at, then + MINUTE, {
        who: account,
        image: 'C:\\Program Files\\Practice\\Practice.exe',
        command: '"C:\\Program Files\\Practice\\Practice.exe" /open',
        company: 'Practice Software',
      }),
    );
    file.firewall(...connectionOut(then, 12, at.ip, '192.0.2.44', 443, 48_300));
  }
  file.add(logoff(at, time + 10 * HOUR, account, id, 2));
}

/** A morning's work: VPN, a desktop on the file server, updates. */
function annaAtWork(file: CaseFile, time: number): void {
  file.firewall(...vpnSession(time, 95, anna, providerOffice, '10.20.99.12'));
  const id = nextLogonId();
  file.add(
    logon(computers.files, time + 3 * MINUTE, {
      who: anna,
      from: '10.20.99.12',
      workstation: 'NG-WS07',
      type: 10,
      logonId: id,
    }),
    processStarted(computers.files, time + 6 * MINUTE, {
      who: anna,
      image: 'C:\\Windows\\System32\\mmc.exe',
      command: '"C:\\Windows\\system32\\mmc.exe" "C:\\Windows\\system32\\services.msc"',
    }),
    logoff(computers.files, time + 80 * MINUTE, anna, id, 10),
  );
}

/** Delegated administration: a sign-in from the provider's office with a second factor, and a member of staff who gets a licence. */
function annaInTenant(file: CaseFile, time: number): void {
  const from = providerOffice;
  file.cloud(
    'signins',
    cloudSignIn(time, { who: annaInCloud, from, factor: 'multiFactorAuthentication', app: portal }),
  );
  file.cloud(
    'audit',
    cloudChange(time + 3 * MINUTE, 'Change user license', {
      who: annaInCloud,
      from,
      target: { id: doctorInCloud.id, userPrincipalName: doctorInCloud.upn, type: 'User', modifiedProperties: [] },
    }),
  );
}

function tomAtWork(file: CaseFile, time: number): void {
  file.firewall(...vpnSession(time, 60, tom, providerOffice, '10.20.99.14'));
  file.store(...storeVisit(time + 20 * MINUTE, tom.name, '10.20.99.14'));
  const id = nextLogonId();
  file.add(
    logon(computers.pictures, time + 4 * MINUTE, {
      who: tom,
      from: '10.20.99.14',
      workstation: 'NG-WS02',
      type: 10,
      logonId: id,
    }),
    processStarted(computers.pictures, time + 9 * MINUTE, {
      who: tom,
      image: 'C:\\Program Files\\Archive\\ArchiveConsole.exe',
      command: '"C:\\Program Files\\Archive\\ArchiveConsole.exe"',
      company: 'Archive Systems',
    }),
    logoff(computers.pictures, time + 55 * MINUTE, tom, id, 10),
  );
}
