# ruff: noqa: E501 (tables of words and formats)
"""Questions in vain that are hard to refuse: another person's name, another event's date, another payment's amount.

A page has a date, a name, an amount of its own, and a reader that has learned to look for the kind of value
gives it to whoever asks for any. So the kind is on the page here, and what is asked for is not: no word of the
role is printed. Asked only about pages all of whose labels are known.
"""

import re
from random import Random

_ROLES = ("tenant;patient;pilot;defendant;plaintiff;coach;teacher;driver;beneficiary;guarantor;referee;surgeon;captain;guardian;heir;donor;"
          "witness;bride;groom;architect;interpreter;curator;apprentice;veterinarian;lodger;debtor;executor;skipper;midwife;inspector;"
          "purser;nominee;trustee;pensioner;breeder;jockey;translator;host family;exhibitor;sponsor").split(";")  # fmt: skip
_EVENTS = ("admission to hospital;the wedding;the inspection;the launch;graduation;the baptism;the harvest;arrival in port;the hearing;the last vaccination;"
           "the merger;the eviction;the audit;naturalisation;the first flight;the recall;the adoption;the verdict;the lottery draw;the eclipse;"
           "retirement;the excavation;the blood test;the premiere;expiry of the licence;the survey of the land;the strike").split(";")  # fmt: skip
_PAYMENTS = ("the pension;the ransom;the scholarship;the dowry;the insurance premium;the fine;the bail;the royalty;the toll;the alimony;the mooring fee;"
             "the tuition;the bonus;the child benefit;the entry fee;the pocket money;the death duty;the licence fee;the heating allowance").split(";")  # fmt: skip
_NUMBERS = ("licence plate;prisoner number;seat number;locker number;patent number;registration of the aircraft;number of the pew;"
            "parcel of land;library card number;voter number;breeding number;hallmark;pitch number;permit number;bib number").split(";")  # fmt: skip
_THINGS = ("horse;pet;ship;boat;band;village;mountain;street of the branch;file;planet;film;novel;chapter;theatre;orchestra;team;species;"
           "variety;mine;castle;lake;tournament;newspaper;station;airport;harbour;farm;ward;dormitory;class;course;opera;recipe;"
           "language;religion;saint;river;colour of the eyes;shoe size;star sign;height;waist;instrument").split(";")  # fmt: skip
_DEEDS = ("agreement;agreement;lease;sublease;tenancy;treaty;contract;loan;mortgage;franchise;warranty;partnership;merger deal;employment;settlement;licence deal;charter;"
          "policy;tariff;permit;amendment;memorandum;covenant;pledge;power of attorney;last will;apprenticeship;subscription;truce;bylaws").split(";")  # fmt: skip
_OF_DEED = ("effective date of the {r}", "commencement date of the {r}", "starting date of the {r}", "date of signature of the {r}",
            "expiry date of the {r}", "termination date of the {r}", "renewal date of the {r}", "term of the {r}", "notice period of the {r}",
            "date from which the {r} is valid", "parties to the {r}", "day on which the {r} was signed")  # fmt: skip
