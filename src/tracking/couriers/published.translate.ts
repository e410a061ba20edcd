import { LANGUAGES } from './languages.translate.ts';
import type { Phrase } from './mapping.translate.ts';
import { ENGLISH } from './phrases.translate.ts';
import { plain } from './plain.translate.ts';
import type { Translator } from './reading.translate.ts';

/** Royal Mail's and Australia Post's sentences. */
const POSTAL: readonly Phrase[] = [
  [/(item |article |parcel )?(has been |was )?delivered (back )?to (the )?sender.*/, 'rto_delivered'],
  [/(item |article |parcel )?(is |was |has been )?(being )?(returning|return|returned) (back )?to (the )?sender(?!.*\bif\b).*/, 'rto_initiated'],
  [/delivered (by|to|at|in) (?!.*(depot|carrier|hub|mail centre|(delivery|post) office)).+|(item|article) delivered.*/, 'delivered'],
  [/(unable to deliver|attempted delivery|delivery attempted|we tried to deliver|unsuccessful delivery).*/, 'attempt_failed'],
  [/(item |article |parcel )?(is )?(now )?(available|awaiting|ready) (for |to )?(collection|collect|be collected|pick-?up).*/, 'available_for_pickup'],
  [/(ready for delivery|out for delivery|on(board| board)( with driver| for delivery)|on route to you|due to be delivered today|with driver).*/, 'out_for_delivery'],
  [/(sender despatching item|sender preparing item|shipping information (received|approved).*|we have received details.*|created|initiated)/, 'label_created'],
  [/(accepted at|received by|picked up|collected from|item received|lodged).*/, 'accepted'],
  [/(item |article )?(leaving|left|arrived|received at|processed|in transit|forwarded|despatched|cleared|at (delivery|parcel)|transferred).*/, 'in_transit'],
]; // prettier-ignore

