import type { Fields, MeaningLine, MeaningTable } from './meaning.ts';
import { auditOutcome, statusOutcome } from './outcome.ts';

/**
 * The Security log's events (provider Microsoft-Windows-Security-Auditing) that say something about the use of accounts.
 * Fields as in Microsoft's "Audit events" reference; classes and activities as in OCSF.
 */

const subject: Fields = {
  'actor.user.name': 'SubjectUserName',
  'actor.user.domain': 'SubjectDomainName',
  'actor.user.uid': 'SubjectUserSid',
  'actor.session.uid': 'SubjectLogonId',
};

const target: Fields = {
  'user.name': 'TargetUserName',
  'user.domain': 'TargetDomainName',
  'user.uid': ['TargetUserSid', 'TargetSid'],
};

/** Somebody signs in or out: actor and user are the same account. */
const signing: Fields = {
  'actor.user.name': 'TargetUserName',
  'actor.user.domain': 'TargetDomainName',
  'actor.user.uid': ['TargetUserSid', 'TargetSid'],
  'actor.session.uid': 'TargetLogonId',
  ...target,
};

const from: Fields = { 'src_endpoint.ip': 'IpAddress', 'src_endpoint.port': 'IpPort' };
const here: Fields = { 'dst_endpoint.hostname': 'Computer' };

const logon: Fields = {
  ...signing,
  ...from,
  ...here,
  'src_endpoint.hostname': 'WorkstationName',
  'auth.type': 'LogonType',
  'auth.protocol': 'AuthenticationPackageName',
  'process.file.path': 'ProcessName',
};

/** 4625 gives no SID of the account (`S-1-0-0`), and the Subject is the service that asked. */
const failedLogon: Fields = {
  ...logon,
  'actor.user.uid': [],
  'user.uid': [],
  'actor.session.uid': [],
};

const kerberos: Fields = {
  ...signing,
  'actor.session.uid': [],
  ...from,
  'auth.factor': 'PreAuthType',
  'certificate.serial': 'CertSerialNumber',
};

const account = (activity: string, outcome: MeaningLine['outcome'] = 'success'): MeaningLine => ({
  class_uid: 3001,
  activity,
  fields: { ...subject, ...target },
  outcome,
});

/** The member is the user it is about; the group is the event's target. */
const group = (activity: string): MeaningLine => ({
  class_uid: 3006,
  activity,
  fields: {
    ...subject,
    'user.name': 'MemberName',
    'user.uid': 'MemberSid',
    'group.name': 'TargetUserName',
    'group.uid': 'TargetSid',
  },
  outcome: 'success',
});

const job = (activity: string): MeaningLine => ({ class_uid: 1006, activity, fields: subject, outcome: 'success' });

const entity = (activity: string): MeaningLine => ({ class_uid: 3004, activity, fields: subject, outcome: 'success' });

const object = (class_uid: number, activity: string, outcome: MeaningLine['outcome']): MeaningLine => ({
  class_uid,
  activity,
  fields: { ...subject, 'process.file.path': 'ProcessName', 'file.path': 'ObjectName' },
  outcome,
});

/** Network Policy Server: a sign-in by RADIUS; the client of the VPN is in the calling station. */
const radius = (activity: string, outcome: MeaningLine['outcome']): MeaningLine => ({
  class_uid: 3002,
  activity,
  fields: {
    'actor.user.name': ['SubjectUserName', 'FullyQualifiedSubjectUserName'],
    'actor.user.domain': 'SubjectDomainName',
    'actor.user.uid': 'SubjectUserSid',
    'user.name': ['SubjectUserName', 'FullyQualifiedSubjectUserName'],
    'user.domain': 'SubjectDomainName',
    'user.uid': 'SubjectUserSid',
    'actor.session.uid': 'AccountSessionIdentifier',
    'src_endpoint.ip': 'CallingStationID',
    'dst_endpoint.ip': ['NASIPv4Address', 'NASIPv6Address', 'ClientIPAddress'],
    'dst_endpoint.hostname': ['NASIdentifier', 'ClientName'],
    'auth.type': 'AuthenticationType',
    'auth.protocol': 'EAPType',
  },
  outcome,
});

const session = (activity: string): MeaningLine => ({
  class_uid: 3002,
  activity,
  fields: {
    'actor.user.name': 'AccountName',
    'actor.user.domain': 'AccountDomain',
    'actor.session.uid': 'LogonID',
    'user.name': 'AccountName',
    'user.domain': 'AccountDomain',
    'src_endpoint.ip': 'ClientAddress',
    'src_endpoint.hostname': 'ClientName',
    ...here,
  },
  outcome: 'success',
});

const share = (activity: string): MeaningLine => ({
  class_uid: 4006,
  activity,
  fields: { ...subject, ...from, ...here, share: 'ShareName', 'file.path': 'RelativeTargetName' },
  outcome: auditOutcome,
});

const connection = (activity: string, outcome: MeaningLine['outcome']): MeaningLine => ({
  class_uid: 4001,
  activity,
  fields: {
    'process.file.path': 'Application',
    'src_endpoint.ip': 'SourceAddress',
    'src_endpoint.port': 'SourcePort',
    'dst_endpoint.ip': 'DestAddress',
    'dst_endpoint.port': 'DestPort',
  },
  outcome,
});

