import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import { makeLogger } from './logger.ts';

/** More than a pipe holds. */
const LINES = 2_000;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'log-'));
const pipe = path.join(folder, 'pipe');
execFileSync('mkfifo', [pipe]);
const fd = fs.openSync(pipe, fs.constants.O_RDWR | fs.constants.O_NONBLOCK);

afterAll(() => {
  fs.closeSync(fd);
  fs.rmSync(folder, { recursive: true });
});

/** All that is in the pipe now. */
function read(): string {
  const part = Buffer.alloc(64 * 1024);
  let text = '';
  for (;;) {
    try {
      text += part.toString('utf8', 0, fs.readSync(fd, part));
    } catch {
      return text; // it is empty
    }
  }
}

it('a reader that does not read holds nobody up, and finds the lines when it does', () => {
  const logger = makeLogger('info', fd);
  for (let n = 0; n < LINES; n += 1) logger.info({ msg: 'request', n });
  let text = read();
  for (let more = 0; more < 10; more += 1) {
    logger.info({ msg: 'later' });
    text += read();
  }
  const found = text
    .split('\n')
    .flatMap((line) => (line.includes('request') ? [JSON.parse(line) as { n: number }] : []));
  expect(found.map(({ n }) => n)).toEqual(Array.from({ length: LINES }, (_, n) => n));
});
