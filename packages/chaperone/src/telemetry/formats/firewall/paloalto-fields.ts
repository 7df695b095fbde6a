/** Fields of PAN-OS log types in the order of its syslog format (8.1 to 11.2: later versions add at the end). `-`: unused. */
const HEAD = '- receive_time serial type subtype - time_generated';
const TAIL = 'seqno actionflags dg_hier_level_1 dg_hier_level_2 dg_hier_level_3 dg_hier_level_4 vsys_name device_name';
const SESSION =
  'src dst natsrc natdst rule srcuser dstuser app vsys from to inbound_if outbound_if logset - sessionid repeatcnt sport dport natsport natdport flags proto action';

export const PALOALTO_FIELDS: Readonly<Record<string, readonly string[]>> = {
  TRAFFIC: fields(
    `${HEAD} ${SESSION} bytes bytes_sent bytes_received packets start elapsed category - seqno actionflags srcloc dstloc - pkts_sent pkts_received session_end_reason dg_hier_level_1 dg_hier_level_2 dg_hier_level_3 dg_hier_level_4 vsys_name device_name action_source src_uuid dst_uuid tunnelid monitortag parent_session_id parent_start_time tunnel`,
  ),
  THREAT: fields(
    `${HEAD} ${SESSION} misc threatid category severity direction seqno actionflags srcloc dstloc - contenttype pcap_id filedigest cloud url_idx user_agent filetype xff referer sender subject recipient reportid dg_hier_level_1 dg_hier_level_2 dg_hier_level_3 dg_hier_level_4 vsys_name device_name - src_uuid dst_uuid http_method`,
  ),
  SYSTEM: fields(`${HEAD} vsys eventid object - - module severity opaque ${TAIL}`),
  CONFIG: fields(`${HEAD} host vsys cmd admin client result path before_change_detail after_change_detail ${TAIL}`),
  USERID: fields(
    `${HEAD} vsys ip user datasourcename eventid repeatcnt timeout beginport endport datasource datasourcetype ${TAIL} vsys_id factortype factorcompletiontime factorno`,
  ),
  GLOBALPROTECT: fields(
    `${HEAD} vsys eventid stage auth_method tunnel_type srcuser srcregion machinename public_ip public_ipv6 private_ip private_ipv6 hostid serialnumber client_ver client_os client_os_ver repeatcnt reason error opaque status location login_duration connect_method error_code portal seqno actionflags high_res_timestamp selection_type response_time priority attempted_gateways gateway dg_hier_level_1 dg_hier_level_2 dg_hier_level_3 dg_hier_level_4 vsys_name device_name vsys_id`,
  ),
};

/** What every log type begins with: for types that aren't listed. */
export const PALOALTO_HEAD: readonly string[] = fields(HEAD);

function fields(text: string): readonly string[] {
  return text.split(' ').map((name) => (name === '-' ? '' : name));
}
