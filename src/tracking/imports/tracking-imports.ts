import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { CatalogueService } from '../../catalogue/catalogue.service.ts';
import type { Actor } from '../../http/actor.ts';
import { StrictPipe } from '../../http/validation.ts';
import { invalidField } from '../../kernel/errors.ts';
import { idOut } from '../../kernel/ids.ts';
import {
  ImportsService,
  type Column,
  type ImportRecord,
  type Outcome,
  type Rows,
} from '../../imports/imports.service.ts';
import { Folding } from '../folding.ts';
import { Inbox } from '../inbox.ts';
import { canonicalEvent, CanonicalEventBody } from '../tracking.dto.ts';

const COLUMNS = {
  courier: { headings: ['courier', 'carrier'], required: true },
  tracking_number: { headings: ['tracking_number', 'tracking number', 'number', 'awb', 'waybill'], required: true },
  status: { headings: ['status'], required: true },
  occurred_at: { headings: ['occurred_at', 'time', 'date', 'timestamp'], required: true },
  description: { headings: ['description', 'event', 'text'] },
  location: { headings: ['location', 'place', 'city'] },
  event_id: { headings: ['event_id', 'id'] },
} satisfies Record<string, Column>;

type Name = keyof typeof COLUMNS;

/** Events of couriers that have neither push nor poll, as a CSV file: a row an event. */
@Injectable()
export class TrackingImports {
  private readonly check = new StrictPipe();

  constructor(
    private readonly imports: ImportsService,
    private readonly inbox: Inbox,
    private readonly folding: Folding,
    private readonly catalogue: CatalogueService,
  ) {}

  run(actor: Actor, csv: Buffer, dryRun: boolean): Promise<ImportRecord> {
    return this.imports.run(actor, { kind: 'tracking', dryRun, csv, columns: COLUMNS }, (tx, rows) =>
      this.take(tx, rows),
    );
  }

  /** @throws InvalidFields as an event of POST /v1/tracking/events does; a courier that we do not have */
  private async take(tx: EntityManager, [{ cells }]: Rows<Name>): Promise<Outcome> {
    const body = await this.check.transform(bodyOf(cells), { type: 'body', metatype: CanonicalEventBody });
    const event = canonicalEvent(body as CanonicalEventBody);
    const { couriers } = await this.catalogue.snapshot();
    if (!couriers.some(({ code }) => code === event.courier))
      throw invalidField('/courier', 'unknown_courier', `There is no courier ${event.courier}.`);
    const { counts, packages } = await this.inbox.record(tx, [event], null);
    await this.folding.fold(tx, packages);
    const [first] = packages;
    const subject = first === undefined ? event.trackingNumber : idOut('pkg', first.packageId);
    if (counts.duplicates > 0) return { status: 'unchanged', subject };
    if (counts.unmatched > 0) return { status: 'set_aside', subject, detail: 'No package has this number yet.' };
    return { status: 'imported', subject };
  }
}

/** Statuses as people write them: `Out for delivery`. */
function bodyOf(cells: Readonly<Record<Name, string>>): object {
  const { courier, status, ...rest } = cells;
  const given = Object.entries(rest).filter(([, text]) => text !== '');
  return {
    courier: courier.toLowerCase(),
    status: status.toLowerCase().replace(/[\s-]+/g, '_'),
    ...Object.fromEntries(given),
  };
}
