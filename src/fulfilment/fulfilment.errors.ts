import { DomainError } from '../kernel/errors.ts';
import { idOut } from '../kernel/ids.ts';

/** The order's money is not there yet: the warehouse does not touch its packages. Source: product.md, Waiting for money. */
export class OrderNotPaid extends DomainError {
  readonly code = 'order_not_paid';
  readonly kind = 'conflict';

  constructor() {
    super('The order of this package is not paid yet; it is picked when the money is there.');
  }
}

/** Cancelled before the scan: the database decided which came first. */
export class PackageCancelled extends DomainError {
  readonly code = 'package_cancelled';
  readonly kind = 'conflict';

  constructor(packageId: string, at: Date) {
    super(`The package was cancelled at ${at.toISOString()}; nothing more can be done with it.`, {
      package: idOut('pkg', packageId),
      state: 'cancelled',
      cancelled_at: at.toISOString(),
    });
  }
}

/** Handed over before the cancellation: the database decided which came first. */
export class PackageHandedOver extends DomainError {
  readonly code = 'package_handed_over';
  readonly kind = 'conflict';

  /** @param scan which scan it was: `hand_over`, `manifest` or `courier` */
  constructor(packageId: string, state: string, scan: string, at: Date | null) {
    const when = at === null ? '' : ` at ${at.toISOString()}`;
    super(`The package was handed over to the courier${when} (scan: ${scan}); it can no longer be stopped here.`, {
      package: idOut('pkg', packageId),
      state,
      scan,
      handed_over_at: at?.toISOString() ?? null,
    });
  }
}

export interface ScannedUnits {
  sku: string;
  quantity: number;
}

/** Units that were taken as back-order have not come in yet. */
export class GoodsNotHere extends DomainError {
  readonly code = 'goods_not_here';
  readonly kind = 'conflict';

  constructor(owed: readonly ScannedUnits[]) {
    const list = owed.map(({ sku, quantity }) => `${quantity} x ${sku}`).join(', ');
    super(`The package waits for goods that were ordered in: ${list}.`, { owed });
  }
}

/** A wrong, missing or surplus scan: says what is expected and what was scanned. */
export class ScanMismatch extends DomainError {
  readonly code = 'scan_mismatch';
  readonly kind = 'refused';

  constructor(expected: readonly ScannedUnits[], scanned: readonly ScannedUnits[], differences: readonly object[]) {
    const list = (units: readonly ScannedUnits[]): string =>
      units.map(({ sku, quantity }) => `${quantity} x ${sku}`).join(', ') || 'nothing';
    super(`Expected ${list(expected)}; scanned ${list(scanned)}.`, { expected, scanned, differences });
  }
}

/** No number was given, no provider is set up, and this is no sandbox. */
export class LabelProviderMissing extends DomainError {
  readonly code = 'label_provider_missing';
  readonly kind = 'refused';

  constructor(courier: string) {
    super(`No label provider is set up for ${courier}: give the tracking number, or set EASYPOST_API_KEY.`, {
      courier,
    });
  }
}

/** The provider understood and said no: nothing was bought. */
export class LabelRefused extends DomainError {
  readonly code = 'label_refused';
  readonly kind = 'refused';

  constructor(provider: string, { code, message }: { code: string; message: string }) {
    super(`${provider} does not sell this label: ${message}`, { provider, provider_code: code });
  }
}

/** The provider offers no rate of this courier for the parcel. */
export class LabelRateMissing extends DomainError {
  readonly code = 'label_rate_missing';
  readonly kind = 'refused';

  constructor(provider: string, courier: string, offered: readonly string[]) {
    super(`${provider} offers no service of ${courier} for this parcel.`, { provider, courier, offered });
  }
}

/** The provider cannot be reached; nothing was bought. */
export class LabelProviderUnavailable extends DomainError {
  readonly code = 'label_provider_unavailable';
  readonly kind = 'unavailable';

  constructor(provider: string, why: string) {
    super(`${provider} cannot be reached: ${why}. Nothing was bought; try again later.`, { provider });
  }
}

