import fs from 'node:fs';
import path from 'node:path';

/**
 * Makes a folder where there is none, and those above it; one by one, for Node's recursive mkdir tries for ever where a
 * folder that exists takes none (/proc).
 * @throws ErrnoException it cannot be made, or not be written to
 */
export function makeFolder(folder: string): void {
  make(folder);
  fs.accessSync(`${folder}/.`, fs.constants.W_OK | fs.constants.X_OK); // ENOTDIR where it is a file
}

function make(folder: string): void {
  if (fs.existsSync(folder)) return;
  make(path.dirname(folder));
  try {
    fs.mkdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error; // another process was first
  }
}
