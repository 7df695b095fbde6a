/** A processing pipeline. */
export interface Pipeline {
  readonly name: string;
  readonly priority: number;
}
