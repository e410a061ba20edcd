import { randomUUID } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import { Files } from './files.ts';

/** In a folder that every process of the service sees. */
export class DiskFiles extends Files {
  constructor(private readonly folder: string) {
    super();
  }

  /** Written beside its place and moved there whole, so that nobody reads a part. */
  async put(key: string, bytes: Buffer): Promise<void> {
    const place = this.placeOf(key);
    await fs.mkdir(path.dirname(place), { recursive: true, mode: 0o700 });
    const draft = `${place}.${randomUUID()}`;
    const file = await fs.open(draft, 'wx', 0o600);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await fs.rename(draft, place);
  }

  async get(key: string): Promise<Buffer | null> {
    try {
      return await fs.readFile(this.placeOf(key));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  }

  /** @throws Error the folder is not there: a file that this process does not see is not gone */
  async remove(key: string): Promise<void> {
    await fs.access(this.folder);
    await fs.rm(this.placeOf(key), { force: true });
  }

  private placeOf(key: string): string {
    return path.join(this.folder, ...key.split('/'));
  }
}
