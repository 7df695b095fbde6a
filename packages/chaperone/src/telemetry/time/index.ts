export { type EpochUnit, fromEpoch, fromFiletime } from './epoch.ts';
export { formatTime } from './format-time.ts';
export { parseIso } from './iso.ts';
export { parseTime } from './parse-time.ts';
export { inferYear, parseSyslogTime } from './syslog.ts';
export { parseVendorTime } from './vendor.ts';
export { isZone, wallToUtc } from './zone.ts';
