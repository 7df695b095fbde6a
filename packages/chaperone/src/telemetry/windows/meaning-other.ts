import type { Fields, MeaningLine, MeaningTable } from './meaning.ts';

/** Events of the other providers that say something about the use of accounts, by provider (lower case). */

const person: Fields = { 'actor.user.uid': 'Security_UserID' };

const cleared: MeaningLine = {
  class_uid: 1008,
  activity: 'Clear',
  fields: {
    'actor.user.name': 'SubjectUserName',
    'actor.user.domain': 'SubjectDomainName',
    'actor.user.uid': ['SubjectUserSid', 'Security_UserID'],
    'actor.session.uid': 'SubjectLogonId',
  },
  outcome: 'success',
};

/** Terminal services: `User` is `DOMAIN\name`, `Address` the client's (or `LOCAL`). */
const desktop = (activity: string): MeaningLine => ({
  class_uid: 3002,
  activity,
  fields: {
    'actor.user.name': 'User',
    'user.name': 'User',
    'actor.session.uid': 'SessionID',
    'src_endpoint.ip': 'Address',
    'dst_endpoint.hostname': 'Computer',
  },
  outcome: 'success',
});

const script = (activity: string): MeaningLine => ({
  class_uid: 1009,
  activity,
  fields: { ...person, 'actor.user.name': 'UserId', 'file.path': 'Path' },
  outcome: 'success',
});

const detection: MeaningLine = {
  class_uid: 2004,
  activity: 'Create',
  fields: {
    'actor.user.name': 'Detection User',
    'process.file.path': 'Process Name',
    'file.path': 'Path',
  },
};

const protection = (activity: string): MeaningLine => ({ class_uid: 3004, activity, fields: person });

const task = (activity: string): MeaningLine => ({
  class_uid: 1006,
  activity,
  fields: { 'actor.user.name': ['UserContext', 'UserName', 'User'], 'actor.user.uid': 'Security_UserID' },
});

const ntlm: MeaningLine = {
  class_uid: 3002,
  activity: 'Logon',
  fields: {
    'actor.user.name': ['UserName', 'ClientUserName'],
    'actor.user.domain': ['DomainName', 'ClientDomainName'],
    'user.name': ['UserName', 'ClientUserName'],
    'user.domain': ['DomainName', 'ClientDomainName'],
    'src_endpoint.hostname': ['WorkstationName', 'Workstation'],
    'dst_endpoint.hostname': ['SChannelName', 'TargetName'],
  },
};

const powershell: MeaningTable = { 4103: script('Run Command'), 4104: script('Run Script Block') };

/** Windows Remote Management: one that serves (91, 142 and the like) names the user only in the record's header. */
const remoting = (activity: string): MeaningLine => ({
  class_uid: 3002,
  activity,
  fields: { ...person, 'dst_endpoint.hostname': 'connection' },
});

const vpn = (class_uid: number, activity: string, outcome: MeaningLine['outcome']): MeaningLine => ({
  class_uid,
  activity,
  fields: {
    'actor.user.name': 'RasUser',
    'user.name': 'RasUser',
    'src_endpoint.ip': 'RasClient',
    'src_endpoint.assigned_ip': 'RasAssigned',
    'traffic.bytes_out': 'RasSent',
    'traffic.bytes_in': 'RasReceived',
    'dst_endpoint.hostname': 'Computer',
  },
  outcome,
});

