import { createHash } from 'node:crypto';
import { FilesUnavailable } from '../claims.errors.ts';

/** Where the bytes of evidence are kept, under keys that are made of their hash: writing twice is writing once. */
export abstract class Files {
  /** Kept when it returns. @throws FilesUnavailable */
  abstract put(key: string, bytes: Buffer, mediaType: string): Promise<void>;

  /** @returns null: there is nothing under the key @throws FilesUnavailable */
  abstract get(key: string): Promise<Buffer | null>;

  /**
   * The bytes as they were kept, or nothing.
   * @throws FilesUnavailable the store does not answer, or has other bytes than it was given
   */
  async asKept(key: string, sha256: string): Promise<Buffer> {
    const bytes = await this.get(key);
    if (bytes === null || sha256Of(bytes) !== sha256) throw new FilesUnavailable('The file is not as it was shown.');
    return bytes;
  }

  /** Nothing is under the key when it returns. @throws FilesUnavailable */
  abstract remove(key: string): Promise<void>;
}

/** Hexadecimal. */
export function sha256Of(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
