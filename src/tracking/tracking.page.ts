import { escapeHtml as escape } from '../kernel/html.ts';
import type { CourierStatus } from './canonical.translate.ts';

export const PAGE_LANGUAGES = ['en', 'fr'] as const;
export type PageLanguage = (typeof PAGE_LANGUAGES)[number];

/** One line of the page: nothing that a courier wrote freely, for that may hold names. */
export interface PageEvent {
  status: CourierStatus | null;
  /** The local time as the courier printed it, `2024-11-23T13:10:00`. */
  localTime: string | null;
  place: string | null;
}

export interface PageShipment {
  number: string;
  courier: string;
  /** The package's own status. */
  status: string;
  /** Local dates between which it is expected; null: not on its way to the buyer. */
  expected: { earliest: string; latest: string } | null;
  /** Newest first. */
  events: readonly PageEvent[];
}

interface Words {
  title: string;
  unknown: string;
  history: string;
  none: string;
  when: string;
  what: string;
  where: string;
  /** `{earliest}` and `{latest}` stand for dates. */
  expected: string;
  steps: Readonly<Record<string, string>>;
}

const EN: Words = {
  title: 'Track a parcel',
  unknown: 'We know no parcel with this number. A new label takes a moment to show here.',
  history: 'History',
  none: 'The courier has not reported on it yet.',
  when: 'Local time',
  what: 'Step',
  where: 'Place',
  expected: 'Expected between {earliest} and {latest}.',
  steps: {
    planned: 'Being prepared',
    picking: 'Being prepared',
    packed: 'Packed',
    labelled: 'Ready for the courier',
    label_created: 'Announced to the courier',
    handed_over: 'With the courier',
    accepted: 'With the courier',
    in_transit: 'On its way',
    out_for_delivery: 'Out for delivery',
    attempt_failed: 'Delivery was attempted',
    available_for_pickup: 'Ready to be collected',
    exception: 'Held up',
    damaged: 'Held up',
    delivered: 'Delivered',
    rto_initiated: 'Going back to the sender',
    rto_in_transit: 'On its way back to the sender',
    rto_delivered: 'Back at the sender',
    delivery_failed: 'Could not be delivered',
    lost: 'Lost by the courier',
    destroyed: 'Lost by the courier',
    seized_by_customs: 'Held by customs',
    pickup_failed: 'Waiting for the courier',
    cancelled: 'Cancelled',
    expired: 'No news from the courier',
    unknown: 'No news from the courier',
  },
};

const FR: Words = {
  title: 'Suivre un colis',
  unknown: 'Nous ne connaissons aucun colis avec ce numéro. Une nouvelle étiquette met un moment à apparaître ici.',
  history: 'Historique',
  none: 'Le transporteur n’a encore rien signalé.',
  when: 'Heure locale',
  what: 'Étape',
  where: 'Lieu',
  expected: 'Livraison prévue entre le {earliest} et le {latest}.',
  steps: {
    planned: 'En préparation',
    picking: 'En préparation',
    packed: 'Emballé',
    labelled: 'Prêt pour le transporteur',
    label_created: 'Annoncé au transporteur',
    handed_over: 'Remis au transporteur',
    accepted: 'Remis au transporteur',
    in_transit: 'En route',
    out_for_delivery: 'En cours de livraison',
    attempt_failed: 'Tentative de livraison',
    available_for_pickup: 'À retirer',
    exception: 'Retenu',
    damaged: 'Retenu',
    delivered: 'Livré',
    rto_initiated: 'Retour à l’expéditeur',
    rto_in_transit: 'En route vers l’expéditeur',
    rto_delivered: 'Revenu chez l’expéditeur',
    delivery_failed: 'N’a pas pu être livré',
    lost: 'Perdu par le transporteur',
    destroyed: 'Perdu par le transporteur',
    seized_by_customs: 'Retenu par la douane',
    pickup_failed: 'En attente du transporteur',
    cancelled: 'Annulé',
    expired: 'Sans nouvelles du transporteur',
    unknown: 'Sans nouvelles du transporteur',
  },
};

const WORDS: Readonly<Record<PageLanguage, Words>> = { en: EN, fr: FR };

const STYLE = `body{font:1rem/1.5 system-ui,sans-serif;max-width:40rem;margin:0 auto;padding:1rem;color:#1a1a1a;background:#fff}
.now{font-size:1.4rem;font-weight:600;margin:.5rem 0}table{width:100%;border-collapse:collapse}th,td{text-align:left;padding:.4rem .5rem .4rem 0;border-bottom:1px solid #ddd;vertical-align:top}
code{overflow-wrap:anywhere}`;

/** The first of the caller's languages that the page has. @param header Accept-Language */
export function pageLanguage(header: string | undefined): PageLanguage {
  const asked = (header ?? '').split(',').map((part) => {
    const [tag = '', ...rest] = part.trim().split(';');
    const quality = /q=(\d(?:\.\d+)?)/.exec(rest.join(';'))?.[1] ?? '1';
    return { language: tag.slice(0, 2).toLowerCase(), permille: Math.round(1000 * +quality) };
  });
  const best = asked
    .filter(({ permille }) => permille > 0)
    .sort((a, b) => b.permille - a.permille)
    .find(({ language }) => (PAGE_LANGUAGES as readonly string[]).includes(language));
  return best?.language === 'fr' ? 'fr' : 'en';
}

/** What a buyer sees: steps, places, local times. No script, no name, no address, no word of a courier's own. */
export function trackingPage(shipment: PageShipment | null, language: PageLanguage): string {
  const words = WORDS[language];
  const body = shipment === null ? `<p>${words.unknown}</p>` : shipmentHtml(shipment, words);
  return `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>${words.title}</title><style>${STYLE}</style></head><body><main><h1>${words.title}</h1>
${body}</main></body></html>`;
}

function shipmentHtml({ number, courier, status, expected, events }: PageShipment, words: Words): string {
  const days = expected === null ? '' : `<p>${expectedText(expected, words)}</p>`;
  const now = `<p><code>${escape(number)}</code> · ${escape(courier)}</p><p class="now" role="status">${words.steps[status] ?? escape(status)}</p>${days}`;
  const told = events.filter((event) => event.status !== null);
  if (told.length === 0) return `${now}<p>${words.none}</p>`;
  const lines = told.map(({ status: step, localTime, place }) => {
    const time =
      localTime === null
        ? ''
        : `<time datetime="${escape(localTime)}">${escape(localTime.slice(0, 16).replace('T', ' '))}</time>`;
    return `<tr><td>${time}</td><td>${words.steps[step ?? ''] ?? ''}</td><td>${escape(place ?? '')}</td></tr>`;
  });
  return `${now}<h2>${words.history}</h2><table><thead><tr><th scope="col">${words.when}</th><th scope="col">${words.what}</th><th scope="col">${words.where}</th></tr></thead><tbody>${lines.join('\n')}</tbody></table>`;
}

function expectedText({ earliest, latest }: NonNullable<PageShipment['expected']>, { expected }: Words): string {
  return expected.replace('{earliest}', escape(earliest)).replace('{latest}', escape(latest));
}
