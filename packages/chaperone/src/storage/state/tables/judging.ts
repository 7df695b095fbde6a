// By what events are judged.
import type { Count, Default, Json, JsonOrNull, OrNull, Time, TimeNow, TimeOrNull } from './columns.ts';

export interface RegistryVersionTable {
  id: string;
  organization_id: string;
  /** 1, 2, 3 ... */
  version: number;
  /** chaperone.yaml as it was loaded */
  document: string;
  hash: string;
  loaded_by: OrNull<string>;
  loaded_at: TimeNow;
  /** the one in force */
  active: Default<boolean>;
}

/** Rules that an organisation wrote or imported itself; packs lie on disk and are named by `rule_setting`. */
export interface RuleDocumentTable {
  id: string;
  organization_id: string;
  name: string;
  /** Sigma YAML, one or more documents */
  document: string;
  version: number;
  enabled: Default<boolean>;
  created_by: OrNull<string>;
  created_at: TimeNow;
  updated_at: TimeNow;
}

/** What an organisation decided about a rule of a pack: survives the pack's updates. */
export interface RuleSettingTable {
  organization_id: string;
  /** Sigma id of the rule */
  rule_id: string;
  enabled: boolean;
  reason: OrNull<string>;
  changed_by: OrNull<string>;
  changed_at: TimeNow;
}

export interface RuleHitTable {
  organization_id: string;
  rule_id: string;
  hits: Count;
  last_hit_at: TimeOrNull;
  /** up to when stored events were judged by it when it was added or enabled */
  judged_past_at: TimeOrNull;
}

export interface IndicatorFeedTable {
  id: string;
  organization_id: string;
  name: string;
  kind: 'stix' | 'taxii' | 'misp' | 'csv' | 'manual';
  /** url, collection, user, encrypted secret ... */
  settings: Json<Record<string, unknown>>;
  tlp: OrNull<string>;
  /** 0 to 100, for indicators that state none */
  confidence: OrNull<number>;
  /** seconds between pulls; null: by hand */
  interval: OrNull<number>;
  /** days after which an indicator without valid_until has lost half its confidence; null: never */
  half_life_days: OrNull<number>;
  cursor: JsonOrNull<Record<string, unknown>>;
  last_pull_at: TimeOrNull;
  last_error: OrNull<string>;
  enabled: Default<boolean>;
  created_by: OrNull<string>;
  created_at: TimeNow;
}

export interface IndicatorTable {
  id: string;
  organization_id: string;
  feed_id: string;
  /** as in detection/indicators: ipv4, domain, url, sha256 ... */
  type: string;
  value: string;
  /** as its author wrote it: STIX pattern or value */
  written: string;
  note: OrNull<string>;
  tlp: OrNull<string>;
  /** 0 to 100 */
  confidence: OrNull<number>;
  valid_from: TimeOrNull;
  valid_until: TimeOrNull;
  revoked: Default<boolean>;
  /** name of the warning list that it is on: kept, never matched */
  warning_list: OrNull<string>;
  /** STIX id or MISP uuid */
  external_id: OrNull<string>;
  sightings: Count;
  last_sighting_at: TimeOrNull;
  created_at: TimeNow;
  updated_at: TimeNow;
  /** when a feed listed it again so that it counts where it did not: it is looked for in the past again */
  counts_anew_at: TimeOrNull;
}

export interface ExceptionTable {
  id: string;
  organization_id: string;
  /** what it holds back; null: any */
  detector: OrNull<string>;
  rule_id: OrNull<string>;
  provider: OrNull<string>;
  account: OrNull<string>;
  host: OrNull<string>;
  src_ip: OrNull<string>;
  /** what one source sent, or was found to do */
  source_id: OrNull<string>;
  /** further conditions on fields of the evidence: [{field, value}], value with * */
  fields: Json<readonly { readonly field: string; readonly value: string }[]>;
  owner: string;
  reason: string;
  created_by: OrNull<string>;
  created_at: TimeNow;
  ends_at: Time;
  /** ended before its time, by whom */
  ended_at: TimeOrNull;
  ended_by: OrNull<string>;
  held_back: Count;
  last_held_back_at: TimeOrNull;
}
