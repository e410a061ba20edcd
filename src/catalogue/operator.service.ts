import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { filtersOf, whereOf } from '../database/filters.ts';
import { asHouse } from '../database/scope.ts';
import { rows } from '../database/sql.ts';
import { isCountry } from '../http/fields.ts';
import { PolicyNames } from '../http/policy-names.ts';
import { TrackingSources } from '../http/tracking-sources.ts';
import { isTimeZone } from '../kernel/calendar.ts';
import { Clock, instant } from '../kernel/clock.ts';
import { InvalidFields, NotFound, type FieldError } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import { Money } from '../kernel/money.ts';
import { page, type Page, type PageRequest } from '../kernel/pages.ts';
import type {
  CourierServiceBody,
  CourierTrackingBody,
  CourierView,
  PutCourierBody,
  PutSettingsBody,
  PutWarehouseBody,
  SettingsView,
  StockMovedView,
  StockMovementBody,
  StockMovementsQuery,
  StockMovementView,
  WarehouseView,
} from './operator.dto.ts';
import { CatalogueService } from './catalogue.service.ts';
import {
  loadCouriers,
  loadSettings,
  loadWarehouses,
  putCourier,
  putSettings,
  putWarehouse,
} from './catalogue.store.ts';
import type { Courier, CourierService, Settings, Warehouse } from './catalogue.store.ts';
import { checkCode, repeated } from './codes.ts';
import { StockService, type Movement } from './stock.service.ts';

/** Promised where a warehouse says nothing. */
const DISPATCH_DAYS = 2;

/** What staff set up and count: warehouses, stock, couriers with their services, settings. */
@Injectable()
export class OperatorService {
  constructor(
    private readonly db: DataSource,
    private readonly clock: Clock,
    private readonly catalogue: CatalogueService,
    private readonly stock: StockService,
    private readonly policyNames: PolicyNames,
    private readonly trackingSources: TrackingSources,
  ) {}

  // What staff set up is read past the cache, so that they see at once what another process has changed.

  /** By code. */
  async warehouses(): Promise<WarehouseView[]> {
    return (await loadWarehouses(asHouse(this.db))).map(warehouseView);
  }

  /** By code. */
  async couriers(): Promise<CourierView[]> {
    return (await loadCouriers(asHouse(this.db))).map(courierView);
  }

  async settings(): Promise<SettingsView> {
    return settingsView(await loadSettings(asHouse(this.db)));
  }

  async warehouse(code: string): Promise<WarehouseView> {
    const found = (await this.warehouses()).find((w) => w.code === code);
    if (found === undefined) throw new NotFound('warehouse');
    return found;
  }

  async putWarehouse(tx: EntityManager, code: string, body: PutWarehouseBody): Promise<WarehouseView> {
    checkCode('code', code);
    const { name, country, dispatch_days: dispatchDays = DISPATCH_DAYS } = body;
    const warehouse = { code, name, country, dispatchDays };
    await putWarehouse(tx, warehouse, this.clock.now());
    this.catalogue.changed(tx);
    return warehouseView(warehouse);
  }

  async courier(code: string): Promise<CourierView> {
    const [found] = await loadCouriers(asHouse(this.db), code);
    if (found === undefined) throw new NotFound('courier');
    return courierView(found);
  }

  async putCourier(tx: EntityManager, code: string, body: PutCourierBody): Promise<CourierView> {
    checkCode('code', code);
    const { services, tracking = [] } = body;
    const errors = [
      ...repeated(services, (s) => s.code, '/services'),
      ...services.flatMap(serviceFaults),
      ...tracking.flatMap((teller, i) => this.tellerFaults(teller, i)),
    ];
    if (errors.length > 0) throw new InvalidFields(errors);
    const courier: Courier = {
      ...{ code, name: body.name, services: services.map(serviceOf) },
      tracking: tracking.map(({ source, carrier }) => ({ source, carrier: carrier ?? null })),
    };
    await putCourier(tx, courier, this.clock.now());
    this.catalogue.changed(tx);
    return courierView(courier);
  }

  /** An unknown source would match nothing, and nobody would be told. */
  private tellerFaults({ source }: CourierTrackingBody, index: number): FieldError[] {
    const { names } = this.trackingSources;
    if (names.includes(source)) return [];
    const detail = `There is no source ${source}; there are ${names.join(', ')}.`;
    return [{ pointer: `/tracking/${index}/source`, code: 'unknown_source', detail }];
  }

  async putSettings(tx: EntityManager, body: PutSettingsBody): Promise<SettingsView> {
    const errors = settingFaults(body);
    if (body.default_policy !== undefined && !(await this.policyNames.isInForce(body.default_policy))) {
      const detail = `No policy ${body.default_policy} is in force.`;
      errors.push({ pointer: '/default_policy', code: 'unknown_policy', detail });
    }
    if (errors.length > 0) throw new InvalidFields(errors);
    const {
      default_policy: defaultPolicy,
      time_zone: timeZone,
      holidays,
      awaiting_funds_days: awaitingFundsDays,
    } = body;
    const given = {
      ...(defaultPolicy === undefined ? {} : { defaultPolicy }),
      ...(timeZone === undefined ? {} : { timeZone }),
      ...(holidays === undefined ? {} : { holidays: [...new Set(holidays)].sort() }),
      ...(awaitingFundsDays === undefined ? {} : { awaitingFundsDays }),
    };
    this.catalogue.changed(tx);
    return settingsView(await putSettings(tx, given));
  }

