import type { Phrase } from './mapping.translate.ts';
import { DUTCH, FRENCH, GERMAN, POLISH } from './phrases.translate.ts';

/** Spanish: Correos, DHL, GLS. */
const SPANISH: readonly Phrase[] = [
  [/(el |su )?(envío|paquete)? ?(ha sido |fue )?entregado al remitente|devolución entregada( al remitente)?/, 'rto_delivered'],
  [/(el |su )?(envío|paquete)? ?(ha sido |fue |está siendo |en )?(devuelto|devolución|devolviéndose) (al|a|a su) remitente|en proceso de devolución|devolución iniciada/, 'rto_initiated'],
  [/(el |su )?(envío|paquete)? ?(ha sido |fue |está )?entregado( al? (destinatario|cliente)| con éxito| en (el )?domicilio)?|entrega (efectuada|realizada)/, 'delivered'],
  [/(el |su )?(envío|paquete)? ?(está )?(en reparto|en proceso de entrega|salió a reparto)/, 'out_for_delivery'],
  [/(el |su )?(envío|paquete)? ?(está )?(disponible|listo|pendiente) (para|de) (su |ser )?(recogida|recoger|recogido)( en .+)?/, 'available_for_pickup'],
  [/(intento de entrega (fallido|sin éxito)|entrega fallida|no se pudo entregar)([.,:;-] .+)?/, 'attempt_failed'],
  [/(destinatario )?ausente|intento de entrega[:,]? ?-? ?(destinatario )?ausente/, 'attempt_failed', 'recipient_not_home'],
  [/(envío |paquete )?(rehusado|rechazado)( por el destinatario)?/, 'attempt_failed', 'refused'],
  [/(dirección (incorrecta|incompleta|errónea))/, 'exception', 'address_incorrect'],
  [/(el |su )?(envío|paquete)? ?(está |se encuentra )?en tránsito( .+)?|(ha )?(llegado|llegó|salido|salió) (a|al|de|del|en) .+/, 'in_transit'],
  [/(envío |paquete )?(admitido|recogido|depositado)( .+)?/, 'accepted'],
  [/(envío )?pre-?(registrado|admitido)|información (del envío )?recibida/, 'label_created'],
]; // prettier-ignore

/** Italian: Poste Italiane, BRT, GLS, DHL. */
const ITALIAN: readonly Phrase[] = [
  [/(la |il )?(spedizione|pacco|spedizione è stata)? ?(è stat[ao] )?(consegnat[ao]|reso consegnato) al mittente/, 'rto_delivered'],
  [/(la |il )?(spedizione|pacco)? ?(è |è stat[ao] )?(in (fase di )?(restituzione|reso|ritorno)|in ritorno|restituit[ao]) al mittente|reso al mittente/, 'rto_initiated'],
  [/(la |il )?(spedizione|pacco)? ?(è stat[ao] )?consegnat[ao]( al destinatario| con successo)?/, 'delivered'],
  [/(la |il )?(spedizione|pacco)? ?(è )?(in consegna|in fase di consegna|uscit[ao] in consegna)( oggi)?/, 'out_for_delivery'],
  [/(la |il )?(spedizione|pacco)? ?(è )?(disponibile|pronto|pronta|in attesa di) (per il |al |presso il )?(ritiro|punto di ritiro)( .+)?/, 'available_for_pickup'],
  [/(destinatario assente|tentativo di consegna[:,]? ?-? ?destinatario assente)( .+)?/, 'attempt_failed', 'recipient_not_home'],
  [/(tentata consegna|tentativo di consegna fallito|mancata consegna|consegna non riuscita)([.,:;-] .+)?/, 'attempt_failed'],
  [/(spedizione )?(rifiutat[ao]|consegna rifiutata)( dal destinatario)?/, 'attempt_failed', 'refused'],
  [/indirizzo (errato|incompleto|insufficiente)/, 'exception', 'address_incorrect'],
  [/(la |il )?(spedizione|pacco)? ?(è )?in transito( .+)?|(arrivat[ao]|partit[ao]) (a|in|da|dal|presso) .+/, 'in_transit'],
  [/(spedizione |pacco )?(pres[ao] in carico|ritirat[ao] dal mittente|accettat[ao])( .+)?/, 'accepted'],
]; // prettier-ignore

/** Portuguese: Correios, CTT, DHL. */
const PORTUGUESE: readonly Phrase[] = [
  [/(o )?(objeto|objecto|envio|encomenda)? ?(foi )?entregue ao remetente/, 'rto_delivered'],
  [/(o )?(objeto|objecto|envio|encomenda)? ?(está |foi )?(em devolução|em processo de devolução|sendo devolvid[ao]|devolvid[ao])( ao remetente)?/, 'rto_initiated'],
  [/(o )?(objeto|objecto|envio|encomenda)? ?(foi )?entregue( ao (destinatário|cliente))?/, 'delivered'],
  [/(o )?(objeto|objecto|envio|encomenda)? ?(está |saiu )?(em (distribuição|entrega)|para entrega( ao destinatário)?)/, 'out_for_delivery'],
  [/(o )?(objeto|objecto|envio|encomenda)? ?(está )?(disponível|aguardando) (para )?(retirada|levantamento|levantar)( .+)?/, 'available_for_pickup'],
  [/(tentativa de entrega (não efetuada|sem sucesso|falhada)|(o )?(objeto )?não entregue)([.,:;-] .+)?/, 'attempt_failed'],
  [/(destinatário|cliente) ausente|carteiro não atendido( .+)?/, 'attempt_failed', 'recipient_not_home'],
  [/(o )?(objeto|objecto|envio|encomenda)? ?(foi )?recusad[ao]( pelo destinatário)?/, 'attempt_failed', 'refused'],
  [/(o )?(objeto|objecto|envio|encomenda)? ?(está )?(em trânsito|encaminhado|em transferência)( .+)?/, 'in_transit'],
  [/(o )?(objeto|objecto|envio|encomenda)? ?(foi )?(postado|aceite|recolhid[ao])( .+)?/, 'accepted'],
]; // prettier-ignore

/** Every language that European networks print their lines in, beside English. */
export const LANGUAGES: readonly Phrase[] = [
  ...GERMAN,
  ...POLISH,
  ...DUTCH,
  ...FRENCH,
  ...SPANISH,
  ...ITALIAN,
  ...PORTUGUESE,
];
