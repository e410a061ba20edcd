import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { asHouse } from '../../database/scope.ts';
import { CatalogueService } from '../../catalogue/catalogue.service.ts';
import { Clock } from '../../kernel/clock.ts';
import { invalidField, NotFound } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { Files, sha256Of } from '../claims/evidence/files.ts';
import { mediaTypeOf } from '../claims/evidence/media.ts';
import { addNotice } from '../watching/notice.store.ts';
import { Scanning, type Scanned } from './scanning.ts';
import { getUnannounced, insertUnannounced, setPhoto, type UnannouncedParcel } from './unannounced.store.ts';

/** What the warehouse says of a parcel that nobody had announced. */
export type SaidOfParcel = Pick<
  UnannouncedParcel,
  'code' | 'warehouse' | 'sender' | 'condition' | 'unopened' | 'note' | 'byUser'
>;

/** A photo that is kept, and whose hash is its name. */
export interface KeptPhoto {
  sha256: string;
  mediaType: string;
}

/** Parcels that come unannounced: recorded, photographed, never refused; nothing is credited for them by themselves. */
@Injectable()
export class Unannounced {
  constructor(
    private readonly db: DataSource,
    private readonly clock: Clock,
    private readonly catalogue: CatalogueService,
    private readonly files: Files,
    private readonly scanning: Scanning,
  ) {}

  /**
   * Records it, with what its code leads to; staff are told where that is a merchant's.
   * @throws InvalidFields no such warehouse
   */
  async record(tx: EntityManager, said: SaidOfParcel): Promise<{ parcel: UnannouncedParcel; scanned: Scanned | null }> {
    await this.checkWarehouse(said.warehouse);
    const scanned = said.code === null ? null : await this.scanning.find(tx, said.code);
    const at = this.clock.now();
    const parcel = {
      ...{ ...said, id: newId(), aboutKind: scanned?.kind ?? null, aboutId: scanned?.id ?? null },
      ...{ photoSha256: null, photoMediaType: null, receivedAt: at },
    };
    await insertUnannounced(tx, parcel);
    const [of] = scanned === null || scanned.kind === 'variant' ? [] : scanned.packages;
    if (of !== undefined) {
      const { merchantId, orderId, id: packageId } = of;
      const text = `A parcel came that nobody had announced (${scanned?.kind ?? ''}): it is kept for its merchant.`;
      await addNotice(tx, { merchantId, orderId, packageId, kind: 'unannounced_parcel', role: 'support', text, at });
    }
    return { parcel, scanned };
  }

  /**
   * Keeps a photo before anything is written about it: one that nobody comes to speak of is harmless.
   * @throws NotFound
   * @throws InvalidFields it is no picture, by its bytes
   * @throws FilesUnavailable
   */
  async keepPhoto(id: string, file: Buffer): Promise<KeptPhoto> {
    await getUnannounced(asHouse(this.db), id);
    const mediaType = await mediaTypeOf('photo', file);
    const sha256 = sha256Of(file);
    await this.files.put(keyOf(sha256), file, mediaType);
    return { sha256, mediaType };
  }

  /** @throws NotFound */
  addPhoto(tx: EntityManager, id: string, photo: KeptPhoto): Promise<UnannouncedParcel> {
    return setPhoto(tx, id, photo);
  }

  /** @throws NotFound there is none @throws FilesUnavailable */
  async photo(id: string): Promise<{ bytes: Buffer; mediaType: string }> {
    const { photoSha256, photoMediaType } = await getUnannounced(asHouse(this.db), id);
    if (photoSha256 === null || photoMediaType === null) throw new NotFound('photo');
    return { bytes: await this.files.asKept(keyOf(photoSha256), photoSha256), mediaType: photoMediaType };
  }

  private async checkWarehouse(code: string | null): Promise<void> {
    const { warehouses } = await this.catalogue.snapshot();
    if (code === null || warehouses.some((w) => w.code === code)) return;
    throw invalidField('/warehouse', 'unknown_warehouse', `There is no warehouse ${code}.`);
  }
}

function keyOf(sha256: string): string {
  return `receipts/${sha256}`;
}
