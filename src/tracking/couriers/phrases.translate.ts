import type { Phrase } from './mapping.translate.ts';

/**
 * Whole phrases that many couriers print, in English. Asked only where a source has no code for a line, or one too
 * coarse. Every expression spans the whole phrase; a phrase that is not here means nothing.
 */
export const ENGLISH: readonly Phrase[] = [
  // back at the sender, before anything that begins with "delivered"
  [/(your item was )?delivered,? to (the )?(original )?(sender|shipper)( .*)?/, 'rto_delivered'],
  [/(package|parcel|shipment|item|it) (was |has been )?delivered (back )?to (the )?(original )?(sender|shipper|seller)/, 'rto_delivered'],
  [/returned to (the )?(original )?(sender|shipper|seller)( -|,| and) (delivered|received)/, 'rto_delivered'],
  ['return to sender delivered', 'rto_delivered'],
  ['tendered to returns agent', 'rto_delivered'],
  ['rto delivered', 'rto_delivered'],
  [/(package |parcel |shipment |item )?delivered (back )?to (the )?consignor/, 'rto_delivered'],
  // on its way back
  ['address does not exist - returning to sender', 'rto_initiated', 'address_incorrect'],
  [/(recipient |consignee |receiver |addressee )?refused( delivery)?( -|,| and)? (being )?return(ed|ing)? to (sender|shipper)/, 'rto_initiated', 'refused'],
  ['unclaimed/being returned to sender', 'rto_initiated', 'unclaimed'],
  ['unclaimed, being returned to sender', 'rto_initiated', 'unclaimed'],
  [/(package |parcel |shipment |item )?(is |will be )?(being )?(returned|returning|return) (package |parcel |shipment |item )?(back )?to (the )?(original )?(sender|shipper)/, 'rto_initiated'],
  [/return(ing)? to (sender|shipper)( initiated| requested)?/, 'rto_initiated'],
  // bare "returned to sender": the start is certain, the arrival is not
  [/((package|parcel|shipment|item|it) )?(was |has been )?returned (back )?to (the )?(original )?(sender|shipper|seller)/, 'rto_initiated'],
  ['rto initiated', 'rto_initiated'],
  [/return (is )?in progress/, 'rto_initiated'],
  [/returning package to (shipper|sender)/, 'rto_initiated'],
  [/(rto in transit|return to sender processed|in transit to (the )?(sender|shipper)|on (its|the) way (back )?to (the )?(sender|shipper))/, 'rto_in_transit'],
  // delivered
  [/(successfully )?delivered( successfully)?/, 'delivered'],
  [/(package|parcel|shipment|item|order)( was| has been| is)?( successfully)? delivered( successfully)?/, 'delivered'],
  [/your (package|parcel|shipment|item|order) (was|has been|is) (successfully )?delivered/, 'delivered'],
  [/delivered (to|at) (the )?(addressee|recipient|consignee|receiver|customer|neighbou?r|door|mailbox|front door|reception|address)/, 'delivered'],
  [/delivered, (in\/at mailbox|in or at the mailbox|front door\/porch|front desk\/reception( \/mail room|\/mail room)?|left with individual|po box|parcel locker|mail room|to mail room|to agent( for final delivery)?|garage( or| \/) other( .*)?|garage \/ other door \/ other location at address|individual picked up at (post office|usps|postal facility)|residence\/business|in safe place|left at (front|back|side) door)( .*)?/, 'delivered'],
  [/delivered( -|,|;)? signed( for)? by ?:? ?.+/, 'delivered'],
  [/(shipment )?delivered in good condition/, 'delivered'],
  [/(left|released) (at|with|to) (the )?(front door|door|porch|reception|front desk|neighbou?r|individual|mailbox|residence)/, 'delivered'],
  [/your item was delivered( in| to| at)? .+/, 'delivered'],
  [/(item )?(picked up|collected) by (the )?(customer|recipient|consignee|addressee|receiver)/, 'delivered'],
  // at a counter, not with the buyer
  [/delivered to (a )?(pickup|pick-up|collection) (point|parcelshop|location)/, 'available_for_pickup'],
  [/(item |package |parcel |shipment )?(is )?(available|ready|held|waiting|awaiting|arrived) (for|at) (pickup|pick-up|pick up|collection|customer collection|post office|pickup point)( by .+| at .+)?/, 'available_for_pickup'],
  [/awaiting (customer|recipient|consignee|receiver) (pickup|pick-up|collection)/, 'available_for_pickup'],
  ['awaiting collection by recipient as requested', 'available_for_pickup'],
  ['held at post office, at customer request', 'available_for_pickup', 'customer_request'],
  // attempts
  [/(a )?delivery (was )?attempted[;,:]? ?-? ?(recipient|consignee|receiver|customer) not (home|available)/, 'attempt_failed', 'recipient_not_home'],
  [/(recipient|consignee|receiver|customer|addressee) (was )?not (at )?(home|available|present|in)/, 'attempt_failed', 'recipient_not_home'],
  [/((delivery attempted|attempted delivery|delivery attempt|unable to deliver|delivery failed)[;,:]? ?-? ?)?(recipient|consignee|receiver|customer|addressee) (is |was )?(unavailable|absent|not (at )?(home|available|present|in))/, 'attempt_failed', 'recipient_not_home'],
  [/(no ?(one|body) (was )?(at )?(home|available|present)( to (sign|receive).*)?|customer out of station)/, 'attempt_failed', 'recipient_not_home'],
  [/(notice left \(no authorized recipient available\)|notice left|we missed you)/, 'attempt_failed', 'recipient_not_home'],
  [/(delivery attempted|attempted delivery)( -|,|:)? (no access( to delivery location)?|no secure location available|receptacle (full|blocked).*)/, 'attempt_failed', 'access'],
  [/(delivery )?attempt(ed)?( (failed|unsuccessful|made|delivery))?/, 'attempt_failed'],
  [/(delivery|attempt) (attempt(ed)?|failed|unsuccessful)( delivery)?/, 'attempt_failed'],
  [/(failed|unsuccessful) (delivery )?(attempt|delivery)( attempt)?/, 'attempt_failed'],
  [/(business|location|premises|office) (was )?closed/, 'attempt_failed', 'business_closed'],
  [/(refused|delivery refused|refused delivery|refused by (the )?(recipient|consignee|receiver|customer)|(recipient|consignee|receiver|customer) refused( delivery)?)/, 'attempt_failed', 'refused'],
  [/(the )?((delivery|shipment|package|parcel|item) (was |has been )?)refused( by (the )?(recipient|consignee|receiver|customer|addressee))?/, 'attempt_failed', 'refused'],
  [/(the )?(recipient|consignee|receiver|customer|addressee) (has )?refused (the |to accept( the)? ?)?(delivery|shipment|package|parcel|item)?/, 'attempt_failed', 'refused'],
  [/(cod|cash)( amount)? (is )?not ready/, 'attempt_failed', 'cod_not_ready'],
  // on the last mile
  [/(loaded on(to)? (the )?delivery vehicle|with (the )?delivery courier|out with (the )?(courier|driver)|on (fedex )?vehicle for delivery)/, 'out_for_delivery'],
  [/(item |package |parcel |shipment |your (item|package|parcel|shipment) (is )?)?out[ -]for[ -]delivery( today)?/, 'out_for_delivery'],
  [/(shipment )?about to be delivered by (van )?driver/, 'out_for_delivery'],
  // trouble
  [/(damaged|(package|parcel|shipment|item) (was |is |has been )?damaged)( in transit)?/, 'damaged', 'damaged'],
  [/(lost|(package|parcel|shipment|item) (was |is |has been )?lost)/, 'lost', 'lost'],
  [/prohibited articles - item not delivered - item seized or destroyed/, 'seized_by_customs', 'seized'],
  [/(seized by (law enforcement|customs)|confiscated by customs)/, 'seized_by_customs', 'seized'],
  [/(disposed by post office|(package|parcel|shipment|item) (was |has been )?(destroyed|disposed of))/, 'destroyed', 'destroyed'],
  ['sent to mail recovery center', 'exception', 'dead_letter'],
  [/(insufficient|incorrect|bad|wrong|incomplete|invalid) address( information)?/, 'exception', 'address_incorrect'],
  [/(address (not found|unknown)|unable to locate (the )?address|no such (address|number|street))/, 'exception', 'address_incorrect'],
  ['moved, left no address', 'exception', 'recipient_moved'],
  [/(held (by|at|in) customs|customs hold|clearance delay)/, 'exception', 'customs_hold'],
  [/(shipment )?on hold/, 'exception', 'held'],
  [/(weather delay|adverse weather conditions caused this delay)/, 'in_transit', 'weather'],
  [/(delivery |shipment |package )?delayed/, 'in_transit', 'delayed'],
  [/((customer|recipient|consignee) requested (a )?(future|later) delivery|(future|later) delivery (was )?requested)/, 'in_transit', 'customer_request'],
  [/(missent|missorted|misrouted)/, 'in_transit', 'missorted'],
  // moving
  [/(pickup scan|picked up|package received|shipment picked up|acceptance|accepted|collected|(item |package |parcel |shipment )?(picked up|collected) (by|from) (.+))/, 'accepted'],
  [/(accepted|acceptance) at .+|origin scan|we have your package|(shipment|package) received at origin( depot)?/, 'accepted'],
  [/(arrived|arrival|departed|departure|processed|left|in transit|en route|on the way|sorting complete|unload|load truck|dispatched|despatched|forwarded)/, 'in_transit'],
  [/(arrived|arrival) (at|in|scan)( .+)?/, 'in_transit'],
  [/(depart|departed|departure) (from |in |scan|facility|usps|fedex|post office|shipping partner)( ?.+)?/, 'in_transit'],
  [/(processed|transferred|forwarded|dispatched|despatched) (at|through|in|to|from) .+/, 'in_transit'],
  [/(left (fedex )?(origin|destination|sort)? ?facility|destination scan|location scan|import scan|export scan|flight departure|sorting complete)/, 'in_transit'],
  [/(in transit|on (its|the) way|en route)( (to|through) (the )?(next facility|destination|delivery facility|final destination|.+ hub))?/, 'in_transit'],
  [/(package|parcel|shipment|item) (is )?(in transit|received at (facility|service centre|depot|hub))/, 'in_transit'],
  [/(clearance event|clearance processing complete|processed for clearance|cleared customs|customs cleared|released by customs|customs status updated)( (at|in) .+)?/, 'in_transit'],
  // nothing physical yet
  [/(electronic )?(shipping|shipment|order|shipment data) (info|information|data)( has been)? (received|sent|submitted|uploaded)( (by|to) .+)?/, 'label_created'],
  [/(pre-shipment|electronic) (info|information|notification) (received|sent to usps)([:,].*)?/, 'label_created'],
  [/(shipping )?label( has been)? created(, usps awaiting item)?/, 'label_created'],
  [/shipper created a label, ups has not received the package yet/, 'label_created'],
  [/(data entry|order (created|received|processed)|shipment data uploaded|manifest(ed)?|ship request received|billing information received)/, 'label_created'],
]; // prettier-ignore

