import { Body, Controller, Get, Param, Post, Put, Query } from '@nestjs/common';
import { Access } from '../http/access.ts';
import { staffOf } from '../http/actor.ts';
import type { Answer } from '../http/answer.ts';
import { CurrentCall, type Call } from '../http/call.ts';
import { Commands } from '../http/commands.ts';
import { idPageRequest, ListQuery, pageRequest } from '../http/lists.ts';
import { Returns } from '../http/returns.ts';
import { page, type Page } from '../kernel/pages.ts';
import {
  CourierView,
  PutCourierBody,
  PutSettingsBody,
  PutWarehouseBody,
  SettingsView,
  StockMovedView,
  StockMovementBody,
  StockMovementsQuery,
  StockMovementView,
  WarehouseView,
} from './operator.dto.ts';
import { STAFF } from './codes.ts';
import { OperatorService } from './operator.service.ts';

/** A page of a list that is short enough to be read whole, by code. */
function pageOf<T extends { code: string }>(all: readonly T[], query: ListQuery): Page<T> {
  const { limit, after } = pageRequest(query);
  const from = after?.[0] ?? '';
  return page(
    all.filter(({ code }) => code > from),
    limit,
    (item) => item,
    ({ code }) => [code],
  );
}

@Controller('v1/warehouses')
export class WarehousesController {
  constructor(
    private readonly operator: OperatorService,
    private readonly commands: Commands,
  ) {}

  @Get()
  @Access({ staff: STAFF })
  @Returns(200, WarehouseView, { list: true, description: 'By code.' })
  async list(@Query() query: ListQuery): Promise<Page<WarehouseView>> {
    return pageOf(await this.operator.warehouses(), query);
  }

  @Get(':code')
  @Access({ staff: STAFF })
  @Returns(200, WarehouseView)
  get(@Param('code') code: string): Promise<WarehouseView> {
    return this.operator.warehouse(code);
  }

  @Put(':code')
  @Access({ staff: ['admin'] })
  @Returns(200, WarehouseView)
  put(@Param('code') code: string, @Body() body: PutWarehouseBody, @CurrentCall() call: Call): Promise<Answer> {
    return this.commands.run(call, (tx) => this.operator.putWarehouse(tx, code, body));
  }
}

@Controller('v1/stock-movements')
export class StockMovementsController {
  constructor(
    private readonly operator: OperatorService,
    private readonly commands: Commands,
  ) {}

  @Post()
  @Access({ staff: ['warehouse'] })
  @Returns(201, StockMovedView)
  move(@Body() body: StockMovementBody, @CurrentCall() call: Call): Promise<Answer> {
    return this.commands.run(call, (tx) => this.operator.move(tx, body, staffOf(call.actor).userId));
  }

  @Get()
  @Access({ staff: STAFF })
  @Returns(200, StockMovementView, { list: true })
  list(@Query() query: StockMovementsQuery): Promise<Page<StockMovementView>> {
    return this.operator.movements(query, idPageRequest(query));
  }
}

@Controller('v1/couriers')
export class CouriersController {
  constructor(
    private readonly operator: OperatorService,
    private readonly commands: Commands,
  ) {}

  @Get()
  @Access({ staff: STAFF })
  @Returns(200, CourierView, { list: true, description: 'By code.' })
  async list(@Query() query: ListQuery): Promise<Page<CourierView>> {
    return pageOf(await this.operator.couriers(), query);
  }

  @Get(':code')
  @Access({ staff: STAFF })
  @Returns(200, CourierView)
  get(@Param('code') code: string): Promise<CourierView> {
    return this.operator.courier(code);
  }

  @Put(':code')
  @Access({ staff: ['admin'] })
  @Returns(200, CourierView)
  put(@Param('code') code: string, @Body() body: PutCourierBody, @CurrentCall() call: Call): Promise<Answer> {
    return this.commands.run(call, (tx) => this.operator.putCourier(tx, code, body));
  }
}

@Controller('v1/settings')
export class SettingsController {
  constructor(
    private readonly operator: OperatorService,
    private readonly commands: Commands,
  ) {}

  @Get()
  @Access({ staff: STAFF })
  @Returns(200, SettingsView)
  get(): Promise<SettingsView> {
    return this.operator.settings();
  }

  /** Sets what is named; the other settings stay as they are. */
  @Put()
  @Access({ staff: ['admin'] })
  @Returns(200, SettingsView)
  put(@Body() body: PutSettingsBody, @CurrentCall() call: Call): Promise<Answer> {
    return this.commands.run(call, (tx) => this.operator.putSettings(tx, body));
  }
}
