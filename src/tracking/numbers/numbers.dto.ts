import { Choice, Id, List, Text, TextList } from '../../http/fields.ts';

export class GuessQuery {
  @Text({ max: 100 })
  number: string;
}

export class GuessView {
  @Text({ nullable: true, description: 'Who reads such a courier’s own interface.' }) source: string | null;
  @Text({ description: 'The name of the form.' }) form: string;

  @Choice(['valid', 'invalid', 'none'], {
    description: 'invalid: the check digit is wrong, so it is mistyped or no such number; none: the form has none.',
  })
  check: string;

  @TextList({ description: 'Our couriers on which that source reports.' }) couriers: string[];
}

export class NumberUseView {
  @Id('pkg') package: string;
  @Text() courier: string;
}

export class NumberView {
  @Text() number: string;
  @List(() => GuessView, { description: 'The surest first.' }) suggestions: GuessView[];
  @List(() => NumberUseView, { description: 'Packages that have the number.' }) packages: NumberUseView[];
}