/** Chinese lines of cross-border carriers; "未妥投" holds "妥投", so only whole lines count here too. */
const CHINESE: readonly Phrase[] = [
  [/(您的)?(快件|包裹|邮件)?(已签收|已被签收|投递成功|派送成功|妥投)([,，。:：(（【[ ].*)?/, 'delivered'],
  [/(快件|包裹|邮件)?(已退回寄件人|退件已签收|退回妥投)([,，。 ].*)?/, 'rto_delivered'],
  [/(快件|包裹|邮件)?(退回寄件人|退件中|退回中|正在退回)([,，。 ].*)?/, 'rto_initiated'],
  [/(收件人|客户)?拒收([,，。 ].*)?/, 'attempt_failed', 'refused'],
  [/(快件|包裹|邮件)?(派送不成功|派件不成功|投递失败|未妥投)([,，。:： (（].*)?/, 'attempt_failed'],
  [/(快件|包裹|邮件)?(正在派送|派送中|派件中|正在派件|安排投递|正在派送途中)([,，。 (（].*)?/, 'out_for_delivery'],
  [/(顺丰速运 ?)?(已收取快件|已收件|已揽收|已揽件|已收寄)([,，。 (（【].*)?/, 'accepted'],
  [/(快件|包裹|邮件)?(已到达|到达|离开|已发往|运输中|已发车)([,，。 【[].*)?/, 'in_transit'],
]; // prettier-ignore

const PARIS = 'Europe/Paris';

/** La Poste: `{shipment: {idShip, event: […]}}`, or a list of them; codes as published, French or English lines. */
const laposte = plain({
  source: 'laposte',
  parcels: ['shipment', 'data', 'results'],
  number: ['idShip', 'shipment.idShip'],
  events: ['event', 'events', 'shipment.event'],
  code: ['code'],
  text: ['label'],
  time: ['date'],
  place: ['location'],
  tables: ['laposte'],
  phrases: LANGUAGES,
  zone: PARIS,
});

/** Chronopost: SOAP `trackSkybillV2Response`; office and post code are the place. */
const chronopost = plain({
  source: 'chronopost',
  parcels: [
    'Envelope.Body.trackSkybillV2Response.return.listEventInfoComp',
    'Envelope.Body.trackSkybillResponse.return.listEvents',
    'return.listEventInfoComp',
    'listEventInfoComp',
    'listEvents',
  ],
  number: ['skybillNumber'],
  events: ['events', 'event'],
  code: ['code'],
  text: ['eventLabel', 'label'],
  time: ['eventDate', 'date'],
  place: ['officeLabel', 'zipCode'],
  tables: ['chronopost'],
  phrases: LANGUAGES,
  zone: PARIS,
  newestFirst: false,
});

/** bpost: `{items: [{itemCode, events: [{date, time, key: {EN: {description}}}]}]}`, and its code lists. */
const bpost = plain({
  source: 'bpost',
  parcels: ['items', 'item', 'trackedMail', 'data'],
  number: ['itemCode', 'barcode', 'itemNumber'],
  events: ['events', 'event', 'stateInfo'],
  code: ['eventCode', 'stateCode', 'code', 'knownProcessStep', 'name'],
  text: ['key.EN.description', 'key.FR.description', 'key.NL.description', 'description', 'stateDescription'],
  time: ['date', 'dateTime'],
  clock: ['time'],
  place: ['location.locationName', 'location.countryCode'],
  tables: ['bpost'],
  phrases: LANGUAGES,
  header: ['processOverview.activeStepTextKey', 'activeStep.knownProcessStep', 'activeStep.name'],
  zone: 'Europe/Brussels',
});

/** Royal Mail: `{mailPieces: [{mailPieceId, summary, events: […]}]}`. */
const royalMail = plain({
  source: 'royal_mail',
  parcels: ['mailPieces', 'mailPiece'],
  number: ['mailPieceId', 'trackingNumber'],
  aliases: ['summary.oneDBarcode'],
  events: ['events'],
  code: ['eventCode'],
  text: ['eventName'],
  time: ['eventDateTime'],
  place: ['locationName'],
  tables: ['royal_mail'],
  phrases: POSTAL,
  header: ['summary.lastEventCode', 'summary.lastEventName', 'summary.statusDescription'],
  zone: 'Europe/London',
});

/** Australia Post: `{tracking_results: [{tracking_id, status, trackable_items: [{article_id, events}]}]}`. */
const australiaPost = plain({
  source: 'australia_post',
  parcels: ['tracking_results', 'trackingResults', 'articles', 'data'],
  number: ['trackable_items.article_id', 'tracking_id', 'articleId'],
  aliases: ['tracking_id', 'consignment.consignment_id'],
  events: ['trackable_items.events', 'consignment.events', 'events'],
  code: ['event_code', 'milestone', 'status'],
  text: ['description', 'eventDescription'],
  time: ['date', 'dateTime', 'localeDateTime'],
  place: ['location'],
  tables: ['australia_post.status'],
  phrases: POSTAL,
  header: ['trackable_items.status', 'status'],
  zone: null,
});

/** Steps of the web's answer that the map leaves out. */
const DPD_STEPS: readonly Phrase[] = [
  ['on_the_road', 'in_transit'],
  ['at_sending_depot', 'in_transit'],
  ['at_delivery_depot', 'in_transit'],
  ['out_for_delivery', 'out_for_delivery'],
];

/** DPD: `parcellifecycleResponse` of the web, and lists of events with the group's codes. "Delivered" to a shop is none. */
const dpd = plain({
  source: 'dpd',
  parcels: ['parcellifecycleResponse.parcelLifeCycleData', 'parcelLifeCycleData', 'Envelope.Body.getTrackingDataResponse.trackingresult', 'trackingresult', 'parcels', 'parcel', 'data', 'shipment'],
  number: ['shipmentInfo.parcelLabelNumber', 'parcelLabelNumber', 'parcelNumber', 'parcelno', 'barcode', 'trackingNumber', 'number'],
  events: ['scanInfo.scan', 'events', 'scans', 'parcelEvents', 'trackingEvents', 'history'],
  code: ['scanType.code', 'eventCode', 'code', 'type', 'status', 'lifecycle'],
  text: ['scanDescription.content', 'scanType.name', 'scanDescription.label', 'description', 'label.content', 'label', 'text', 'name'],
  time: ['date.content', 'date', 'dateTime', 'timestamp', 'eventDate', 'datetime'],
  clock: ['time', 'eventTime'],
  place: ['scanData.location', 'location.content', 'location', 'depot', 'city'],
  tables: ['dpd.event', 'dpd.lifecycle'],
  phrases: [...DPD_STEPS, ...LANGUAGES],
  header: ['status.code', 'lifecycle', 'currentStatus', 'status'],
  steps: { list: 'statusInfo', reached: 'statusHasBeenReached', now: 'isCurrentStatus', code: 'status' },
  zone: null,
  order: 'dmy',
}); // prettier-ignore

/** Cainiao: `{module: [{mailNo, detailList: [{time, actionCode, desc}]}]}`; a station that signs is not the buyer. */
const cainiao = plain({
  source: 'cainiao',
  parcels: ['module', 'data', 'result'],
  number: ['mailNo', 'trackingNumber'],
  aliases: ['copyRealMailNo', 'realMailNo'],
  events: ['detailList', 'traceList', 'events'],
  code: ['actionCode', 'action'],
  text: ['standerdDesc', 'desc', 'description'],
  time: ['timeStr', 'time'],
  tables: ['cainiao.actionCode'],
  phrases: CHINESE,
  header: ['latestTrace.actionCode', 'statusDesc'],
  zone: null,
});

/** Sendle: `{state, status, tracking_events: [{event_type, scan_time}]}`. */
const sendle = plain({
  source: 'sendle',
  parcels: ['data'],
  number: ['sendle_reference', 'ref', 'reference', 'tracking_number'],
  events: ['tracking_events', 'events'],
  code: ['event_type'],
  text: ['description', 'display_description', 'event_type'],
  time: ['scan_time', 'local_scan_time'],
  place: ['location', 'display_location', 'destination_location'],
  tables: ['sendle'],
  phrases: POSTAL,
  header: ['state', 'status.description'],
  zone: null,
  newestFirst: false,
});

/** SF Express: `routeResps: [{mailNo, routes}]`, also as a text in `apiResultData` or `msgData`; a push is a list of routes. */
const sfExpress = plain({
  source: 'sf_express',
  parcels: [
    'apiResultData.msgData.routeResps',
    'msgData.routeResps',
    'routeResps',
    'Response.Body.RouteResponse',
    'Body.WaybillRoute',
    'WaybillRoute',
  ],
  number: ['mailNo', 'mailno'],
  events: ['routes', 'Route', 'route'],
  code: ['opCode', 'opcode'],
  text: ['remark'],
  time: ['acceptTime', 'accept_time'],
  place: ['acceptAddress', 'accept_address'],
  tables: ['sf_express'],
  phrases: CHINESE,
  zone: 'Asia/Shanghai',
  newestFirst: false,
});

/** Yanwen: `{result: [{tracking_number, checkpoints: [{time_stamp, time_zone, tracking_status, message}]}]}`. */
const yanwen = plain({
  source: 'yanwen',
  parcels: ['result', 'data'],
  number: ['tracking_number', 'trackingNumber'],
  aliases: ['waybill_number', 'exchange_number'],
  events: ['checkpoints', 'events'],
  code: ['tracking_status', 'status'],
  text: ['message', 'description'],
  time: ['time_stamp', 'time'],
  place: ['location'],
  tables: ['yanwen'],
  phrases: CHINESE,
  header: ['tracking_status'],
  zone: 'Asia/Shanghai',
});

/** Ekart: a list of lines by number; what its courier marks as RTO is the seller's. */
const ekart = plain({
  source: 'ekart',
  parcels: ['data', 'response', 'shipments', 'track'],
  number: ['tracking_id', 'trackingId', 'awb', 'vendor_tracking_id'],
  events: ['history', 'details', 'events', 'shipment_events'],
  code: ['status', 'cs_notes'],
  text: ['public_description', 'description', 'remarks', 'cs_notes', 'status'],
  time: ['event_date_iso8601', 'event_date', 'ctime', 'time', 'date'],
  place: ['city', 'location'],
  tables: ['ekart'],
  phrases: ENGLISH,
  header: ['status', 'current_status'],
  zone: 'Asia/Kolkata',
  order: 'dmy',
  returning: ['marked_as_rto', 'rto', 'cs_notes'],
});

/** Couriers of which the published form is all that is known. */
export const PUBLISHED: readonly Translator[] = [
  australiaPost,
  bpost,
  cainiao,
  chronopost,
  dpd,
  ekart,
  laposte,
  royalMail,
  sendle,
  sfExpress,
  yanwen,
];
