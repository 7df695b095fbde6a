/** Columns of NPS's database-compatible log in their order (Microsoft, "Interpret NPS Database Format Log Files"). */
export const NPS_COLUMNS: readonly string[] =
  'ComputerName,ServiceName,Record-Date,Record-Time,Packet-Type,User-Name,Fully-Qualified-Distinguished-Name,Called-Station-ID,Calling-Station-ID,Callback-Number,Framed-IP-Address,NAS-Identifier,NAS-IP-Address,NAS-Port,Client-Vendor,Client-IP-Address,Client-Friendly-Name,Event-Timestamp,Port-Limit,NAS-Port-Type,Connect-Info,Framed-Protocol,Service-Type,Authentication-Type,Policy-Name,Reason-Code,Class,Session-Timeout,Idle-Timeout,Termination-Action,EAP-Friendly-Name,Acct-Status-Type,Acct-Delay-Time,Acct-Input-Octets,Acct-Output-Octets,Acct-Session-Id,Acct-Authentic,Acct-Session-Time,Acct-Input-Packets,Acct-Output-Packets,Acct-Terminate-Cause,Acct-Multi-Ssn-ID,Acct-Link-Count,Acct-Interim-Interval,Tunnel-Type,Tunnel-Medium-Type,Tunnel-Client-Endpt,Tunnel-Server-Endpt,Acct-Tunnel-Conn,Tunnel-Pvt-Group-ID,Tunnel-Assignment-ID,Tunnel-Preference,MS-Acct-Auth-Type,MS-Acct-EAP-Type,MS-RAS-Version,MS-RAS-Vendor,MS-CHAP-Error,MS-CHAP-Domain,MS-MPPE-Encryption-Types,MS-MPPE-Encryption-Policy,Proxy-Policy-Name,Provider-Type,Provider-Name,Remote-Server-Address,MS-RAS-Client-Name,MS-RAS-Client-Version'.split(
    ',',
  );

/** Attributes of the IAS format by number: RADIUS's own (RFC 2865, 2866, 2868) and NPS's from 4108 on. */
export const IAS_ATTRIBUTES: Readonly<Record<string, string>> = {
  1: 'User-Name',
  4: 'NAS-IP-Address',
  5: 'NAS-Port',
  6: 'Service-Type',
  7: 'Framed-Protocol',
  8: 'Framed-IP-Address',
  25: 'Class',
  27: 'Session-Timeout',
  30: 'Called-Station-ID',
  31: 'Calling-Station-ID',
  32: 'NAS-Identifier',
  40: 'Acct-Status-Type',
  41: 'Acct-Delay-Time',
  42: 'Acct-Input-Octets',
  43: 'Acct-Output-Octets',
  44: 'Acct-Session-Id',
  45: 'Acct-Authentic',
  46: 'Acct-Session-Time',
  47: 'Acct-Input-Packets',
  48: 'Acct-Output-Packets',
  49: 'Acct-Terminate-Cause',
  50: 'Acct-Multi-Ssn-ID',
  55: 'Event-Timestamp',
  61: 'NAS-Port-Type',
  64: 'Tunnel-Type',
  65: 'Tunnel-Medium-Type',
  66: 'Tunnel-Client-Endpt',
  67: 'Tunnel-Server-Endpt',
  77: 'Connect-Info',
  4108: 'Client-IP-Address',
  4116: 'Client-Vendor',
  4127: 'Authentication-Type',
  4128: 'Client-Friendly-Name',
  4129: 'SAM-Account-Name',
  4130: 'Fully-Qualified-User-Name',
  4132: 'EAP-Friendly-Name',
  4136: 'Packet-Type',
  4142: 'Reason-Code',
  4149: 'NP-Policy-Name',
  4154: 'Proxy-Policy-Name',
  4155: 'Provider-Type',
  4156: 'Provider-Name',
};

export const PACKET_TYPES: Readonly<Record<string, string>> = {
  1: 'Access-Request',
  2: 'Access-Accept',
  3: 'Access-Reject',
  4: 'Accounting-Request',
  5: 'Accounting-Response',
  11: 'Access-Challenge',
};

/** The reasons met most (Microsoft, "NPS reason codes"), for people. */
export const REASONS: Readonly<Record<string, string>> = {
  0: 'success',
  8: 'no such account',
  16: 'wrong user name or password',
  19: 'password not stored reversibly',
  21: 'an extension refused the request',
  22: 'EAP type can not be processed',
  23: 'error in EAP',
  34: 'account disabled',
  35: 'account expired',
  36: 'account locked out',
  37: 'outside the hours of the account',
  48: 'no network policy matches',
  49: 'no connection request policy matches',
  65: 'dial-in permission denied',
  66: 'authentication method not enabled in the policy',
};