/** German: GLS, DHL Paket. */
export const GERMAN: readonly Phrase[] = [
  [/(das paket|die sendung) (wird|wurde|ist) (an den absender|zum absender) zur(ü|ue)ck(gesandt|gesendet|geschickt|gef(ü|ue)hrt).*/, 'rto_initiated'],
  [/(das paket|die sendung) (wurde|ist) (dem|an den|beim) absender (zugestellt|ausgeliefert).*/, 'rto_delivered'],
  [/(das paket|die sendung) (befindet sich auf dem|ist auf dem) (rückweg|weg zurück) zum absender.*/, 'rto_in_transit'],
  [/das paket wurde im (gls )?paketshop zugestellt.*/, 'available_for_pickup'],
  [/das paket ist im (gls )?paketshop eingetroffen.*/, 'available_for_pickup'],
  [/(das paket|die sendung) (liegt|steht) (im|in der|zur) .*(abholung|abholbereit).*/, 'available_for_pickup'],
  [/die sendung wird zur abholung in die .+ gebracht/, 'in_transit'],
  [/das paket konnte nicht zugestellt werden, da der empfänger nicht angetroffen wurde/, 'attempt_failed', 'recipient_not_home'],
  [/das paket konnte nicht zugestellt werden, da der empfänger die annahme verweigert(e| hat)/, 'attempt_failed', 'refused'],
  [/(das paket|die sendung) konnte nicht zugestellt werden[,;]? ?(da|weil|wegen)? ?.*adresse.*/, 'attempt_failed', 'address_incorrect'],
  [/(das paket|die sendung) konnte (heute )?nicht zugestellt werden.*/, 'attempt_failed'],
  [/der empfänger hat die annahme (der sendung |des pakets )?verweigert/, 'attempt_failed', 'refused'],
  [/das paket befindet sich im ziel-paketzentrum\. es konnte nicht zugestellt werden, da der empfänger nicht angetroffen wurde/, 'in_transit', 'recipient_not_home'],
  [/der empfänger wurde mittels benachrichtigungskarte über den zustell-\/abholversuch informiert/, null],
  [/(das paket|die sendung) wurde (beim empfänger |erfolgreich |dem empfänger (persönlich )?|beim nachbarn |an .+ )?zugestellt.*/, 'delivered'],
  [/(das paket|die sendung) wurde (vom empfänger|von .+) (in der|im|aus der|aus dem) .+ abgeholt/, 'delivered'],
  [/das paket wurde abgestellt.*|das paket wurde am vereinbarten ablageort zugestellt/, 'delivered'],
  [/das paket befindet sich in (der )?zustellung|das paket wurde auf das gls zustellfahrzeug verladen.*|das paket wird voraussichtlich im laufe des tages zugestellt/, 'out_for_delivery'],
  [/die sendung wurde in das zustellfahrzeug geladen.*/, 'out_for_delivery'],
  [/das paket wurde (an|an das) gls( system)? übergeben/, 'accepted'],
  [/die sendung wurde (vom absender )?in der .+ eingeliefert|die sendung wurde abgeholt/, 'accepted'],
  [/die paketdaten wurden im gls it-system erfasst.*|die sendung wurde elektronisch angekündigt.*|die auftragsdaten zu dieser sendung wurden vom absender elektronisch an dhl übermittelt/, 'label_created'],
  [/das paket (ist im|hat das|hat den) (paketzentrum|gls standort|paket-zentrum|gls depot|depot) (eingetroffen|verlassen).*/, 'in_transit'],
  [/die sendung (wurde|ist) im (start-paketzentrum|ziel-paketzentrum|paketzentrum|zielland|export-paketzentrum|import-paketzentrum|.+ paketzentrum) (bearbeitet|angekommen|eingetroffen)/, 'in_transit'],
  [/das paket ist (beschädigt|verloren gegangen)/, 'exception', 'damaged'],
]; // prettier-ignore