/** Whether it was bought is not known yet: the next try asks before it buys. */
export class LabelOutcomeUnknown extends DomainError {
  readonly code = 'label_outcome_unknown';
  readonly kind = 'unavailable';

  constructor(provider: string, shipment: string) {
    super(`${provider} did not say whether the label was bought. Try again: it is asked before anything is bought.`, {
      provider,
      shipment,
    });
  }
}

/** Somebody else is buying a label for this package at this moment. */
export class LabelInProgress extends DomainError {
  readonly code = 'label_in_progress';
  readonly kind = 'conflict';

  constructor() {
    super('A label for this package is being bought right now; try again in a minute.');
  }
}

/** A label was bought for the package with another courier or service, and waits to be used. */
export class LabelAlreadyBought extends DomainError {
  readonly code = 'label_already_bought';
  readonly kind = 'conflict';

  constructor(bought: { courier: string; service: string; trackingNumber: string }) {
    super(
      `A label of ${bought.courier} ${bought.service} was already bought for this package; label it with that one.`,
      {
        courier: bought.courier,
        service: bought.service,
        tracking_number: bought.trackingNumber,
      },
    );
  }
}

/** What the label was bought for has changed meanwhile. */
export class LabelOutdated extends DomainError {
  readonly code = 'label_outdated';
  readonly kind = 'conflict';

  constructor(trackingNumber: string) {
    super('The address changed while the label was being bought; that label is void. Label the package again.', {
      tracking_number: trackingNumber,
    });
  }
}

/** A courier's number leads to one package. */
export class TrackingNumberTaken extends DomainError {
  readonly code = 'tracking_number_taken';
  readonly kind = 'conflict';

  constructor(courier: string, trackingNumber: string) {
    super(`The tracking number ${trackingNumber} of ${courier} is on another package.`, {
      courier,
      tracking_number: trackingNumber,
    });
  }
}

/** A document that needs a step which has not been taken. */
export class NotLabelled extends DomainError {
  readonly code = 'not_labelled';
  readonly kind = 'conflict';

  constructor(state: string) {
    super(`The package is ${state} and has no label yet.`, { state });
  }
}

/** Its buyer's data were erased, so it can no longer be printed. */
export class AddressErased extends DomainError {
  readonly code = 'address_erased';
  readonly kind = 'conflict';

  constructor() {
    super("The buyer's address of this package was erased; documents with it can no longer be printed.");
  }
}

export interface RefusedParcel {
  package: string;
  code: string;
  detail: string;
}

/** A manifest hands over all of its packages or none; this is the list of those that cannot be. */
export class ManifestRefused extends DomainError {
  readonly code = 'manifest_refused';
  readonly kind = 'conflict';

  constructor(refused: readonly RefusedParcel[], asked: number) {
    super(`${refused.length} of ${asked} packages cannot be handed over; none was.`, { refused });
  }
}

/** There is nothing to answer: nobody asked for a stop, or it was answered. */
export class NoInterception extends DomainError {
  readonly code = 'no_interception';
  readonly kind = 'conflict';

  constructor(answer: string | null) {
    super(
      answer === null ? 'Nobody has asked to stop this package.' : `The request to stop it was answered: ${answer}.`,
      { answer },
    );
  }
}

/** A parcel comes back once. */
export class AlreadyReceived extends DomainError {
  readonly code = 'already_received';
  readonly kind = 'conflict';

  constructor(at: Date) {
    super(`The package was received back at ${at.toISOString()}.`, { received_at: at.toISOString() });
  }
}

/** Goods of the package are to be looked at before they are packed, and the result was not given. */
export class QualityCheckMissing extends DomainError {
  readonly code = 'quality_check_missing';
  readonly kind = 'conflict';

  constructor(skus: readonly string[]) {
    super(`Packing needs the result of the quality check of ${skus.join(', ')}.`, { skus });
  }
}

/** Goods that did not pass are not packed: others take their place, or the package waits. */
export class QualityCheckFailed extends DomainError {
  readonly code = 'quality_check_failed';
  readonly kind = 'conflict';

  constructor(skus: readonly string[]) {
    super(`These did not pass their quality check: ${skus.join(', ')}. Take others, and count these as damage.`, {
      skus,
    });
  }
}
