import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Listening } from './listening.ts';

const CHANNEL = 'waybill_drop';
/** Between the cache's name and the key in it. */
const SPACE = ' ';

/**
 * Tells other processes what has changed of what they keep in memory, as soon as the change is committed (reliability.md,
 * Caches). What does not reach them they drop by age, some seconds later.
 */
@Injectable()
export class Drops implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly caches = new Map<string, (key: string) => void>();
  private readonly line: Listening;

  constructor(db: DataSource) {
    this.line = new Listening((db.options as { url?: string }).url, CHANNEL, (payload) => {
      const [name = '', key = ''] = payload.split(SPACE);
      this.caches.get(name)?.(key);
    });
  }

  /** @param name of the cache, alike in all processes */
  register(name: string, drop: (key: string) => void): void {
    this.caches.set(name, drop);
  }

  /** After the commit: nobody waits for it. @param key without blanks */
  tell(name: string, key = ''): void {
    void this.line.tell(`${name}${SPACE}${key}`);
  }

  onApplicationBootstrap(): void {
    this.line.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.line.stop();
  }
}