/** DHL's sentences in English, as its unified interface passes them on. */
export const DHL_ENGLISH: readonly Phrase[] = [
  [/(the )?(shipment|package|parcel) (is|was|has been) (being )?(returned|sent back|on its way back) to the (sender|shipper).*/, 'rto_initiated'],
  [/return shipment.*to (the )?sender|the shipment is on its way back to the sender/, 'rto_in_transit'],
  [/the shipment (was|has been) (successfully )?(delivered|returned) to the (sender|shipper)/, 'rto_delivered'],
  [/the shipment has been loaded onto the delivery vehicle.*|shipment is out with courier for delivery|(shipment )?out for delivery.*/, 'out_for_delivery'],
  [/the shipment (is ready|is available|is waiting) for (pick-up|pickup|collection).*/, 'available_for_pickup'],
  [/the shipment has been (delivered|transported) (to|for pick-up to) the (packstation|retail outlet|parcelshop|post office|service point).*/, 'available_for_pickup'],
  [/the (recipient|shipment) (has|was) picked up (the shipment )?(from|at|in) .+/, 'delivered'],
  [/the shipment could not be delivered.*(not (present|at home|available|met)|notified).*|delivery attempted; recipient not home/, 'attempt_failed', 'recipient_not_home'],
  [/the (recipient|shipment|delivery) (has |was )?refused.*|the recipient (has )?refused.*/, 'attempt_failed', 'refused'],
  [/the shipment could not be delivered.*address.*/, 'attempt_failed', 'address_incorrect'],
  [/the shipment was damaged.*|the shipment is damaged.*/, 'damaged', 'damaged'],
  [/the shipment has been posted by the sender.*|the shipment has been picked up.*|shipment picked up/, 'accepted'],
  [/the instruction data for this shipment have been provided by the sender to dhl electronically/, 'label_created'],
]; // prettier-ignore

