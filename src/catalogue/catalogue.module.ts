import { Module } from '@nestjs/common';
import { CatalogueService } from './catalogue.service.ts';
import {
  CouriersController,
  SettingsController,
  StockMovementsController,
  WarehousesController,
} from './operator.controller.ts';
import { OperatorService } from './operator.service.ts';
import { RestockService } from './restock.service.ts';
import { StockService } from './stock.service.ts';
import { RestockRequestsController, VariantsController } from './variants.controller.ts';
import { VariantsService } from './variants.service.ts';

@Module({
  controllers: [
    VariantsController,
    RestockRequestsController,
    WarehousesController,
    StockMovementsController,
    CouriersController,
    SettingsController,
  ],
  providers: [CatalogueService, StockService, VariantsService, RestockService, OperatorService],
  exports: [CatalogueService],
})
export class CatalogueModule {}
