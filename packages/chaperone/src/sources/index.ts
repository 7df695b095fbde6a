export { SettingsRefused, settingsToStore } from './catalogue/source-settings.ts';
export { createSource, getSource, listSources, type NewSource, updateSource } from './catalogue/source-store.ts';
export {
  acceptUpload,
  type UploadOptions,
  type UploadOutcome,
  type UploadProgress,
  UploadTooLarge,
} from './files/accept-upload.ts';
export type { FileOutcome } from './files/deliver-file.ts';
export type { FolderOutcome, FolderSettings } from './files/scan-folder.ts';
export { type FolderSource, lookIntoFolder, type WatchDeps, watchFolder } from './files/watch-folder.ts';
export { type PulledSource, type PullOutcome, type RunPullDeps, runPull } from './pull/run-pull.ts';
export type { PullSettings } from './pull/settings.ts';
export { SourceRouter } from './router.ts';
export { type ShipperPlaces, shippersFor } from './shippers.ts';
