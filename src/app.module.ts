import { Module, type DynamicModule } from '@nestjs/common';
import { AccountsModule } from './accounts/accounts.module.ts';
import { AftersalesModule } from './aftersales/aftersales.module.ts';
import { SimulationsModule } from './aftersales/simulations/simulations.module.ts';
import { CatalogueModule } from './catalogue/catalogue.module.ts';
import { Config } from './config.ts';
import { DatabaseModule } from './database/database.module.ts';
import { DocsModule } from './docs/docs.module.ts';
import { EventsModule } from './events/events.module.ts';
import { ExportsModule } from './exports/exports.module.ts';
import { FulfilmentModule } from './fulfilment/fulfilment.module.ts';
import { HttpModule } from './http/http.module.ts';
import { ImportsModule } from './imports/imports.module.ts';
import { MailModule } from './mail/mail.module.ts';
import { MembershipsModule } from './memberships/memberships.module.ts';
import { NotificationsModule } from './notifications/notifications.module.ts';
import { OrdersModule } from './orders/orders.module.ts';
import { OutsideModule } from './outside/outside.module.ts';
import { PoliciesModule } from './policies/policies.module.ts';
import { PricingModule } from './pricing/pricing.module.ts';
import { ReportingModule } from './reporting/reporting.module.ts';
import { SandboxModule } from './sandbox/sandbox.module.ts';
import { StoresModule } from './stores/stores.module.ts';
import { TrackingModule } from './tracking/tracking.module.ts';
import { DocumentsModule } from './wallet/documents/documents.module.ts';
import { WalletModule } from './wallet/wallet.module.ts';

/** The modules of the house, floor by floor: the only list of them. */
const HOUSE = [
  ...[EventsModule, HttpModule, MailModule, ImportsModule, ExportsModule, OutsideModule],
  ...[WalletModule, DocumentsModule, PoliciesModule, CatalogueModule, AccountsModule],
  ...[MembershipsModule],
  ...[PricingModule, FulfilmentModule],
  ...[TrackingModule, OrdersModule],
  ...[AftersalesModule, SimulationsModule, NotificationsModule, ReportingModule, SandboxModule],
  ...[StoresModule],
  DocsModule,
];

@Module({})
export class AppModule {
  static for(config: Config, databaseUrl: string): DynamicModule {
    const settings = { provide: Config, useValue: config };
    const configModule = { module: ConfigModule, global: true, providers: [settings], exports: [settings] };
    return { module: AppModule, imports: [configModule, DatabaseModule.on(databaseUrl, config.poolSize), ...HOUSE] };
  }
}

@Module({})
class ConfigModule {}