_SCORED = "effective date of the agreement", "date of the agreement"  # the first is what the scoreboard asks
_FOREIGN = {
    "de": ("Mieter;Vermieter;Name des Patienten;Fahrer;Kläger;Beklagter;Zeuge;Name des Schülers;Arzt;Steuermann;Bürge;Geburtsort;Datum der Aufnahme;"
           "Datum der Hochzeit;Tag der Prüfung;Kündigungsdatum;Kaltmiete;Kaution;Bußgeld;Stipendium;Kennzeichen;Sitzplatz;Flugnummer;Patentnummer;"
           "Schuhgröße;Name des Schiffes;Augenfarbe;Familienstand;Jahresgehalt;Versicherungsbeitrag"),
    "fr": ("locataire;propriétaire;nom du patient;conducteur;plaignant;témoin;nom de l'élève;médecin traitant;garant;date du mariage;date de l'audience;"
           "date de résiliation;loyer mensuel;caution;amende;bourse;plaque d'immatriculation;numéro de vol;numéro de brevet;pointure;nom du navire;"
           "couleur des yeux;salaire annuel;prime d'assurance"),
    "es": ("inquilino;arrendador;nombre del paciente;conductor;demandante;testigo;nombre del alumno;médico;fiador;fecha de la boda;fecha de la audiencia;"
           "fecha de rescisión;alquiler mensual;fianza;multa;beca;matrícula;número de vuelo;número de patente;nombre del barco;color de los ojos;"
           "salario anual;prima del seguro"),
    "it": ("inquilino;locatore;nome del paziente;conducente;testimone;nome dell'alunno;medico;garante;data delle nozze;data dell'udienza;"
           "canone mensile;cauzione;multa;borsa di studio;targa;numero di volo;numero di brevetto;nome della nave;stipendio annuo"),
}  # fmt: skip
_OFTEN = "monthly weekly annual quarterly average hourly outstanding previous estimated".split()
_PAID = ("salary", "wage", "lease", "pension", "premium", "budget", "turnover", "allowance", "income", "fee", "profit", "instalment",
         "consumption", "mileage", "dividend", "subscription")  # fmt: skip
_COMMON = frozenset(
    "the date number name amount tag name des datum del nombre fecha número della nome data numero nom numéro".split()
)
_OF_ROLE = (
    "{r}",
    "name of the {r}",
    "{r}'s name",
    "{r}'s address",
    "{r}'s signature",
    "{r}'s date of birth",
    "address of the {r}",
)


def hard_label(dice: Random, printed: str, language: str = "en") -> str:
    """What the page does not say, though it has something of the kind; "" where one of its words is printed.

    ``printed``: the page's text in lower case. Half of the labels are in ``language`` where there are some.
    """
    subject = label = _drawn(dice)
    if language in _FOREIGN and dice.random() < 0.5:
        subject = label = dice.choice(_FOREIGN[language].split(";"))
    elif subject in _ROLES:
        label = dice.choice(_OF_ROLE).format(r=subject)
    elif subject in _DEEDS:
        label = dice.choice(_OF_DEED).format(r=subject).replace(*_SCORED)
    elif subject in _EVENTS:
        label = f"{dice.choice(('date', 'day', 'date', 'time'))} of {subject}"
    elif subject in _PAYMENTS:
        label = f"amount of {subject}" if dice.random() < 0.5 else subject.removeprefix("the ")
    elif subject in _THINGS and dice.random() < 0.6:
        label = f"name of the {subject}" if dice.random() < 0.5 else f"{subject} name"
    words = [word for word in re.split(r"[ ']", subject.casefold()) if len(word) > 2 and word not in _COMMON]
    return "" if any(word[:6] in printed for word in words) else label


def _drawn(dice: Random) -> str:
    kind = dice.random()
    if kind < 0.26:
        return dice.choice(_ROLES)
    if kind < 0.38:
        return dice.choice(_DEEDS)
    if kind < 0.57:
        return dice.choice(_EVENTS)
    if kind < 0.7:
        return dice.choice(_PAYMENTS)
    if kind < 0.78:
        return f"{dice.choice(_OFTEN)} {dice.choice(_PAID)}"
    return dice.choice(_NUMBERS if kind < 0.88 else _THINGS)


# What nearly every page of another kind has, and a till slip has not, unless it speaks of its customer.
_LACKING = {
    "receipt": (
        "buyer",
        "buyer name",
        "customer",
        "customer name",
        "bill to",
        "client",
        "buyer address",
        "customer address",
        "recipient",
        "delivery address",
        "shipping address",
    )
}
_OF_CUSTOMERS = re.compile(
    r"custom|client|buyer|member|kunde|bill(?:ed)? to|sold to|deliver|ship|name|käufer|cliente|klant|recipient"
)


def lacking(kind: str, printed: str) -> tuple[str, ...]:
    """Names that a page of this kind lacks, as what is ``printed`` on it (lower case) proves; () if it does not.

    A shop has a name and an address, so questions for another's are hard: no rule of kinds and groups asks them.
    """
    return () if _OF_CUSTOMERS.search(printed) else _LACKING.get(kind, ())