export const OTHER_MEANINGS: Readonly<Record<string, MeaningTable>> = {
  'microsoft-windows-eventlog': { 1102: cleared, 104: cleared },
  'service control manager': {
    7045: {
      class_uid: 201004,
      activity: 'Create',
      fields: { ...person, 'service.name': 'ServiceName', 'service.cmd_line': 'ImagePath' },
      outcome: 'success',
    },
    7036: { class_uid: 201004, activity: 'State', fields: { 'service.name': 'param1' } },
    7040: { class_uid: 201004, activity: 'Reconfigure', fields: { ...person, 'service.name': 'param4' } },
  },
  remoteaccess: {
    20250: vpn(3002, 'Logon', 'success'),
    20271: vpn(3002, 'Logon', 'failure'),
    20272: vpn(4014, 'Close', 'success'),
    20274: vpn(4014, 'Open', 'success'),
  },
  'microsoft-windows-terminalservices-localsessionmanager': {
    21: desktop('Logon'),
    22: desktop('Shell Start'),
    23: desktop('Logoff'),
    24: desktop('Session Disconnect'),
    25: desktop('Session Reconnect'),
  },
  'microsoft-windows-terminalservices-remoteconnectionmanager': {
    1149: {
      class_uid: 3002,
      activity: 'Logon',
      fields: {
        'actor.user.name': 'Param1',
        'actor.user.domain': 'Param2',
        'user.name': 'Param1',
        'user.domain': 'Param2',
        'src_endpoint.ip': 'Param3',
        'dst_endpoint.hostname': 'Computer',
      },
      // It says that the network authentication of the connection succeeded, not yet that a session began
      outcome: 'success',
    },
  },
  'microsoft-windows-remotedesktopservices-rdpcorets': {
    131: {
      class_uid: 4005,
      activity: 'Connect',
      fields: { 'src_endpoint.ip': 'RdpClient', 'dst_endpoint.hostname': 'Computer' },
    },
    140: {
      class_uid: 3002,
      activity: 'Logon',
      fields: { 'src_endpoint.ip': 'IPString', 'dst_endpoint.hostname': 'Computer' },
      outcome: 'failure',
    },
  },
  'microsoft-windows-winrm': {
    6: remoting('Open Session'),
    91: remoting('Open Shell'),
    142: { ...remoting('Open Session'), outcome: 'failure' },
    161: { ...remoting('Logon'), outcome: 'failure' },
    169: {
      class_uid: 3002,
      activity: 'Logon',
      fields: {
        ...person,
        'actor.user.name': 'username',
        'user.name': 'username',
        'auth.protocol': 'authenticationMechanism',
      },
      outcome: 'success',
    },
  },
  'microsoft-windows-powershell': powershell,
  powershellcore: powershell,
  powershell: {
    400: script('Engine Start'),
    403: script('Engine Stop'),
    600: script('Provider Start'),
    800: script('Run Pipeline'),
  },
  'microsoft-windows-windows defender': {
    ...Object.fromEntries([1006, 1007, 1008, 1015, 1116, 1117, 1118, 1119].map((id) => [id, detection])),
    5001: protection('Disable Real-time Protection'),
    5004: protection('Update Configuration'),
    5007: protection('Update Configuration'),
    5010: protection('Disable Scan'),
    5012: protection('Disable Scan'),
    5013: protection('Block Tampering'),
  },
  'microsoft-windows-taskscheduler': {
    106: task('Create'),
    140: task('Update'),
    141: task('Delete'),
    142: task('Disable'),
    129: { class_uid: 1006, activity: 'Start', fields: { 'process.file.path': 'Path' } },
    200: { class_uid: 1006, activity: 'Start', fields: { 'process.file.path': 'ActionName' } },
  },
  'microsoft-windows-bits-client': {
    3: {
      class_uid: 4001,
      activity: 'Create Transfer',
      fields: { 'actor.user.name': ['jobOwner', 'string2'], 'process.file.path': 'processPath' },
    },
    59: { class_uid: 4002, activity: 'Get', fields: { url: 'url' } },
    60: { class_uid: 4002, activity: 'Get', fields: { url: 'url' } },
    61: { class_uid: 4002, activity: 'Get', fields: { url: 'url' } },
    16403: {
      class_uid: 4001,
      activity: 'Create Transfer',
      fields: { 'actor.user.name': 'User', url: 'RemoteName', 'file.path': 'LocalName' },
    },
  },
  'microsoft-windows-dns-client': {
    3008: { class_uid: 4003, activity: 'Query', fields: { ...person, 'dns.query': 'QueryName' } },
  },
  'microsoft-windows-ntlm': Object.fromEntries([8001, 8002, 8003, 8004].map((id) => [id, ntlm])),
  'microsoft-windows-wmi-activity': {
    5858: {
      class_uid: 1007,
      activity: 'WMI Query',
      fields: { 'actor.user.name': 'User', 'src_endpoint.hostname': 'ClientMachine' },
      outcome: 'failure',
    },
    5860: {
      class_uid: 1007,
      activity: 'WMI Subscribe',
      fields: { 'actor.user.name': 'User', 'src_endpoint.hostname': 'ClientMachine' },
    },
    5861: { class_uid: 1007, activity: 'WMI Persist', fields: { 'process.cmd_line': 'CONSUMER' } },
  },
};
