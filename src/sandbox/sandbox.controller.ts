import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Access } from '../http/access.ts';
import { tenantOf } from '../http/actor.ts';
import type { Answer } from '../http/answer.ts';
import { CurrentCall, type Call } from '../http/call.ts';
import { Commands } from '../http/commands.ts';
import { TakesTime } from '../http/deadline.ts';
import { IdPipe } from '../http/id.pipe.ts';
import { Returns } from '../http/returns.ts';
import { ClockView, DrainView, MoveClockBody, StoryBody, StoryView } from './sandbox.dto.ts';
import { Stories } from './stories.ts';
import { TimeTravel } from './time-travel.ts';

const OK_BELOW = 400;

/** A test clock and simulated couriers; outside the sandbox these calls are not there. */
@ApiTags('sandbox')
@Controller('v1/sandbox')
export class SandboxController {
  constructor(
    private readonly travel: TimeTravel,
    private readonly stories: Stories,
    private readonly commands: Commands,
  ) {}

  @Get('clock')
  @Access({ merchant: 'orders:read', staff: ['warehouse', 'support', 'finance', 'tracking'] })
  @Returns(200, ClockView)
  clock(): ClockView {
    return { now: this.travel.sandbox().now().toISOString() };
  }

  /** Moves the clock forward; every timer that falls due on the way fires, in order, before it answers. */
  @TakesTime()
  @Post('clock')
  @Access({ merchant: 'orders:read', staff: ['warehouse', 'support', 'finance', 'tracking'] })
  @Returns(200, ClockView)
  async move(@Body() body: MoveClockBody, @CurrentCall() call: Call): Promise<Answer> {
    const answer = await this.commands.run(call, (tx) =>
      Promise.resolve({ now: this.travel.goal(tx, body).toISOString() }),
    );
    // the same request again finds the clock there and moves nothing
    if (answer.status < OK_BELOW) await this.travel.jumpTo(new Date((JSON.parse(answer.text) as ClockView).now));
    return answer;
  }

  /** Answers when every stored event has been handled. */
  @TakesTime()
  @Post('drain')
  @Access({ merchant: 'orders:read', staff: ['warehouse', 'support', 'finance', 'tracking'] })
  @Returns(200, DrainView)
  async drain(): Promise<DrainView> {
    this.travel.sandbox();
    await this.travel.settle();
    return { drained: true };
  }

  /** A simulated courier tells a story of the package, from its first scan on. */
  @TakesTime()
  @Post('packages/:id/simulation')
  @Access({ merchant: 'orders:write', staff: ['warehouse', 'support', 'tracking'] })
  @Returns(200, StoryView)
  simulate(
    @Param('id', IdPipe('pkg')) id: string,
    @Body() body: StoryBody,
    @CurrentCall() call: Call,
  ): Promise<Answer> {
    this.travel.sandbox();
    return this.commands.run(call, (tx) => this.stories.tell(tx, tenantOf(call.actor), id, body.story));
  }
}
