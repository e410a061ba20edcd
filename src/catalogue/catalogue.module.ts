import { Module } from '@nestjs/common';
import { CatalogueExports } from './catalogue.exports.ts';
import { CatalogueService } from './catalogue.service.ts';
import {
  CouriersController,
  SettingsController,
  StockMovementsController,
  WarehousesController,
} from './operator.controller.ts';
import { OperatorService } from './operator.service.ts';
import { RestockService } from './restock.service.ts';
import { SourcingController } from './sourcing.controller.ts';
import { SourcingService } from './sourcing.service.ts';
import { StockService } from './stock.service.ts';
import { RestockRequestsController, VariantsController } from './variants.controller.ts';
import { VariantImportsController } from './variant-imports.controller.ts';
import { VariantImports } from './variant-imports.service.ts';
import { VariantsService } from './variants.service.ts';

@Module({
  controllers: [
    VariantsController,
    VariantImportsController,
    RestockRequestsController,
    SourcingController,
    WarehousesController,
    StockMovementsController,
    CouriersController,
    SettingsController,
  ],
  providers: [
    CatalogueService,
    StockService,
    VariantsService,
    VariantImports,
    RestockService,
    SourcingService,
    OperatorService,
    CatalogueExports,
  ],
  exports: [CatalogueService],
})
export class CatalogueModule {}
