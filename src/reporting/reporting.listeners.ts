import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { OnEvent, type DomainEvent } from '../events/on-event.ts';
import { ReadModel, type Outcome } from './read-model.ts';

/** What shows that the courier has the parcel. */
type Seen =
  | 'package.in_transit'
  | 'package.out_for_delivery'
  | 'package.available_for_pickup'
  | 'package.exception'
  | 'package.delivery_attempt_failed'
  | 'package.delivered'
  | 'package.rto_initiated';

type Ending =
  'package.delivered' | 'package.rto_initiated' | 'package.rto_delivered' | 'package.delivery_failed' | 'package.lost';

const OUTCOME: Readonly<Record<Ending, Outcome>> = {
  'package.delivered': 'delivered',
  'package.rto_initiated': 'rto',
  'package.rto_delivered': 'rto',
  'package.delivery_failed': 'failed',
  'package.lost': 'lost',
};

/** Reports are made of what other modules tell; nobody is asked. */
@Injectable()
export class ReportingListeners {
  constructor(private readonly model: ReadModel) {}

  @OnEvent('package.handed_over')
  noteDeparture(tx: EntityManager, { payload }: DomainEvent<'package.handed_over'>): void {
    this.model.departed(tx, payload);
  }

  @OnEvent(
    'package.in_transit',
    'package.out_for_delivery',
    'package.available_for_pickup',
    'package.exception',
    'package.delivery_attempt_failed',
    'package.delivered',
    'package.rto_initiated',
  )
  noteScan(tx: EntityManager, { name, payload }: DomainEvent<Seen>): void {
    this.model.scanned(tx, payload, payload.at);
    if (name === 'package.delivery_attempt_failed') this.model.attemptFailed(tx, payload);
  }

  @OnEvent(
    'package.delivered',
    'package.rto_initiated',
    'package.rto_delivered',
    'package.delivery_failed',
    'package.lost',
  )
  noteEnd(tx: EntityManager, { name, payload }: DomainEvent<Ending>): void {
    this.model.ended(tx, payload, OUTCOME[name], payload.at);
  }

  @OnEvent('package.late')
  noteLateness(tx: EntityManager, { payload }: DomainEvent<'package.late'>): void {
    this.model.late(tx, payload);
  }

  @OnEvent('claim.decided')
  noteCredit(tx: EntityManager, { payload }: DomainEvent<'claim.decided'>): void {
    this.model.credited(tx, payload);
  }
}
