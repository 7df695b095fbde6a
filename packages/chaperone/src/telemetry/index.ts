export { CONTAINER_LIMITS, type ContainerLimits } from './containers/index.ts';
export { type DiscoverOptions, discover, openSource, type Source, type SourceInfo } from './discover/index.ts';
export type * from './event.ts';
export type * from './format.ts';
export { formatTime, isZone, parseTime } from './time/index.ts';
export { inert } from './unread.ts';
export { windowsClass } from './windows/index.ts';
