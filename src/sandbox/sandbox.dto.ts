import { Choice, Flag, InstantField, Int, Text } from '../http/fields.ts';

export const STORIES = ['delivered', 'rto', 'lost', 'failed_attempts'] as const;
export type Story = (typeof STORIES)[number];

export class MoveClockBody {
  @Text({ optional: true, max: 40, description: 'An ISO 8601 duration.', example: 'P20D' })
  advance?: string;

  @InstantField({ optional: true, description: 'An instant that is not before the clock.' })
  now?: string;
}

export class ClockView {
  @InstantField()
  now: string;
}

export class DrainView {
  @Flag({ description: 'Every stored event has been handled.' })
  drained: boolean;
}

export class StoryBody {
  @Choice(STORIES)
  story: Story;
}

export class StoryView {
  @Int({ description: 'Courier events that were told.' })
  events: number;
}
