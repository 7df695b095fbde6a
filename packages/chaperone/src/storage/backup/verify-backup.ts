import { BackupError } from './backup-error.ts';
import { hashFiles } from './file-hashes.ts';
import { type BackupManifest, MANIFEST, readManifest } from './manifest.ts';

/**
 * Checks that a backup is whole: every file that its manifest names is there as it was written, and no other.
 *
 * @throws BackupError that names the first file that isn't right
 */
export async function verifyBackup(folder: string): Promise<BackupManifest> {
  const manifest = readManifest(folder);
  const found = await hashFiles(folder);
  found.delete(MANIFEST);
  for (const [path, { bytes, sha256 }] of Object.entries(manifest.files)) {
    const file = found.get(path);
    if (file === undefined) throw broken(folder, `${path} is missing`);
    if (file.bytes !== bytes) throw broken(folder, `${path} has ${file.bytes} bytes instead of ${bytes}`);
    if (file.sha256 !== sha256) throw broken(folder, `${path} is not what was written (its SHA-256 differs)`);
    found.delete(path);
  }
  const [other] = found.keys();
  if (other !== undefined) throw broken(folder, `${other} does not belong to it`);
  return manifest;
}

function broken(folder: string, what: string): BackupError {
  return new BackupError('backup_broken', `The backup ${folder} is not whole: ${what}.`, 'Use another backup.');
}
