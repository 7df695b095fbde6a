/** What an archive may cost. Real logs compress 5 to 100 times; a bomb is told by its ratio long before it fills anything. */
export interface ContainerLimits {
  /** unpacked bytes per packed byte, looked at once `ratioFrom` bytes came out */
  readonly maxRatio: number;
  readonly ratioFrom: number;
  /** unpacked bytes of one member */
  readonly maxUnpacked: number;
  /** archives inside archives: `a.zip!/b.zip!/c.gz` is 3 */
  readonly maxDepth: number;
  /** an archive inside another is held in memory to read its directory: at most this many bytes */
  readonly maxNested: number;
  /** members of one zip */
  readonly maxMembers: number;
}

export const CONTAINER_LIMITS: ContainerLimits = {
  maxRatio: 250,
  ratioFrom: 64 * 1024 * 1024,
  maxUnpacked: 256 * 1024 * 1024 * 1024,
  maxDepth: 4,
  maxNested: 128 * 1024 * 1024,
  maxMembers: 200_000,
};
