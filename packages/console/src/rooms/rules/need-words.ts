const words: Readonly<Record<string, string>> = {
  windows: 'Windows',
  linux: 'Linux',
  macos: 'macOS',
  azure: 'Entra and Azure',
  aws: 'AWS',
  m365: 'Microsoft 365',
  gcp: 'Google Cloud',
  okta: 'Okta',
  zeek: 'Zeek',
  cisco: 'Cisco',
  fortigate: 'FortiGate',
  security: 'Security log',
  system: 'System log',
  application: 'Application log',
  sysmon: 'Sysmon log',
  powershell: 'PowerShell log',
  signinlogs: 'sign-in log',
  auditlogs: 'directory audit log',
  activitylogs: 'activity log',
  cloudtrail: 'CloudTrail',
  auditd: 'auditd',
  sshd: 'SSH server',
  process_creation: 'process starts (4688, Sysmon 1)',
  process_access: 'process access (Sysmon 10)',
  image_load: 'loaded libraries (Sysmon 7)',
  file_event: 'new files (Sysmon 11)',
  registry_set: 'registry values set (Sysmon 13)',
  registry_add: 'registry keys added (Sysmon 12)',
  registry_event: 'registry changes (Sysmon 12 to 14)',
  network_connection: 'connections (Sysmon 3)',
  dns_query: 'DNS queries (Sysmon 22)',
  pipe_created: 'named pipes (Sysmon 17)',
  ps_script: 'PowerShell scripts (4104)',
  ps_module: 'PowerShell modules (4103)',
};

/** What a rule needs, as the API names it by Sigma's words (`azure signinlogs`), in words of people. */
export function needWords(need: string): string {
  return need
    .split(' ')
    .map((part) => words[part] ?? part.replaceAll('_', ' '))
    .join(' ');
}
