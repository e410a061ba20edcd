import { Country, Id, Nested, Text, TextList } from '../http/fields.ts';

export class BuyerAddressBody {
  @Text() line1: string;
  @Text({ optional: true, max: 20 }) postal_code?: string;
  @Country() country: string;
}

/** One of them. */
export class ErasureBody {
  @Id('ord', { optional: true }) order?: string;
  @Text({ optional: true, max: 254, description: 'Every order that went to this e-mail address.' }) email?: string;
  @Nested(() => BuyerAddressBody, { optional: true, description: 'Every order that went to this address.' })
  address?: BuyerAddressBody;
}

export class ErasureView {
  @TextList({ description: 'Orders whose buyer’s data are erased.' }) erased: string[];
  @TextList({ description: 'Orders that are not settled yet: their data are erased when they are.' }) waiting: string[];
}
