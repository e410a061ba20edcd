import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Exports } from '../exports/exports.service.ts';
import { idPageRequest } from '../http/lists.ts';
import { OrdersService } from './orders.service.ts';

/** Orders with their lines, packages and addresses, for exports. */
@Injectable()
export class OrdersExports implements OnModuleInit {
  constructor(
    private readonly exports: Exports,
    private readonly orders: OrdersService,
  ) {}

  onModuleInit(): void {
    this.exports.register(
      'orders',
      ['orders', 'order_line', 'order_address', 'package', 'package_item'],
      (merchantId, query) => this.orders.list({ merchantId }, idPageRequest(query)),
    );
  }
}
