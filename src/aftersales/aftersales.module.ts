import { Module } from '@nestjs/common';
import { CatalogueModule } from '../catalogue/catalogue.module.ts';
import { Config } from '../config.ts';
import { FulfilmentModule } from '../fulfilment/fulfilment.module.ts';
import { OrdersModule } from '../orders/orders.module.ts';
import { PoliciesModule } from '../policies/policies.module.ts';
import { TrackingModule } from '../tracking/tracking.module.ts';
import { WalletModule } from '../wallet/wallet.module.ts';
import { OrderDoors, PackageDoors } from './aftersales.controller.ts';
import { AftersalesCron } from './aftersales.cron.ts';
import { AftersalesExports } from './aftersales.exports.ts';
import { AftersalesListeners } from './aftersales.listeners.ts';
import { AftersalesService } from './aftersales.service.ts';
import { ClaimsController } from './claims/claims.controller.ts';
import { ClaimsCron } from './claims/claims.cron.ts';
import { ClaimsService } from './claims/claims.service.ts';
import { DiskFiles } from './claims/evidence/disk-files.ts';
import { EvidenceController } from './claims/evidence/evidence.controller.ts';
import { Files } from './claims/evidence/files.ts';
import { S3Files } from './claims/evidence/s3-files.ts';
import { Showing } from './claims/evidence/showing.ts';
import { Fates } from './claims/fates.ts';
import { Granting } from './claims/granting.ts';
import { Judging } from './claims/judging.ts';
import { Talking } from './claims/talking.ts';
import { Deciding } from './deciding.ts';
import { Forgetting } from './forgetting.ts';
import { NdrModule } from './ndr/ndr.module.ts';
import { Reshipping } from './reshipping.ts';
import { Arriving } from './returns/arriving.ts';
import { ReturnCases } from './returns/return.case.ts';
import { ReturnEvidenceController } from './returns/return-evidence.controller.ts';
import { ReturnEvidences } from './returns/return-evidence.ts';
import { ReturnEnds } from './returns/return-ends.ts';
import { ReturnStory } from './returns/return-story.ts';
import { ReturnPapers } from './returns/return-papers.ts';
import { ReturnViews } from './returns/return.views.ts';
import { Returning } from './returns/returning.ts';
import { ReturnsController } from './returns/returns.controller.ts';
import { ReturnsCron } from './returns/returns.cron.ts';
import { ReturnsListeners } from './returns/returns.listeners.ts';
import { Reviewing } from './reviewing.ts';
import { ReceiptsController, ScanController } from './scanning/scanning.controller.ts';
import { Scanning } from './scanning/scanning.ts';
import { Unannounced } from './scanning/unannounced.ts';
import { Settling } from './settling.ts';
import { Stopping } from './stopping.ts';
import { Telling } from './telling.ts';
import { AfterRefund } from './watching/after-refund.ts';
import { NoticesController } from './watching/notices.controller.ts';
import { ReviewsController } from './watching/reviews.controller.ts';
import { Watching } from './watching/watching.ts';

const files = {
  provide: Files,
  inject: [Config],
  useFactory: ({ s3, evidenceDir }: Config): Files => (s3 === null ? new DiskFiles(evidenceDir) : new S3Files(s3)),
};

@Module({
  imports: [CatalogueModule, FulfilmentModule, NdrModule, OrdersModule, PoliciesModule, TrackingModule, WalletModule],
  controllers: [
    OrderDoors,
    PackageDoors,
    ClaimsController,
    EvidenceController,
    ReturnsController,
    NoticesController,
    ReviewsController,
    ReturnEvidenceController,
    ScanController,
    ReceiptsController,
  ],
  providers: [
    ...[
      AftersalesService,
      Deciding,
      Forgetting,
      Settling,
      Stopping,
      Reshipping,
      Reviewing,
      AftersalesExports,
      AftersalesListeners,
      AftersalesCron,
    ],
    ...[ClaimsService, Judging, Fates, Talking, Granting, Showing, files, ClaimsCron],
    Telling,
    ...[Watching, AfterRefund, Scanning, Unannounced],
    ...[
      ReturnCases,
      ReturnEvidences,
      ReturnEnds,
      ReturnStory,
      Returning,
      Arriving,
      ReturnViews,
      ReturnPapers,
      ReturnsListeners,
      ReturnsCron,
    ],
  ],
  exports: [AftersalesService],
})
export class AftersalesModule {}
