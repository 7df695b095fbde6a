export { CONTAINER_LIMITS, type ContainerLimits } from './limits.ts';
export type { Origin, Step } from './origin.ts';
export type { Report } from './unpack.ts';
