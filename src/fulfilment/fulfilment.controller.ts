import { Body, Controller, Get, Param, Post, Query, StreamableFile } from '@nestjs/common';
import { ApiProduces } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { CatalogueService } from '../catalogue/catalogue.service.ts';
import { asCaller, asHouse } from '../database/scope.ts';
import { Access } from '../http/access.ts';
import { CurrentActor, staffOf, tenantOf, type Actor } from '../http/actor.ts';
import type { Answer } from '../http/answer.ts';
import { CurrentCall, type Call } from '../http/call.ts';
import { Commands } from '../http/commands.ts';
import { TakesTime } from '../http/deadline.ts';
import { IdPipe } from '../http/id.pipe.ts';
import { CURSOR_KEY, idPageRequest, ListQuery, pageRequest } from '../http/lists.ts';
import { Returns } from '../http/returns.ts';
import { Clock } from '../kernel/clock.ts';
import { idIn, idOut } from '../kernel/ids.ts';
import { page, type Page } from '../kernel/pages.ts';
import {
  LabelBody,
  ManifestBody,
  ManifestView,
  manifestView,
  PackageQuery,
  PackageView,
  packageView,
  PackBody,
  PickingQuery,
} from './fulfilment.dto.ts';
import { LabelDesk } from './labels/label-desk.ts';
import { PackageStore } from './package.store.ts';
import { Papers } from './papers.ts';
import { Bench, type Scan } from './warehouse/bench.ts';
import { Departures } from './warehouse/departures.ts';

const READERS = { merchant: 'packages:read', staff: ['warehouse', 'support', 'finance'] } as const;
const WAREHOUSE = { staff: ['warehouse'] } as const;

@Controller('v1/packages')
export class PackagesController {
  constructor(
    private readonly db: DataSource,
    private readonly store: PackageStore,
    private readonly papers: Papers,
    private readonly bench: Bench,
    private readonly departures: Departures,
    private readonly desk: LabelDesk,
    private readonly commands: Commands,
    private readonly clock: Clock,
  ) {}

  @Get()
  @Access(READERS)
  @Returns(200, PackageView, { list: true })
  async list(@Query() query: PackageQuery, @CurrentActor() actor: Actor): Promise<Page<PackageView>> {
    const request = idPageRequest(query);
    const filter = {
      merchantId: tenantOf(actor),
      status: query.status,
      warehouse: query.warehouse,
      courier: query.courier,
      trackingNumber: query.tracking_number,
      orderId: query.order === undefined ? undefined : (idIn('ord', query.order) ?? undefined),
      paidOnly: seesOnlyPaid(actor),
    };
    const found = await this.store.list(asCaller(this.db, tenantOf(actor)), filter, request);
    return page(found, request.limit, packageView, ({ id }) => [id]);
  }

  @Get(':id')
  @Access(READERS)
  @Returns(200, PackageView)
  async get(@Param('id', IdPipe('pkg')) id: string, @CurrentActor() actor: Actor): Promise<PackageView> {
    return packageView(await this.store.get(asCaller(this.db, tenantOf(actor)), tenantOf(actor), id));
  }

  @Get(':id/label.pdf')
  @Access(READERS)
  @ApiProduces('application/pdf')
  @Returns(200, null, { description: 'The shipping label, 10 x 15 cm.' })
  async label(@Param('id', IdPipe('pkg')) id: string, @CurrentActor() actor: Actor): Promise<StreamableFile> {
    const record = await this.store.get(asCaller(this.db, tenantOf(actor)), tenantOf(actor), id);
    return pdf(
      `label-${record.trackingNumber ?? ''}`,
      await this.papers.label(asCaller(this.db, tenantOf(actor)), record),
    );
  }

  @Get(':id/packing-slip.pdf')
  @Access(READERS)
  @ApiProduces('application/pdf')
  @Returns(200, null, { description: 'What lies in the parcel, without prices.' })
  async packingSlip(@Param('id', IdPipe('pkg')) id: string, @CurrentActor() actor: Actor): Promise<StreamableFile> {
    const record = await this.store.get(asCaller(this.db, tenantOf(actor)), tenantOf(actor), id);
    return pdf(
      `packing-slip-${idOut('pkg', id)}`,
      await this.papers.packingSlip(asCaller(this.db, tenantOf(actor)), record),
    );
  }

  @Get(':id/customs.pdf')
  @Access(READERS)
  @ApiProduces('application/pdf')
  @Returns(200, null, { description: 'The customs declaration, with what was really paid for each line.' })
  async customs(@Param('id', IdPipe('pkg')) id: string, @CurrentActor() actor: Actor): Promise<StreamableFile> {
    const record = await this.store.get(asCaller(this.db, tenantOf(actor)), tenantOf(actor), id);
    return pdf(`customs-${idOut('pkg', id)}`, await this.papers.customs(asCaller(this.db, tenantOf(actor)), record));
  }

  @Post(':id/pick')
  @Access(WAREHOUSE)
  @Returns(200, PackageView)
  pick(@Param('id', IdPipe('pkg')) id: string, @CurrentCall() call: Call): Promise<Answer> {
    return this.commands.run(call, async (tx) => packageView(await this.bench.pick(tx, id, this.scan(call))));
  }

