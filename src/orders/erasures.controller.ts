import { Body, Controller, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Access } from '../http/access.ts';
import { tenantOf } from '../http/actor.ts';
import type { Answer } from '../http/answer.ts';
import { CurrentCall, type Call } from '../http/call.ts';
import { Commands } from '../http/commands.ts';
import { Returns } from '../http/returns.ts';
import { ErasureBody, ErasureView } from './erasures.dto.ts';
import { Erasures } from './erasures.ts';

@ApiTags('orders')
@Controller('v1/erasures')
export class ErasuresController {
  constructor(
    private readonly erasures: Erasures,
    private readonly commands: Commands,
  ) {}

  /**
   * Erases a buyer's name, phone, e-mail and address, by order, e-mail or address: at once where settled, else then. With
   * them go what was written and shown in claims and returns, what couriers wrote, rows of files that failed, orders of
   * stores that were held, and kept answers. The order's lines, decisions, money and statistics stay.
   */
  @Post()
  @Access({ merchant: 'orders:write', staff: ['support'] })
  @Returns(201, ErasureView)
  erase(@Body() body: ErasureBody, @CurrentCall() call: Call): Promise<Answer> {
    return this.commands.run(call, (tx) => this.erasures.ask(tx, tenantOf(call.actor), body));
  }
}
