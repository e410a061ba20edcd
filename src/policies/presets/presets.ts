import type { Terms } from '../deciding/terms.policy.ts';
import { courierProof } from './courier-proof.ts';
import { extendedReturns } from './extended-returns.ts';
import { guaranteedDelivery } from './guaranteed-delivery.ts';
import { retailStandard } from './retail-standard.ts';
import { returnCode } from './return-code.ts';

/** The policies that ship with the product, as version 1; the first is the default. */
export const PRESETS: readonly Terms[] = [
  courierProof,
  guaranteedDelivery,
  retailStandard,
  extendedReturns,
  returnCode,
];