const certificate = (activity: string, outcome: MeaningLine['outcome']): MeaningLine => ({
  class_uid: 3004,
  activity,
  fields: {
    'actor.user.name': ['Requester', 'SubjectUserName'],
    'user.name': ['Requester', 'SubjectUserName'],
    'certificate.serial': ['CertificateSerialNumber', 'SerialNumber'],
  },
  outcome,
});

const many = (ids: readonly number[], line: MeaningLine): MeaningTable =>
  Object.fromEntries(ids.map((id) => [id, line]));

export const SECURITY_MEANINGS: MeaningTable = {
  4624: { class_uid: 3002, activity: 'Logon', fields: logon, outcome: 'success' },
  4625: { class_uid: 3002, activity: 'Logon', fields: failedLogon, outcome: 'failure' },
  4634: {
    class_uid: 3002,
    activity: 'Logoff',
    fields: { ...signing, ...here, 'auth.type': 'LogonType' },
    outcome: 'success',
  },
  4647: { class_uid: 3002, activity: 'Logoff', fields: { ...signing, ...here }, outcome: 'success' },
  4648: {
    class_uid: 3002,
    activity: 'Logon with explicit credentials',
    fields: {
      ...subject,
      ...target,
      ...from,
      'dst_endpoint.hostname': 'TargetServerName',
      'process.file.path': 'ProcessName',
      'service.name': 'TargetInfo',
    },
    outcome: 'success',
  },
  4672: {
    class_uid: 3003,
    activity: 'Assign Privileges',
    fields: {
      ...subject,
      'user.name': 'SubjectUserName',
      'user.domain': 'SubjectDomainName',
      'user.uid': 'SubjectUserSid',
      ...here,
    },
    outcome: 'success',
  },
  4964: { class_uid: 3003, activity: 'Assign Groups', fields: { ...signing, ...here }, outcome: 'success' },
  4627: { class_uid: 3003, activity: 'Assign Groups', fields: { ...signing, ...here }, outcome: 'success' },
  4675: { class_uid: 3002, activity: 'SID filtering', fields: signing },
  4825: {
    class_uid: 3002,
    activity: 'Logon',
    fields: {
      'actor.user.name': 'AccountName',
      'actor.user.domain': 'AccountDomain',
      'user.name': 'AccountName',
      'user.domain': 'AccountDomain',
      'src_endpoint.ip': 'ClientAddress',
      ...here,
    },
    outcome: 'failure',
  },
  4768: { class_uid: 3002, activity: 'Authentication Ticket', fields: kerberos, outcome: statusOutcome },
  4769: {
    class_uid: 3002,
    activity: 'Service Ticket Request',
    fields: { ...kerberos, 'service.name': 'ServiceName' },
    outcome: statusOutcome,
  },
  4770: {
    class_uid: 3002,
    activity: 'Service Ticket Renew',
    fields: { ...kerberos, 'service.name': 'ServiceName' },
    outcome: 'success',
  },
  4771: { class_uid: 3002, activity: 'Preauth', fields: kerberos, outcome: 'failure' },
  4772: { class_uid: 3002, activity: 'Authentication Ticket', fields: kerberos, outcome: 'failure' },
  4773: { class_uid: 3002, activity: 'Service Ticket Request', fields: kerberos, outcome: 'failure' },
  4776: {
    class_uid: 3002,
    activity: 'Validate Credentials',
    fields: {
      'actor.user.name': 'TargetUserName',
      'user.name': 'TargetUserName',
      'src_endpoint.hostname': 'Workstation',
      'auth.protocol': 'PackageName',
    },
    outcome: statusOutcome,
  },
  4777: {
    class_uid: 3002,
    activity: 'Validate Credentials',
    fields: {
      'actor.user.name': 'TargetUserName',
      'user.name': 'TargetUserName',
      'src_endpoint.hostname': 'Workstation',
    },
    outcome: 'failure',
  },
  4778: session('Session Reconnect'),
  4779: session('Session Disconnect'),
  ...many([4800, 4802], { class_uid: 3002, activity: 'Lock', fields: signing, outcome: 'success' }),
  ...many([4801, 4803], { class_uid: 3002, activity: 'Unlock', fields: signing, outcome: 'success' }),
  4688: {
    class_uid: 1007,
    activity: 'Launch',
    fields: {
      'actor.user.name': ['TargetUserName', 'SubjectUserName'],
      'actor.user.domain': ['TargetDomainName', 'SubjectDomainName'],
      'actor.user.uid': 'SubjectUserSid',
      'actor.session.uid': 'SubjectLogonId',
      'process.file.path': 'NewProcessName',
      'process.cmd_line': 'CommandLine',
      'process.parent_process.file.path': 'ParentProcessName',
    },
    outcome: 'success',
  },
  4689: {
    class_uid: 1007,
    activity: 'Terminate',
    fields: { ...subject, 'process.file.path': 'ProcessName' },
    outcome: 'success',
  },
  4697: {
    class_uid: 201004,
    activity: 'Create',
    fields: { ...subject, 'service.name': 'ServiceName', 'service.cmd_line': 'ServiceFileName' },
    outcome: 'success',
  },
  4698: job('Create'),
  4699: job('Delete'),
  4700: job('Enable'),
  4701: job('Disable'),
  4702: job('Update'),
  4720: account('Create'),
  4722: account('Enable'),
  4723: account('Password Change', auditOutcome),
  4724: account('Password Reset', auditOutcome),
  4725: account('Disable'),
  4726: account('Delete'),
  4738: account('Update'),
  4740: {
    class_uid: 3001,
    activity: 'Lock',
    fields: { ...subject, ...target, 'user.domain': [], 'src_endpoint.hostname': 'TargetDomainName' },
    outcome: 'success',
  },
  4767: account('Unlock'),
  4781: {
    class_uid: 3001,
    activity: 'Rename',
    fields: {
      ...subject,
      'user.name': ['NewTargetUserName', 'OldTargetUserName'],
      'user.domain': 'TargetDomainName',
      'user.uid': 'TargetSid',
    },
    outcome: 'success',
  },
  4741: account('Create'),
  4742: account('Update'),
  4743: account('Delete'),
  4765: account('SID History Add'),
  4766: account('SID History Add', 'failure'),
  4794: account('Directory Services Restore Mode Password Set', auditOutcome),
  ...many([4727, 4731, 4754, 4744, 4749, 4759], group('Create')),
  ...many([4728, 4732, 4756, 4746, 4751, 4761], group('Add User')),
  ...many([4729, 4733, 4757, 4747, 4752, 4762], group('Remove User')),
  ...many([4735, 4737, 4755, 4745, 4750, 4760, 4764], group('Update')),
  ...many([4730, 4734, 4758, 4748, 4753, 4763], group('Delete')),
  4798: {
    class_uid: 3001,
    activity: 'Enumerate Groups',
    fields: { ...subject, ...target, 'process.file.path': 'CallerProcessName' },
    outcome: 'success',
  },
  4799: {
    class_uid: 3006,
    activity: 'Enumerate',
    fields: { ...subject, 'process.file.path': 'CallerProcessName' },
    outcome: 'success',
  },
  ...many([4706, 4865], entity('Create Trust')),
  ...many([4716, 4867], entity('Update Trust')),
  ...many([4707, 4866], entity('Delete Trust')),
  ...many([4713, 4719, 4739, 4715, 4817, 4907, 4912], entity('Update Policy')),
  ...many([4704, 4717], {
    class_uid: 3001,
    activity: 'Attach Policy',
    fields: { ...subject, 'user.uid': ['TargetSid', 'TargetUserSid'] },
    outcome: 'success',
  }),
  ...many([4705, 4718], {
    class_uid: 3001,
    activity: 'Detach Policy',
    fields: { ...subject, 'user.uid': ['TargetSid', 'TargetUserSid'] },
    outcome: 'success',
  }),
  4662: { class_uid: 3004, activity: 'Access', fields: subject, outcome: auditOutcome },
  5136: entity('Update'),
  5137: entity('Create'),
  5138: entity('Restore'),
  5139: entity('Move'),
  5141: entity('Delete'),
  5140: share('Connect'),
  5142: share('Create'),
  5143: share('Update'),
  5144: share('Delete'),
  5145: share('Access'),
  4656: object(1001, 'Open', auditOutcome),
  4661: object(3004, 'Open', auditOutcome),
  4660: object(1001, 'Delete', 'success'),
  4663: object(1001, 'Access', 'success'),
  4670: object(1001, 'Set Security', 'success'),
  4657: {
    class_uid: 201002,
    activity: 'Set',
    fields: { ...subject, 'process.file.path': 'ProcessName', 'reg_key.path': 'ObjectName' },
    outcome: 'success',
  },
  ...many([4673, 4674], {
    class_uid: 3003,
    activity: 'Use Privilege',
    fields: { ...subject, 'process.file.path': 'ProcessName' },
    outcome: auditOutcome,
  }),
  ...many([4946, 4947, 4948, 4950, 5025, 5034], {
    class_uid: 3004,
    activity: 'Update Firewall',
    fields: {},
    outcome: 'success',
  }),
  4616: {
    class_uid: 3004,
    activity: 'Set Time',
    fields: { ...subject, 'process.file.path': 'ProcessName' },
    outcome: 'success',
  },
  5156: connection('Open', 'success'),
  5157: connection('Refuse', 'failure'),
  4886: certificate('Request Certificate', 'success'),
  4887: certificate('Issue Certificate', 'success'),
  4888: certificate('Deny Certificate', 'failure'),
  4870: certificate('Revoke Certificate', 'success'),
  6272: radius('Logon', 'success'),
  6278: radius('Logon', 'success'),
  ...many([6273, 6274], radius('Logon', 'failure')),
  ...many([6275, 6276, 6277], radius('Logon', undefined)),
  6279: radius('Lock', 'failure'),
  6280: radius('Unlock', 'success'),
};
