import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

/** How the API shows the thing that an event is about, less what belongs to nobody but its reader. @throws NotFound */
export type Show = (tx: EntityManager, merchantId: string, id: string) => Promise<object>;

/** Views of what events are about, by noun (`claim`): registered by modules that those who show events may not call. */
@Injectable()
export class EventViews {
  private readonly shows = new Map<string, Show>();

  register(noun: string, show: Show): void {
    if (this.shows.has(noun)) throw new Error(`Two views show a ${noun}.`);
    this.shows.set(noun, show);
  }

  of(noun: string): Show | null {
    return this.shows.get(noun) ?? null;
  }
}
