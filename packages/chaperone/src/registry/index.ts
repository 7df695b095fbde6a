export type * from './facts.ts';
export { glob, isGlob } from './glob.ts';
export { describeHours, type Hours, type Span, within } from './hours.ts';
export { formatIp, type Ip, type IpRange, parseIp, parseRange } from './ip.ts';
export { IpSet } from './ip-set.ts';
export { type LoadedRegistry, type LoadOptions, loadRegistry, loadRegistryFile } from './load.ts';
export {
  type AccountName,
  accountName,
  hostName,
  isSystemAccount,
  parseAccountName,
  sameHost,
  shortHost,
  slugify,
} from './names.ts';
export { formatProblem, type ProblemCode, type RegistryProblem } from './problem.ts';
export { registryReference } from './reference.ts';
export type * from './registry.ts';
export { loadRmmTools, type RmmTool } from './rmm.ts';
export { type RegistryDocument, registryJsonSchema } from './schema.ts';
export { type ActivityTransfer, fromTransfer, toTransfer } from './transfer.ts';
export {
  findZone,
  formatDay,
  formatMinute,
  instantOf,
  lastDayBefore,
  type WallClock,
  wallClock,
  type Zone,
} from './zone.ts';
