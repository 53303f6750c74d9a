# ruff: noqa: E501 (tables of words and formats)
"""Labels of forms about people and of shipping labels and contracts."""

TABLE = """
name = person ~name
en Name;Full Name;Applicant;Name of applicant;Customer Name;Employee name
de Name;Vor- und Nachname;Antragsteller
fr Nom;Nom et prénom;Demandeur
es Nombre;Nombre y apellidos;Solicitante
it Nome;Nome e cognome;Richiedente
nl Naam;Voor- en achternaam;Aanvrager
pt Nome;Nome completo;Requerente
first name = given ~firstname
en First Name;Given name;Forename
de Vorname;Rufname
fr Prénom;Prénoms
es Nombre de pila;Nombre propio
it Nome di battesimo;Prenome
nl Voornaam;Voornamen
pt Nome próprio;Primeiro nome
last name = surname ~lastname
en Last Name;Surname;Family name
de Nachname;Familienname
fr Nom de famille;Patronyme
es Apellidos;Apellido
it Cognome
nl Achternaam;Familienaam
pt Apelido;Sobrenome
date of birth = date ~birth
en Date of Birth;DOB;Birth date;Born
de Geburtsdatum;Geboren am;geb.
fr Date de naissance;Né(e) le
es Fecha de nacimiento;Nacido el
it Data di nascita;Nato il
nl Geboortedatum;Geboren op
pt Data de nascimento;Nascido em
place of birth = city ~birthplace
en Place of Birth;Birthplace
de Geburtsort
fr Lieu de naissance
es Lugar de nacimiento
it Luogo di nascita
nl Geboorteplaats
pt Naturalidade;Local de nascimento
nationality = country ~nationality
en Nationality;Citizenship
de Staatsangehörigkeit;Nationalität
fr Nationalité
es Nacionalidad
it Nazionalità;Cittadinanza
nl Nationaliteit
pt Nacionalidade
gender = gender ~gender
en Gender;Sex
de Geschlecht
fr Sexe
es Sexo
it Sesso
nl Geslacht
pt Sexo
marital status = marital ~marital
en Marital Status;Civil status
de Familienstand
fr Situation familiale;État civil
es Estado civil
it Stato civile
nl Burgerlijke staat
pt Estado civil
address = address ~address
en Address;Mailing Address;Home address;Street Address
de Anschrift;Adresse;Wohnanschrift
fr Adresse;Adresse postale
es Dirección;Domicilio
it Indirizzo;Residenza
nl Adres;Woonadres
pt Morada;Endereço
street = street ~street
en Street;Street and number
de Straße;Straße, Hausnummer
fr Rue;N° et rue
es Calle;Calle y número
it Via;Via e numero
nl Straat;Straat en huisnummer
pt Rua;Rua e número
city = city ~city
en City;Town;City/Town
de Ort;Wohnort;Stadt
fr Ville;Commune
es Ciudad;Población;Localidad
it Città;Comune;Località
nl Plaats;Woonplaats;Stad
pt Cidade;Localidade
postal code = zip ~zip
en Postal Code;ZIP;ZIP Code;Postcode
de PLZ;Postleitzahl
fr Code postal;CP
es Código postal;C.P.
it CAP
nl Postcode
pt Código postal;Cód. postal
country = country ~country
en Country;Country of residence
de Land
fr Pays
es País
it Paese;Stato
nl Land
pt País
phone = phone ~phone
en Phone;Telephone;Tel.;Tel;Phone No.;Contact No.;Daytime phone
de Telefon;Tel.;Telefonnummer;Rufnummer
fr Téléphone;Tél.;N° de téléphone
es Teléfono;Tel.;Tfno.
it Telefono;Tel.;Recapito telefonico
nl Telefoon;Tel.;Telefoonnummer
pt Telefone;Tel.;Contacto telefónico
mobile = phone ~mobile
en Mobile;Cell;Mobile phone;H/P
de Mobil;Handy;Mobilnummer
fr Portable;Mobile
es Móvil;Tel. móvil
it Cellulare;Cell.
nl Mobiel;Gsm
pt Telemóvel;Telem.
fax = phone ~fax
en Fax;Fax No.;Facsimile
de Fax;Telefax
fr Fax;Télécopie
es Fax
it Fax
nl Fax
pt Fax
email = email ~email
en E-mail;Email;Email Address;E-Mail address
de E-Mail;E-Mail-Adresse
fr Courriel;E-mail;Adresse e-mail
es Correo electrónico;E-mail
it E-mail;Posta elettronica
nl E-mail;E-mailadres
pt E-mail;Correio eletrónico
website = url ~website
en Website;Web;Internet;Homepage
de Internet;Webseite;Web
fr Site web;Internet
es Página web;Web
it Sito web;Sito internet
nl Website;Internet
pt Website;Página web
passport number = id ~passport
en Passport No.;Passport Number
de Passnummer;Reisepass-Nr.
fr N° de passeport;Passeport n°
es N.º de pasaporte;Pasaporte
it Passaporto n.;N. passaporto
nl Paspoortnummer
pt N.º de passaporte
ID number = id ~idnumber
en ID No.;ID Number;Identity card no.;Personal ID
de Ausweisnummer;Ausweis-Nr.
fr N° de carte d'identité;Carte d'identité n°
es DNI;N.º de documento
it Carta d'identità n.;Documento n.
nl BSN;Identiteitsnummer
pt Cartão de cidadão n.º;BI n.º
social security number = ssn ~ssn
en Social Security No.;SSN;Social security number
de Sozialversicherungsnummer;SV-Nummer
fr N° de sécurité sociale
es N.º de Seguridad Social
it Codice fiscale
nl Sofinummer
pt N.º de Segurança Social
employer = company ~employer
en Employer;Name of employer;Organization
de Arbeitgeber
fr Employeur
es Empleador;Empresa empleadora
it Datore di lavoro
nl Werkgever
pt Entidade patronal;Empregador
occupation = text ~occupation
en Occupation;Job Title;Position;Profession
de Beruf;Tätigkeit;Position
fr Profession;Fonction
es Profesión;Cargo
it Professione;Qualifica
nl Beroep;Functie
pt Profissão;Função
department = text ~department
en Department;Dept.;Division;Unit
de Abteilung;Bereich
fr Service;Département
es Departamento;Sección
it Reparto;Ufficio
nl Afdeling
pt Departamento;Serviço
contact person = person ~contact
en Contact;Contact Person;Attention;Attn.;Your contact
de Ansprechpartner;Bearbeiter;Sachbearbeiter;Kontakt
fr Contact;Interlocuteur;À l'attention de
es Contacto;Persona de contacto;A la atención de
it Contatto;Referente;Alla c.a.
nl Contactpersoon;T.a.v.
pt Contacto;Pessoa de contacto;A/c
salesperson = person ~sales
en Salesperson;Sales Rep;Salesman;Account manager
de Verkäufer/in;Kundenberater;Vertreter
fr Commercial;Vendeur/se
es Comercial;Agente comercial
it Agente;Venditore/trice
nl Accountmanager;Verkoper/ster
pt Comercial;Agente
start date = date ~start
en Start Date;Effective Date;Valid from;Commencement
de Beginn;Gültig ab;Startdatum
fr Date de début;Valable à partir du
es Fecha de inicio;Válido desde
it Data di inizio;Valido dal
nl Ingangsdatum;Geldig vanaf
pt Data de início;Válido desde
end date = date ~end
en End Date;Expiry Date;Valid until;Expires;Expiration date
de Ende;Gültig bis;Ablaufdatum
fr Date de fin;Valable jusqu'au;Date d'expiration
es Fecha de fin;Válido hasta;Caducidad
it Data di fine;Valido fino al;Data di scadenza contratto
nl Einddatum;Geldig tot
pt Data de fim;Válido até;Validade
signature date = date ~signed
en Date signed;Signed on;Date of signature
de Unterschrieben am;Datum der Unterschrift
fr Signé le;Date de signature
es Firmado el;Fecha de firma
it Firmato il;Data della firma
nl Getekend op;Datum ondertekening
pt Assinado em;Data de assinatura
term = terms ~contractterm
en Term;Duration;Contract period
de Laufzeit;Vertragsdauer
fr Durée;Durée du contrat
es Duración;Vigencia
it Durata;Durata del contratto
nl Looptijd;Duur
pt Duração;Prazo do contrato
governing law = country ~law
en Governing Law;Jurisdiction;Applicable law
de Anwendbares Recht;Gerichtsstand
fr Droit applicable;Juridiction
es Ley aplicable;Jurisdicción
it Legge applicabile;Foro competente
nl Toepasselijk recht
pt Lei aplicável;Foro
party = company ~party
en Party;Contracting party;Licensee;Licensor;Disclosing Party;Receiving Party
de Vertragspartner;Auftragnehmer;Lizenznehmer
fr Partie contractante;Prestataire
es Parte contratante;Contratista
it Contraente;Appaltatore
nl Contractpartij;Opdrachtnemer
pt Contratante;Prestador
sender = company ~sender
en Sender;Ship From;Shipper;Consignor
de Versender;Absenderin
fr Expéditeur
es Remitente;Expedidor
it Mittente
nl Verzender
pt Remetente;Expedidor
recipient = person ~recipient
en Recipient;Consignee;Receiver;Deliver To
de Empfänger;Empfängerin
fr Destinataire du colis;Réceptionnaire
es Destinatario del envío;Receptor
it Destinatario
nl Ontvanger;Geadresseerde
pt Destinatário
tracking number = id ~tracking
en Tracking No.;Tracking Number;Tracking #;Shipment No.;Waybill No.;AWB
de Sendungsnummer;Sendungs-Nr.;Paketnummer
fr N° de suivi;N° de colis
es N.º de seguimiento;Envío n.º
it N. di spedizione;Codice tracking
nl Trackingnummer;Zendingsnummer
pt N.º de envio;Código de rastreio
carrier = company ~carrier
en Carrier;Shipped via;Courier;Ship Via
de Spediteur;Frachtführer;Versandart
fr Transporteur
es Transportista
it Corriere;Vettore
nl Vervoerder
pt Transportadora
serial number = code ~serial
en Serial No.;Serial Number;S/N;Ser. No.
de Seriennummer;Serien-Nr.;Fabrik-Nr.
fr N° de série;Numéro de série
es N.º de serie;Número de serie
it N. di serie;Matricola
nl Serienummer;Serienr.
pt N.º de série;Número de série
model = code ~model
en Model;Model No.;Type;Part No.
de Modell;Typ;Baureihe
fr Modèle;Type
es Modelo;Tipo
it Modello;Tipo
nl Model;Type
pt Modelo;Tipo
batch = code ~batch
en Batch;Lot No.;Batch No.;LOT
de Charge;Chargen-Nr.;Los
fr Lot;N° de lot
es Lote;N.º de lote
it Lotto;N. lotto
nl Partij;Partijnummer
pt Lote;N.º do lote
product = product ~product
en Product;Item;Article;Product Name
de Artikel;Produkt;Bezeichnung
fr Produit;Article;Désignation
es Producto;Artículo
it Prodotto;Articolo
nl Artikel;Product
pt Produto;Artigo
material = text ~material
en Material;Composition
de Material;Werkstoff
fr Matière;Composition
es Material;Composición
it Materiale;Composizione
nl Materiaal
pt Material;Composição
weight = quantity ~weight
en Weight;Net Weight;Gross weight;Net Wt.
de Gewicht;Nettogewicht;Bruttogewicht
fr Poids;Poids net
es Peso;Peso neto
it Peso;Peso netto
nl Gewicht;Nettogewicht
pt Peso;Peso líquido
quantity = quantity ~quantity
en Quantity;Qty;No. of pieces
de Menge;Anzahl;Stückzahl
fr Quantité;Qté
es Cantidad;Cant.
it Quantità;Q.tà
nl Aantal;Hoeveelheid
pt Quantidade;Qtd.
dimensions = size ~size
en Dimensions;Size;L x W x H
de Abmessungen;Maße;Größe
fr Dimensions;Taille
es Dimensiones;Medidas
it Dimensioni;Misure
nl Afmetingen;Maat
pt Dimensões;Medidas
price = amount ~price
en Price;Unit Price;Our price
de Preis;Einzelpreis;Stückpreis
fr Prix;Prix unitaire
es Precio;Precio unitario
it Prezzo;Prezzo unitario
nl Prijs;Stukprijs
pt Preço;Preço unitário
salary = amount ~salary
en Salary;Monthly income;Gross pay;Annual income
de Gehalt;Monatseinkommen;Bruttolohn
fr Salaire;Revenu mensuel
es Salario;Ingresos mensuales
it Stipendio;Reddito mensile
nl Salaris;Maandinkomen
pt Salário;Rendimento mensal
status = status ~status
en Status;State
de Status;Zustand
fr Statut;État
es Estado;Situación
it Stato pratica;Esito
nl Status;Toestand
pt Estado;Situação
subject = text ~subject
en Subject;Re;Regarding;Title
de Betreff;Betr.
fr Objet;Sujet
es Asunto;Ref. asunto
it Oggetto
nl Onderwerp;Betreft
pt Assunto
remarks = text ~remarks
en Remarks;Notes;Comments;Memo
de Bemerkungen;Anmerkungen;Notiz
fr Remarques;Observations
es Observaciones;Notas
it Note;Osservazioni
nl Opmerkingen;Bijzonderheden
pt Observações;Notas
"""
