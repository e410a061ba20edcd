import { Module } from '@nestjs/common';
import { CatalogueModule } from '../catalogue/catalogue.module.ts';
import { MembershipsModule } from '../memberships/memberships.module.ts';
import { DiscountCodesController, PriceTiersController, QuotesController } from './pricing.controller.ts';
import { PricingExports } from './pricing.exports.ts';
import { PricingService } from './pricing.service.ts';
import { PromotionsService } from './promotions.service.ts';
import { QuotesService } from './quotes.service.ts';

@Module({
  imports: [CatalogueModule, MembershipsModule],
  controllers: [QuotesController, PriceTiersController, DiscountCodesController],
  providers: [PricingService, PromotionsService, QuotesService, PricingExports],
  exports: [PricingService],
})
export class PricingModule {}
