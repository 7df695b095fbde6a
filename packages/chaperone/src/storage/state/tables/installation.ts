// What belongs to the installation.
import type { Json, OrNull, TimeNow } from './columns.ts';

export interface IdempotencyTable {
  /** SHA-256 of principal, method, path and key */
  id: string;
  organization_id: OrNull<string>;
  request_hash: string;
  status: OrNull<number>;
  body: OrNull<string>;
  created_at: TimeNow;
}

export interface SettingTable {
  key: string;
  value: Json;
  updated_at: TimeNow;
}
