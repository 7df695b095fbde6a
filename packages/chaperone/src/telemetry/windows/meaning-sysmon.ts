import type { Fields, MeaningLine, MeaningTable } from './meaning.ts';

/** Sysmon's events (its manifest, version 15). `User` is `DOMAIN\name` in one field. */

const process: Fields = { 'actor.user.name': 'User', 'process.file.path': 'Image' };

const file = (activity: string): MeaningLine => ({
  class_uid: 1001,
  activity,
  fields: { ...process, 'file.path': 'TargetFilename', 'file.hashes': ['Hashes', 'Hash'] },
  outcome: 'success',
});

const registry = (activity: string): MeaningLine => ({
  class_uid: 201001,
  activity,
  fields: { ...process, 'reg_key.path': 'TargetObject' },
  outcome: 'success',
});

const pipe = (activity: string): MeaningLine => ({ class_uid: 1001, activity, fields: process, outcome: 'success' });

const between = (activity: string): MeaningLine => ({
  class_uid: 1007,
  activity,
  fields: { 'actor.user.name': 'SourceUser', 'process.file.path': 'SourceImage', 'file.path': 'TargetImage' },
  outcome: 'success',
});

const sensor = (activity: string): MeaningLine => ({ class_uid: 1008, activity, fields: {} });

export const SYSMON_MEANINGS: MeaningTable = {
  1: {
    class_uid: 1007,
    activity: 'Launch',
    fields: {
      ...process,
      'actor.session.uid': 'LogonId',
      'process.cmd_line': 'CommandLine',
      'process.original_file_name': 'OriginalFileName',
      'process.hashes': 'Hashes',
      'process.parent_process.file.path': 'ParentImage',
      'process.parent_process.cmd_line': 'ParentCommandLine',
    },
    outcome: 'success',
  },
  2: file('Set Attributes'),
  3: {
    class_uid: 4001,
    activity: 'Open',
    fields: {
      ...process,
      'src_endpoint.ip': 'SourceIp',
      'src_endpoint.port': 'SourcePort',
      'src_endpoint.hostname': 'SourceHostname',
      'dst_endpoint.ip': 'DestinationIp',
      'dst_endpoint.port': 'DestinationPort',
      'dst_endpoint.hostname': 'DestinationHostname',
    },
    outcome: 'success',
  },
  4: sensor('Sensor state'),
  5: { class_uid: 1007, activity: 'Terminate', fields: process, outcome: 'success' },
  6: {
    class_uid: 1002,
    activity: 'Load',
    fields: { 'file.path': 'ImageLoaded', 'file.hashes': 'Hashes', 'process.signer': 'Signature' },
    outcome: 'success',
  },
  7: {
    class_uid: 1005,
    activity: 'Load',
    fields: {
      ...process,
      'file.path': 'ImageLoaded',
      'file.hashes': 'Hashes',
      'process.original_file_name': 'OriginalFileName',
    },
    outcome: 'success',
  },
  8: between('Inject'),
  9: { class_uid: 1001, activity: 'Raw Read', fields: process, outcome: 'success' },
  10: between('Open'),
  11: file('Create'),
  12: registry('Create or Delete'),
  13: registry('Set Value'),
  14: registry('Rename'),
  15: file('Create'),
  16: sensor('Configuration'),
  17: pipe('Create Pipe'),
  18: pipe('Open Pipe'),
  19: { class_uid: 1007, activity: 'WMI Filter', fields: { 'actor.user.name': 'User' } },
  20: {
    class_uid: 1007,
    activity: 'WMI Consumer',
    fields: { 'actor.user.name': 'User', 'process.cmd_line': 'Destination' },
  },
  21: { class_uid: 1007, activity: 'WMI Binding', fields: { 'actor.user.name': 'User' } },
  22: { class_uid: 4003, activity: 'Query', fields: { ...process, 'dns.query': 'QueryName' }, outcome: 'success' },
  23: file('Delete'),
  24: { class_uid: 1007, activity: 'Clipboard', fields: process },
  25: { class_uid: 1007, activity: 'Tamper', fields: process },
  26: file('Delete'),
  27: { ...file('Create'), outcome: 'failure' },
  28: { ...file('Delete'), outcome: 'failure' },
  29: file('Create'),
  255: sensor('Error'),
};
