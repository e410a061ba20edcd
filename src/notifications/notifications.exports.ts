import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Exports } from '../exports/exports.service.ts';
import { tableSection } from '../exports/table-section.ts';
import { CURSOR_KEY, idPageRequest, pageRequest } from '../http/lists.ts';
import type { Page } from '../kernel/pages.ts';
import { FeedService } from './feed.service.ts';
import { DeliveriesService } from './webhooks/deliveries.service.ts';
import { EndpointsService } from './webhooks/endpoints.service.ts';

/** What a merchant was told, where it goes, and who reads which letters, for exports. Secrets stay here. */
@Injectable()
export class NotificationsExports implements OnModuleInit {
  constructor(
    private readonly db: DataSource,
    private readonly exports: Exports,
    private readonly feed: FeedService,
    private readonly endpoints: EndpointsService,
    private readonly deliveries: DeliveriesService,
  ) {}

  onModuleInit(): void {
    this.exports.register('webhook_endpoints', ['webhook_endpoint'], (merchantId, query) =>
      this.endpoints.list(merchantId, idPageRequest(query)),
    );
    this.exports.register('webhook_deliveries', ['webhook_delivery', 'webhook_attempt'], (merchantId, query) =>
      this.deliveries.list(merchantId, { endpointId: null, status: null }, idPageRequest(query)),
    );
    this.exports.register('events', [], async (merchantId, query) => {
      const { limit, after } = pageRequest(query, [CURSOR_KEY.number]);
      const request = { merchantId, after: BigInt(after?.[0] ?? 0), names: null, limit };
      return JSON.parse(await this.feed.page(request, 0, AbortSignal.abort())) as Page<object>;
    });
    this.exports.register(
      'notification_preferences',
      ['notification_preference'],
      tableSection(this.db, {
        ...{ table: 'notification_preference', key: { user_id: 'uuid' } },
        columns: { user: { id: 'user_id', prefix: 'usr' }, language: 'language', modes: 'modes' },
      }),
    );
    this.exports.register(
      'mails',
      ['mail'],
      tableSection(this.db, {
        ...{ table: 'mail', key: { id: 'uuid' } },
        columns: {
          ...{ id: { id: 'id', prefix: 'mal' }, kind: 'kind', to: 'recipient', subject: 'subject' },
          ...{ status: 'status', created_at: 'created_at', sent_at: 'sent_at' },
        },
      }),
    );
  }
}
