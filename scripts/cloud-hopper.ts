// Makes content/indicators/cloud-hopper.csv: values that the public reports on Operation Cloud Hopper and RedLeaves name.
// Facts only, typed in here from the reports named under `source`; the longer list of PwC and BAE is loaded by --indicators.
import { writeFileSync } from 'node:fs';

interface Group {
  readonly source: string;
  readonly published: string;
  readonly type: string;
  readonly values: readonly string[];
}

const PWC = 'PwC/BAE Operation Cloud Hopper indicators v3';
const CERT = 'US-CERT TA17-117A';
const NCC = 'NCC Group RedLeaves note';
const UNIT = 'public reports on menuPass';
const temp = String.raw`%USERPROFILE%\AppData\Local\Temp\winsyslog`;
const RUN = String.raw`Software\Microsoft\Windows\CurrentVersion\Run`;

const groups: readonly Group[] = [
  {
    source: PWC,
    published: '2017-04',
    type: 'file-name',
    values:
      '[digits].plg|atexec.exe|detect.vbs|gothic.dat|handkerchief.dat|IEChecker.exe|logmeinsystrays.dat|mfeann.data|microsoft.workflow.compiler.dat|msseces.asm|NvSmart.hlp|obedience.exe|schf.its|secretsdump.exe|SFCNS.dat|starburn.dll|t.vbs|Vba32ar.cab.dat|Vba32arch.dll|wpf-etw.dat'.split(
        '|',
      ),
  },
  {
    source: PWC,
    published: '2017-04',
    type: 'file-path',
    values: [
      String.raw`%ALLUSERSPROFILE%\SxS`,
      ...['mPclient.dll', 'msseces.asm', 'msseces.exe'].map((name) => `${temp}\\${name}`),
      String.raw`%APPDATA%\notron.exe`,
      ...['csvde.exe', 'lockdown.dll', 'mfeann.exe', 'mpsvc.dll', 'MsMpEng.exe', 'nbt.exe', 'nosystem.exe'].map(
        (name) => `C:\\recovery\\${name}`,
      ),
      String.raw`C:\Windows\System32\RedLeaves.exe`,
      String.raw`C:\Windows\Temp\winsyslog\mPclient.dll`,
      ...['Setup.exe', 'SetupEngine.dll', 'SFCNS.dat'].map((name) => `C:\\Windows\\Vss\\${name}`),
    ],
  },
  {
    source: PWC,
    published: '2017-04',
    type: 'mutex',
    values: [
      '&#@tz931(',
      '0mm7b2k8c',
      '2156jsdkh',
      '54bc6939a1de55fd',
      'a85edfea9aa3f292',
      'c516394560dfdc20',
      'cvxcbcbvw',
      'Deosodlwfiadlkfajksllw',
      'DF#EGDGFD',
      'DY&F*#KJK',
      'g6nncn1m1',
      'jfkgjr$##',
      'K!@DKFK#*',
      'RedLeavesCMDSimulatorMutex',
      'vv11287GD',
    ],
  },
  { source: PWC, published: '2017-04', type: 'pipe', values: ['NamePipe_MoreWindows'] },
  {
    source: PWC,
    published: '2017-04',
    type: 'registry-key',
    values: [
      String.raw`HKCU\Software\EGGORG`,
      String.raw`HKCU\Software\Classes\VirtualStore\MACHINE\Software\rar\e`,
      ...['ActiveSettings', 'data', 'e', 's'].map((name) => `HKCU\\Software\\rar\\${name}`),
      `HKCU\\${RUN}\\ISeC CrootReadr`,
      `HKCU\\${RUN}\\pedetdata`,
      `HKLM\\${RUN}\\pedetdata`,
      String.raw`HKLM\Software\Classes\MJ`,
    ],
  },
  {
    source: CERT,
    published: '2017-04-27',
    type: 'sha256',
    values: [
      '5262cb9791df50fafcb2fbd5f93226050b51efe400c2924eecba97b7ce437481',
      '6392e0701a77ea25354b1f40f5b867a35c0142abde785a66b83c9c8d2c14c0c3',
    ],
  },
  {
    source: CERT,
    published: '2017-04-27',
    type: 'md5',
    values: [
      '7f8a867a8302fe58039a6db254d335ae',
      'fb0c714cd2ebdcc6f33817abe7813c36',
      '598ff82ea4fb52717acafb227c83d474',
      '7d10708a518b26cc8c3cbfbaa224e032',
      'af406d35c77b1e0df17f839e36bce630',
      '6eb9e889b091a5647f6095dcd4de7c83',
    ],
  },
  { source: CERT, published: '2017-04-27', type: 'sha1', values: ['566291b277534b63eafc938cdaab8a399e41af7d'] },
  { source: CERT, published: '2017-04-27', type: 'mutex', values: ['RedLeavesSCMDSimulatorMutex'] },
  {
    source: CERT,
    published: '2017-04-27',
    type: 'file-name',
    values: [
      'red_autumnal_leaves_dllmain.dll',
      '3D Tetris.exe',
      'WinCConnect.exe',
      'ShorcutLauncher.exe',
      'Vba32ar.exe',
      'runsna.dll',
      'GeekBuddyRSP.exe',
      'condition.dat',
      'ap1.exe',
      'RCt.exe',
      'SXm.exe',
      'offcee.EXE',
      'artf.exe',
      'f157874512.exe',
    ],
  },
  {
    source: NCC,
    published: '2017-04',
    type: 'file-name',
    values: [
      'pastime.dat',
      'goat.dat',
      'authority.dat',
      'ninjastuff.dat',
      'recy.exe',
      'recyef.dll',
      'recyime.dat',
      'persuasion.lnk',
    ],
  },
  {
    source: NCC,
    published: '2017-04',
    type: 'domain',
    values: [
      'owlmedia.mefound.com',
      'ctldl.windowsupdate.fartit.com',
      'ipv4.windowsupdate.fartit.com',
      'fgipv6.download.windowsupdate.com.mwcname.com',
      'interpreter.shenajou.com',
      'center.shenajou.com',
      'commissioner.shenajou.com',
      'outlook.sindeali.com',
      'ultimedia.vmmini.com',
      'usiness.vmmini.com',
    ],
  },
  {
    source: NCC,
    published: '2017-04',
    type: 'ip',
    values: ['67.205.132.17', '144.168.45.116', '151.236.20.16', '95.47.156.86'],
  },
  {
    source: UNIT,
    published: '2017-02',
    type: 'domain',
    values: [
      'dick.ccfchrist.com',
      'trout.belowto.com',
      'sakai.unhamj.com',
      'zebra.wthelpdesk.com',
      'kawasaki.cloud-maste.com',
      'scorpion.poulsenv.com',
      'app.lehigtapp.com',
      'jimin.jimindaddy.com',
      'cvnx.zyns.com',
      'hamiltion.catholicmmb.com',
    ],
  },
];

const cell = (text: string) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
const rows = groups.flatMap((group) =>
  group.values.map((value) => [group.type, value, group.published, group.source, 'low'].map(cell).join(',')),
);
writeFileSync(
  new URL('../content/indicators/cloud-hopper.csv', import.meta.url),
  `type,value,first_published,source,weight\n${rows.join('\n')}\n`,
);
console.log(`${rows.length} indicators`);
