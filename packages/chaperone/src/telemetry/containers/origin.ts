import type { ZipMember } from './zip.ts';

/** One way of packing to undo. */
export type Step =
  | { readonly kind: 'gzip' }
  | { readonly kind: 'zstd' }
  | { readonly kind: 'zip'; readonly member: ZipMember };

/** Where bytes come from: a plain file, and what to undo from the outside in. Plain data: another thread can open it. */
export interface Origin {
  /** for people: `logs.zip!/dc01/security.evtx` */
  readonly name: string;
  /** real path of the plain file on disk */
  readonly file: string;
  readonly steps: readonly Step[];
}
