/** Where the bytes of evidence are kept, under keys that are made of their hash: writing twice is writing once. */
export abstract class Files {
  /** Kept when it returns. @throws FilesUnavailable */
  abstract put(key: string, bytes: Buffer, mediaType: string): Promise<void>;

  /** @returns null: there is nothing under the key @throws FilesUnavailable */
  abstract get(key: string): Promise<Buffer | null>;

  /** Nothing is under the key when it returns. @throws FilesUnavailable */
  abstract remove(key: string): Promise<void>;
}
