import { Choice, Id, InstantField, Int, Text } from '../http/fields.ts';
import { ListQuery } from '../http/lists.ts';
import { SOURCING_STATUSES } from './sourcing.machine.ts';

const WEB = /^https?:\/\/[^\s]+$/i;
const SAYS_WEB = '$property must be a web address such as https://example.com/lamp';

export class SourcingBody {
  @Text({ example: 'Folding desk lamp, bamboo' })
  name: string;

  @Text({
    optional: true,
    max: 2000,
    pattern: WEB,
    says: SAYS_WEB,
    description: 'Where it can be seen.',
    example: 'https://goods.example/lamp',
  })
  link?: string;

  @Text({
    optional: true,
    max: 2000,
    pattern: WEB,
    says: SAYS_WEB,
    description: 'Where a picture of it lies.',
    example: 'https://goods.example/lamp.jpg',
  })
  picture?: string;

  @Int({ optional: true, min: 1, max: 1_000_000, description: 'Units that are expected a month.' })
  quantity?: number;

  @Text({ optional: true, max: 4000 })
  note?: string;
}

export class SourcingQuery extends ListQuery {
  @Choice(SOURCING_STATUSES, { optional: true })
  status?: string;
}

export class SourcingAnswerBody {
  @Choice(['found', 'declined'])
  status: 'found' | 'declined';

  @Text({ optional: true, max: 64, description: 'With found: the variant that it has become.' })
  sku?: string;

  @Text({ optional: true, max: 4000, description: 'Shown to the merchant; with declined it says why.' })
  answer?: string;
}

export class SourcingView {
  @Id('srq') id: string;
  @Text() name: string;
  @Text({ nullable: true }) link: string | null;
  @Text({ nullable: true }) picture: string | null;
  @Int({ nullable: true }) quantity: number | null;
  @Text({ nullable: true }) note: string | null;
  @Choice(SOURCING_STATUSES) status: string;
  @Text({ nullable: true }) sku: string | null;
  @Text({ nullable: true }) answer: string | null;
  @InstantField() created_at: string;
  @InstantField({ nullable: true }) answered_at: string | null;
}