  @Post(':id/pack')
  @Access(WAREHOUSE)
  @Returns(200, PackageView)
  pack(@Param('id', IdPipe('pkg')) id: string, @Body() body: PackBody, @CurrentCall() call: Call): Promise<Answer> {
    const checks = body.quality_checks ?? [];
    const packed = { ...this.scan(call), scans: body.scans, weightG: body.weight_g, checks };
    return this.commands.run(call, async (tx) => packageView(await this.bench.pack(tx, id, packed)));
  }

  /** The label is bought before the transaction that uses it: an outside call is never made inside one. */
  @TakesTime()
  @Post(':id/label')
  @Access(WAREHOUSE)
  @Returns(200, PackageView)
  async putLabel(
    @Param('id', IdPipe('pkg')) id: string,
    @Body() body: LabelBody,
    @CurrentCall() call: Call,
  ): Promise<Answer> {
    const { courier, service } = body;
    const given = body.tracking_number ?? null;
    const bought = given === null ? await this.desk.obtain(id, { courier, service }) : null;
    const trackingNumber = given ?? bought?.trackingNumber ?? null;
    const label = { ...this.scan(call), courier, service, trackingNumber, purchaseId: bought?.purchaseId ?? null };
    return this.commands.run(call, async (tx) => packageView(await this.bench.label(tx, id, label)));
  }

  @Post(':id/hand-over')
  @Access(WAREHOUSE)
  @Returns(200, PackageView)
  handOver(@Param('id', IdPipe('pkg')) id: string, @CurrentCall() call: Call): Promise<Answer> {
    return this.commands.run(call, async (tx) => packageView(await this.departures.handOver(tx, id, this.scan(call))));
  }

  private scan(call: Call): Scan {
    return { at: this.clock.now(), byUser: staffOf(call.actor).userId };
  }
}

@Controller('v1/picking-queue')
export class PickingQueueController {
  constructor(
    private readonly db: DataSource,
    private readonly store: PackageStore,
    private readonly catalogue: CatalogueService,
  ) {}

  @Get()
  @Access(WAREHOUSE)
  @Returns(200, PackageView, {
    list: true,
    description: 'What waits to be picked, by promised dispatch time: what is past it first.',
  })
  async list(@Query() query: PickingQuery): Promise<Page<PackageView>> {
    const request = pageRequest(query, [CURSOR_KEY.instant, CURSOR_KEY.id]);
    const { warehouses } = await this.catalogue.snapshot();
    const asked = query.warehouse === undefined ? warehouses.map(({ code }) => code) : [query.warehouse];
    const found = await this.store.toPick(asHouse(this.db), asked, request);
    return page(found, request.limit, packageView, ({ id, dispatchDueAt }) => [dispatchDueAt?.toISOString() ?? '', id]);
  }
}

@Controller('v1/interceptions')
export class InterceptionsController {
  constructor(
    private readonly db: DataSource,
    private readonly store: PackageStore,
  ) {}

  @Get()
  @Access({ staff: ['warehouse', 'support'] })
  @Returns(200, PackageView, {
    list: true,
    description: 'Packages that somebody has asked to stop and that are still here.',
  })
  async list(@Query() query: ListQuery): Promise<Page<PackageView>> {
    const request = idPageRequest(query);
    const found = await this.store.list(asHouse(this.db), { merchantId: null, toBeStopped: true }, request);
    return page(found, request.limit, packageView, ({ id }) => [id]);
  }
}

@Controller('v1/manifests')
export class ManifestsController {
  constructor(
    private readonly db: DataSource,
    private readonly papers: Papers,
    private readonly departures: Departures,
    private readonly commands: Commands,
    private readonly clock: Clock,
  ) {}

  @Post()
  @Access(WAREHOUSE)
  @Returns(201, ManifestView, { description: 'All of them are handed over.' })
  make(@Body() body: ManifestBody, @CurrentCall() call: Call): Promise<Answer> {
    const request = {
      courier: body.courier,
      asked: body.packages,
      at: this.clock.now(),
      byUser: staffOf(call.actor).userId,
    };
    return this.commands.run(call, async (tx) => manifestView(await this.departures.manifest(tx, request)));
  }

  @Get(':id.pdf')
  @Access({ staff: ['warehouse', 'support', 'finance'] })
  @ApiProduces('application/pdf')
  @Returns(200, null, { description: 'The list that the driver signs.' })
  async paper(@Param('id', IdPipe('mfs')) id: string): Promise<StreamableFile> {
    const manifest = await this.departures.manifestOf(asHouse(this.db), id);
    return pdf(`manifest-${idOut('mfs', id)}`, await this.papers.manifest(asHouse(this.db), manifest));
  }

  @Get(':id')
  @Access({ staff: ['warehouse', 'support', 'finance'] })
  @Returns(200, ManifestView)
  async get(@Param('id', IdPipe('mfs')) id: string): Promise<ManifestView> {
    return manifestView(await this.departures.manifestOf(asHouse(this.db), id));
  }
}

/** Who only works in the warehouse does not see packages whose order is not paid. Source: product.md, Waiting for money. */
function seesOnlyPaid(actor: Actor): boolean {
  return actor.kind === 'staff' && !['support', 'finance', 'admin'].some((role) => actor.roles.has(role as 'support'));
}

function pdf(name: string, bytes: Buffer): StreamableFile {
  const file = name.replace(/[^\w.-]+/g, '_');
  return new StreamableFile(bytes, { type: 'application/pdf', disposition: `inline; filename="${file}.pdf"` });
}