  /**
   * Counts goods in or out.
   * @throws InvalidFields no such SKU or warehouse, or a sign that does not go with the reason
   * @throws StockTooLow more would go than is free
   */
  async move(tx: EntityManager, body: StockMovementBody, byUser: string): Promise<StockMovedView> {
    const { sku, warehouse, reason } = body;
    const errors = await this.movementFaults(tx, body);
    if (errors.length > 0) throw new InvalidFields(errors);
    const quantity = reason === 'damage' ? -Math.abs(body.quantity) : body.quantity;
    const movement: Movement = { id: newId(), sku, warehouse, quantity, reason, byUser, at: this.clock.now() };
    const [level] = await this.stock.move(tx, [movement]);
    if (level === undefined) throw new Error('The movement changed no stock.');
    const { onHand, reserved, backordered } = level;
    return { ...movementView(movement), on_hand: onHand, reserved, backordered, available: onHand - reserved };
  }

  async movements(
    { sku, warehouse }: StockMovementsQuery,
    { limit, after }: PageRequest,
  ): Promise<Page<StockMovementView>> {
    const { clauses, params } = filtersOf(
      [],
      [
        ['sku =', sku],
        ['warehouse =', warehouse],
        ['id <', after?.[0]],
      ],
    );
    const found = await rows<Movement>(
      asHouse(this.db),
      `SELECT id, sku, warehouse, quantity, reason, by_user AS "byUser", moved_at AS at FROM stock_movement
       ${whereOf(clauses)} ORDER BY id DESC LIMIT $${params.push(limit + 1)}`,
      params,
    );
    return page(found, limit, movementView, (row) => [row.id]);
  }

  private async movementFaults(
    tx: EntityManager,
    { sku, warehouse, quantity, reason }: StockMovementBody,
  ): Promise<FieldError[]> {
    const errors: FieldError[] = [];
    const levels = await this.stock.levels(tx, [sku]);
    const [known] = await rows(tx, 'SELECT 1 FROM variant WHERE sku = $1', [sku]);
    if (known === undefined) errors.push({ pointer: '/sku', code: 'unknown_sku', detail: `There is no SKU ${sku}.` });
    else if (!levels.some((l) => l.warehouse === warehouse)) {
      errors.push({ pointer: '/warehouse', code: 'unknown_warehouse', detail: `There is no warehouse ${warehouse}.` });
    }
    const comesIn = reason === 'receipt' || reason === 'return';
    if (quantity === 0 || (comesIn && quantity < 0)) {
      const right = comesIn ? 'more than zero' : 'other than zero';
      errors.push({ pointer: '/quantity', code: 'too_small', detail: `The quantity of a ${reason} is ${right}.` });
    }
    return errors;
  }
}

function serviceOf(body: CourierServiceBody): CourierService {
  return {
    ...{ code: body.code, class: body.class ?? 'standard', countries: [...new Set(body.countries)].sort() },
    ...{ days: { min: body.days.min, max: body.days.max }, needs: [...new Set(body.needs ?? [])].sort() },
    ...{ maxWeightG: body.max_weight_g, maxUnits: body.max_units, maxVolumeCm3: body.max_volume_cm3 ?? null },
    prices: body.prices.map((p) => ({ upToG: p.up_to_g, amount: Money.fromJson(p.amount) })),
  };
}

function serviceFaults({ countries, days, prices }: CourierServiceBody, index: number): FieldError[] {
  const at = `/services/${index}`;
  const order = { pointer: `${at}/days/max`, code: 'too_small', detail: 'The most days are not fewer than the least.' };
  return [
    ...countries.flatMap((code, place) =>
      code === '*' || isCountry(code)
        ? []
        : [{ pointer: `${at}/countries/${place}`, code: 'country', detail: `${code} is no ISO 3166 country code.` }],
    ),
    ...(days.max < days.min ? [order] : []),
    ...repeated(prices, (p) => `${p.amount.currency} up to ${p.up_to_g} g`, `${at}/prices`),
  ];
}

function settingFaults({ time_zone: zone, holidays = [] }: PutSettingsBody): FieldError[] {
  const errors = holidays.flatMap((day, index) => {
    const at = /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : NaN;
    const sound = !Number.isNaN(at) && new Date(at).toISOString().startsWith(day);
    return sound
      ? []
      : [{ pointer: `/holidays/${index}`, code: 'date', detail: 'A holiday is a date such as 2026-12-25.' }];
  });
  if (zone === undefined || isTimeZone(zone)) return errors;
  return [
    ...errors,
    { pointer: '/time_zone', code: 'time_zone', detail: 'A time zone is an IANA name such as Europe/Paris.' },
  ];
}

function warehouseView({ code, name, country, dispatchDays }: Warehouse): WarehouseView {
  return { code, name, country, dispatch_days: dispatchDays };
}

function courierView({ code, name, services, tracking }: Courier): CourierView {
  return {
    ...{ code, name },
    services: services.map((s) => ({
      ...{ code: s.code, class: s.class, countries: [...s.countries], days: s.days },
      ...{ max_weight_g: s.maxWeightG, max_units: s.maxUnits },
      ...(s.maxVolumeCm3 === null ? {} : { max_volume_cm3: s.maxVolumeCm3 }),
      prices: s.prices.map((p) => ({ up_to_g: p.upToG, amount: p.amount.toJSON() })),
      needs: [...s.needs],
    })),
    tracking: tracking.map(({ source, carrier }) => ({ source, ...(carrier === null ? {} : { carrier }) })),
  };
}

function settingsView({ defaultPolicy, timeZone, holidays, awaitingFundsDays }: Settings): SettingsView {
  return {
    default_policy: defaultPolicy,
    time_zone: timeZone,
    holidays: [...holidays],
    awaiting_funds_days: awaitingFundsDays,
  };
}

function movementView({
  sku,
  warehouse,
  quantity,
  reason,
  at,
}: Movement): Pick<StockMovementView, keyof StockMovementView> {
  return { sku, warehouse, quantity, reason, created_at: instant(at) };
}
