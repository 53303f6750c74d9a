# ruff: noqa: E501 (tables of words and formats)
"""Labels of invoices, receipts and letters: canonical key, value type, group, then printed labels by language."""

TABLE = """
invoice number = id ~invoice
en Invoice No.;Invoice Number;Invoice #;Invoice No;Inv. No.;Bill No.;Tax Invoice No.;Invoice ID;Document No.
de Rechnungsnummer;Rechnungs-Nr.;Rechnung Nr.;Rechnungsnr.;Beleg-Nr.
fr Numéro de facture;Facture n°;N° de facture;Facture N°
es Número de factura;Factura n.º;Nº de factura;Factura Nº
it Numero fattura;Fattura n.;N. fattura;Fattura numero
nl Factuurnummer;Factuurnr.;Factuur nr.
pt Número da fatura;Fatura n.º;N.º da fatura;Fatura Nº
invoice date = date ~date
en Invoice Date;Date of Invoice;Issue Date;Date of issue;Billing Date;Date
de Rechnungsdatum;Datum;Ausstellungsdatum;Rechnung vom
fr Date de facture;Date de facturation;Date d'émission;Date
es Fecha de factura;Fecha;Fecha de emisión
it Data fattura;Data;Data di emissione
nl Factuurdatum;Datum
pt Data da fatura;Data;Data de emissão
due date = date ~due
en Due Date;Payment Due;Pay by;Due;Payable by;Payment due date
de Fällig am;Fälligkeit;Zahlbar bis;Fälligkeitsdatum
fr Date d'échéance;Échéance;À payer avant le;Payable avant le
es Fecha de vencimiento;Vencimiento;Pagar antes del
it Scadenza;Data di scadenza;Da pagare entro
nl Vervaldatum;Te betalen voor;Uiterste betaaldatum
pt Data de vencimento;Vencimento;Pagar até
delivery date = date ~delivery
en Delivery Date;Date of delivery;Ship Date;Service Date;Date of supply
de Lieferdatum;Leistungsdatum;Liefer- und Leistungsdatum
fr Date de livraison;Livré le
es Fecha de entrega;Entregado el
it Data di consegna;Consegna del
nl Leverdatum;Leveringsdatum
pt Data de entrega;Entregue em
order date = date ~orderdate
en Order Date;Date of order;Ordered on
de Bestelldatum;Bestellt am;Auftragsdatum
fr Date de commande;Commandé le
es Fecha de pedido;Pedido del
it Data ordine;Ordine del
nl Besteldatum;Orderdatum
pt Data da encomenda;Encomendado em
order number = id ~order
en Order No.;Order Number;Purchase Order;P.O. Number;PO No.;Your Order;Order Ref.
de Bestellnummer;Bestell-Nr.;Auftragsnummer;Auftrags-Nr.;Ihre Bestellung
fr Numéro de commande;Commande n°;N° de commande;Bon de commande
es Número de pedido;Pedido n.º;Nº de pedido
it Numero ordine;Ordine n.;Vs. ordine
nl Ordernummer;Bestelnummer;Uw order
pt Número da encomenda;Encomenda n.º;Nota de encomenda
customer number = id ~customer
en Customer No.;Customer Number;Customer ID;Client No.;Account No.
de Kundennummer;Kunden-Nr.;Kundennr.;Ihre Kundennummer
fr Numéro client;N° client;Code client
es Número de cliente;N.º de cliente;Código de cliente
it Codice cliente;Numero cliente;Cod. cliente
nl Klantnummer;Debiteurnummer;Klantnr.
pt Número de cliente;N.º de cliente;Código do cliente
delivery note = id ~deliverynote
en Delivery Note;Delivery Note No.;Packing Slip;D/O No.
de Lieferschein;Lieferschein-Nr.;Lieferscheinnummer
fr Bon de livraison;N° de bon de livraison
es Albarán;Nº de albarán
it DDT n.;Documento di trasporto
nl Pakbon;Pakbonnummer
pt Guia de remessa;Guia n.º
contract number = id ~contract
en Contract No.;Contract Number;Agreement No.
de Vertragsnummer;Vertrags-Nr.;Vertrag Nr.
fr Numéro de contrat;Contrat n°
es Número de contrato;Contrato n.º
it Numero contratto;Contratto n.
nl Contractnummer;Contractnr.
pt Número do contrato;Contrato n.º
reference = id ~reference
en Reference;Our Ref.;Your Ref.;Ref. No.;Reference No.
de Unser Zeichen;Referenz;Ihr Zeichen;Aktenzeichen
fr Référence;Nos réf.;Vos réf.;Réf.
es Referencia;N/Ref.;Su ref.
it Riferimento;Rif.;Ns. rif.
nl Referentie;Ons kenmerk;Uw kenmerk
pt Referência;N/ Ref.;V/ Ref.
project = text ~project
en Project;Project Name;Job;Job name
de Projekt;Bauvorhaben;Vorhaben
fr Projet;Chantier;Affaire
es Proyecto;Obra
it Progetto;Commessa
nl Project;Projectnaam
pt Projeto;Obra
seller = company ~seller
en Seller;Vendor;Supplier;From;Sold by;Issued by;Company;Bill from
de Verkäufer;Lieferant;Rechnungssteller;Absender;Firma
fr Vendeur;Fournisseur;Émetteur;Société
es Vendedor;Proveedor;Emisor;Empresa
it Venditore;Fornitore;Cedente;Azienda
nl Verkoper;Leverancier;Afzender;Bedrijf
pt Vendedor;Fornecedor;Emitente;Empresa
buyer = company ~buyer
en Bill To;Buyer;Customer;Sold to;Invoice to;Client;Billed to
de Käufer;Rechnungsempfänger;Kunde;Rechnung an;Auftraggeber
fr Client;Acheteur;Facturé à;Destinataire
es Cliente;Comprador;Facturar a;Destinatario
it Cliente;Acquirente;Spett.le;Cessionario
nl Klant;Koper;Factuur aan;Opdrachtgever
pt Cliente;Comprador;Faturar a;Exmo. Sr.
delivery address = address ~shipto
en Ship To;Deliver to;Delivery Address;Shipping Address
de Lieferadresse;Lieferanschrift;Liefern an
fr Adresse de livraison;Livrer à;Livré à
es Dirección de entrega;Entregar en;Enviar a
it Indirizzo di consegna;Destinazione merce;Luogo di consegna
nl Afleveradres;Leveradres
pt Morada de entrega;Local de entrega
VAT number = vat ~vat
en VAT No.;VAT Number;VAT Reg. No.;Tax ID;GST No.;GST Reg. No.;TIN
de USt-IdNr.;USt-ID;Steuernummer;UID-Nummer;USt.-Id.-Nr.
fr N° TVA;TVA intracommunautaire;N° de TVA;SIRET
es NIF;CIF;N.º de IVA
it Partita IVA;P. IVA;Cod. Fisc.
nl Btw-nummer;BTW-nr.;Btw-id
pt NIF;Contribuinte n.º;NIPC
IBAN = iban ~iban
en IBAN;IBAN No.;Account (IBAN)
de IBAN;Kontonummer (IBAN)
fr IBAN;Compte IBAN
es IBAN;Cuenta IBAN
it IBAN;Codice IBAN
nl IBAN;Rekeningnummer
pt IBAN;Conta IBAN
BIC = bic ~bic
en BIC;SWIFT;SWIFT Code;BIC/SWIFT
de BIC;SWIFT-Code
fr BIC;Code BIC
es BIC;SWIFT
it BIC;SWIFT
nl BIC;BIC-code
pt BIC;SWIFT
bank = company ~bank
en Bank;Bank Name;Our bank
de Bank;Kreditinstitut;Bankverbindung
fr Banque;Domiciliation
es Banco;Entidad bancaria
it Banca;Istituto bancario
nl Bank;Banknaam
pt Banco;Nome do banco
subtotal = amount ~subtotal
en Subtotal;Sub-total;Total net;Total without tax;Net Amount;Total excl. VAT;Sub Total;Net total;Total (Excluding GST)
de Zwischensumme;Nettobetrag;Rechnungssumme Netto;Nettosumme;Gesamtbetrag netto;Summe netto;Netto;Gesamt netto
fr Sous-total;Total HT;Montant HT;Total net HT;Montant total HT
es Subtotal;Base imponible;Total neto
it Imponibile;Subtotale;Totale netto
nl Subtotaal;Totaal excl. btw;Netto
pt Subtotal;Total líquido;Total s/ IVA
tax = amount ~tax
en VAT;Tax;Sales Tax;GST;VAT amount;Tax Amount;GST Payable
de MwSt.;Umsatzsteuer;Steuerbetrag;Gesamtsteuerbetrag;Summe USt.;USt.;Mehrwertsteuer;MwSt.-Betrag
fr TVA;Montant TVA;Total TVA;Montant de la TVA
es IVA;Cuota IVA;Importe IVA
it IVA;Imposta;Totale IVA
nl Btw;BTW-bedrag;Btw-bedrag
pt IVA;Valor do IVA;Total IVA
total = amount ~total
en Total;Grand Total;Total Amount;Amount Due;Total Due;Balance Due;TOTAL;Total Payable;Net Total;Invoice Total;Total Sales
de Gesamtbetrag;Rechnungsbetrag;Rechnungssumme Brutto;Bruttosumme;Gesamtbetrag brutto;Gesamtsumme;Summe;Endbetrag;Bruttobetrag;Zu zahlender Betrag;Gesamt
fr Total TTC;Montant total;Montant TTC;Montant total TTC;Net à payer;Total à payer;Total
es Total;Importe total;Total factura;Total a pagar
it Totale;Totale fattura;Totale da pagare;Totale documento
nl Totaal;Totaalbedrag;Te betalen;Totaal incl. btw
pt Total;Total a pagar;Valor total;Total da fatura
discount = amount ~discount
en Discount;Less Discount;Rebate;Total Discount
de Rabatt;Skonto;Nachlass
fr Remise;Rabais;Escompte
es Descuento;Bonificación;Dto.
it Sconto;Abbuono
nl Korting;Rabat
pt Desconto;Desc.
shipping = amount ~shipping
en Shipping;Freight;Delivery charge;Shipping & Handling;Postage
de Versandkosten;Fracht;Porto;Versand
fr Frais de port;Livraison;Port
es Gastos de envío;Portes;Transporte
it Spese di spedizione;Trasporto
nl Verzendkosten;Vrachtkosten
pt Portes de envio;Despesas de envio
amount due = amount ~payable
en Amount Due;Balance Due;Amount payable;Balance;Outstanding amount;Due for payment
de Zahlbetrag;Fälliger Betrag;Offener Betrag;Restbetrag;Noch zu zahlen
fr Net à payer;Reste à payer;Solde dû;Montant dû
es Importe pendiente;Saldo;Resto a pagar
it Netto a pagare;Saldo dovuto;Importo dovuto
nl Openstaand bedrag;Nog te betalen;Restbedrag
pt Valor em dívida;Saldo;Restante a pagar
amount paid = amount ~paid
en Amount Paid;Paid;Deposit;Payment received;Prepaid
de Bereits bezahlt;Anzahlung;Bezahlt
fr Acompte;Déjà réglé;Montant payé
es Importe pagado;Anticipo;Pagado
it Acconto;Già pagato;Pagato
nl Reeds betaald;Aanbetaling;Betaald
pt Valor pago;Já pago;Adiantamento
tax rate = percent ~taxrate
en Tax Rate;VAT Rate;VAT %;GST %
de Steuersatz;MwSt.-Satz;MwSt. %
fr Taux de TVA;TVA %
es Tipo de IVA;% IVA
it Aliquota;Aliquota IVA
nl Btw-tarief;Btw %
pt Taxa de IVA;IVA %
currency = currency ~currency
en Currency;Currency code;Invoice currency
de Währung;Rechnungswährung;Beträge in
fr Devise;Monnaie
es Moneda;Divisa
it Valuta;Divisa
nl Valuta;Munteenheid
pt Moeda;Divisa
payment terms = terms ~terms
en Payment Terms;Terms;Terms of payment
de Zahlungsbedingungen;Zahlungsziel;Zahlung
fr Conditions de paiement;Conditions de règlement
es Condiciones de pago;Plazo de pago
it Condizioni di pagamento;Termini di pagamento
nl Betalingsvoorwaarden;Betaaltermijn
pt Condições de pagamento;Prazo de pagamento
payment method = method ~method
en Payment Method;Paid by;Method of payment;Tender
de Zahlungsart;Zahlungsweise;Bezahlt mit
fr Mode de paiement;Mode de règlement;Moyen de paiement
es Forma de pago;Método de pago
it Modalità di pagamento;Metodo di pagamento
nl Betaalwijze;Betaalmethode
pt Forma de pagamento;Modo de pagamento
cash = amount ~cash
en Cash;CASH;Cash tendered;Amount tendered;CASH RM
de Bar;Gegeben;Barzahlung
fr Espèces;Reçu
es Efectivo;Entregado
it Contanti;Contante
nl Contant;Ontvangen
pt Numerário;Dinheiro
change = amount ~change
en Change;CHANGE;Change Due;Change RM
de Rückgeld;Wechselgeld;Zurück
fr Rendu;Monnaie rendue
es Cambio;Vuelta
it Resto;Resto contanti
nl Wisselgeld;Terug
pt Troco;Troco dado
rounding = amount ~rounding
en Rounding;Rounding Adj;Rounding Adjustment;Round Adj
de Rundung;Rundungsdifferenz
fr Arrondi;Arrondi centime
es Redondeo;Ajuste redondeo
it Arrotondamento;Arrot.
nl Afronding;Afrondingsverschil
pt Arredondamento;Arred.
receipt number = id ~receipt
en Receipt No.;Receipt #;Slip No.;Bill#;Doc No.;Trans. No.;Transaction ID;Check No.
de Bon-Nr.;Belegnummer;Quittung Nr.;Kassenbon
fr Ticket n°;Reçu n°;N° de ticket
es Ticket n.º;Recibo n.º;N.º de recibo
it Scontrino n.;Ricevuta n.;N. ricevuta
nl Bonnummer;Bon nr.;Kassabon
pt Recibo n.º;Talão n.º;Nº do talão
cashier = given ~cashier
en Cashier;Served by;Clerk;Server;Operator
de Kassierer;Es bediente Sie;Bediener
fr Caissier;Servi par;Hôtesse
es Cajero;Le atendió;Atendido por
it Cassiere;Operatore
nl Kassier;Geholpen door
pt Operador;Atendido por
table = number ~table
en Table;Table No.;Table #
de Tisch;Tisch Nr.
fr Table;Table n°
es Mesa;Mesa n.º
it Tavolo;Tavolo n.
nl Tafel;Tafelnr.
pt Mesa;Mesa n.º
time = time ~time
en Time;Time of sale
de Uhrzeit;Zeit
fr Heure;À
es Hora;Hora de venta
it Ora;Orario
nl Tijd;Tijdstip
pt Hora;Horário
company registration = id ~registration
en Company No.;Co. Reg. No.;Company Reg. No.;Registration No.
de Handelsregister;HRB;Registernummer
fr RCS;N° RCS
es Registro Mercantil;Reg. Merc.
it REA;Reg. Imprese
nl KvK;KvK-nummer
pt C.R.C.;Matrícula n.º
"""
