import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { OnEvent, type DomainEvent } from '../events/on-event.ts';
import { Dispatching } from './dispatching.ts';

@Injectable()
export class StoresListeners {
  constructor(private readonly dispatching: Dispatching) {}

  @OnEvent('package.handed_over')
  async tellTheStore(tx: EntityManager, { payload }: DomainEvent<'package.handed_over'>): Promise<void> {
    await this.dispatching.keep(tx, payload);
  }
}