/** Polish: DHL Parcel Polska. */
export const POLISH: readonly Phrase[] = [
  [/przesyłka (została )?(doręczona|zwrócona) do nadawcy/, 'rto_delivered'],
  [/przesyłka (jest )?zwracana do nadawcy|zwrot (przesyłki )?do nadawcy/, 'rto_initiated'],
  [/przesyłka doręczona( do odbiorcy)?/, 'delivered'],
  [/przesyłka oczekuje na odbiór przez klienta w .+|przesyłka gotowa do odbioru.*/, 'available_for_pickup'],
  [/próba doręczenia zakończona niepowodzeniem\. odbiorcy nie było w domu.*/, 'attempt_failed', 'recipient_not_home'],
  [/próba doręczenia zakończona niepowodzeniem.*/, 'attempt_failed'],
  [/przesyłka (została )?(przekazana kurierowi do doręczenia|wydana do doręczenia|w doręczeniu)/, 'out_for_delivery'],
]; // prettier-ignore

/** Dutch: PostNL, DHL Parcel Benelux. */
export const DUTCH: readonly Phrase[] = [
  [/(zending|pakket) (is |gaat )?(retour|teruggestuurd)( naar| aan)? (de )?afzender|retour afzender/, 'rto_initiated'],
  [/(zending|pakket) (is )?(bezorgd|afgeleverd|terugbezorgd) (bij|aan) (de )?afzender/, 'rto_delivered'],
  [/(zending|pakket) (is )?(bezorgd|afgeleverd)( bij (de )?(buren|buur|ontvanger|geadresseerde))?/, 'delivered'],
  [/(zending|pakket) (is )?(afgehaald|opgehaald)( (van|bij|op) .+)?/, 'delivered'],
  [/bezorger is onderweg|(zending|pakket) (is )?in distributieproces|vandaag bezorgd/, 'out_for_delivery'],
  [/(zending|pakket) (ligt|is|staat) (klaar|beschikbaar|afgeleverd) (bij|op|voor) .+/, 'available_for_pickup'],
  [/(zending|pakket) (is )?niet (bezorgd|afgeleverd|afgehaald)|(geadresseerde|ontvanger) niet (thuis|aanwezig|aangetroffen).*/, 'attempt_failed', 'recipient_not_home'],
  [/(geadresseerde|ontvanger) (weigert|heeft .* geweigerd).*|(zending|pakket) (is )?geweigerd/, 'attempt_failed', 'refused'],
  [/(zending|pakket) (is )?gesorteerd/, 'in_transit'],
  [/(zending|pakket) is (ontvangen door|bij) postnl|(zending|pakket) in ontvangst genomen/, 'accepted'],
  [/(zending|pakket) (is )?(nog niet .+|voorgemeld|wordt verwacht.*)/, 'label_created'],
]; // prettier-ignore

/** French: Canada Post, La Poste, DHL. */
export const FRENCH: readonly Phrase[] = [
  [/(l'article|l'envoi|le colis|votre colis|article|envoi|colis) (a été |est )?(retourné|livré|remis) (à|a) l'exp(é|e)diteur/, 'rto_delivered'],
  [/(l'article|l'envoi|le colis|votre colis|article|envoi|colis) (est )?(renvoyé|en cours de retour|retourné) (à|vers) l'exp(é|e)diteur|retour (à|a) l'exp(é|e)diteur/, 'rto_initiated'],
  [/(l'article|l'envoi|le colis|votre colis|article|envoi|colis)? ?(a été |est )?(livré|distribué|remis)( avec succès| à son destinataire| au destinataire| contre signature)?/, 'delivered'],
  [/(l'article|l'envoi|le colis|votre colis|article|envoi|colis)? ?(est )?(en cours de livraison|sorti pour livraison|en livraison)/, 'out_for_delivery'],
  [/(l'article|l'envoi|le colis|votre colis|article|envoi|colis)? ?(est )?(disponible|prêt|en attente) (pour|au|en|à) .+/, 'available_for_pickup'],
  [/tentative de livraison.*|destinataire absent.*/, 'attempt_failed', 'recipient_not_home'],
]; // prettier-ignore
