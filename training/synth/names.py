# ruff: noqa: E501 (tables of words and formats)
"""Invented people, companies, places and goods of the training world."""

import string
from random import Random

_SURNAMES = (
    "Smith Taylor Brown Walker Hughes Carter Mitchell Turner Phillips Parker Evans Edwards Collins Stewart Morris Cook "
    "Rogers Reed Bailey Bell Cooper Ward Peterson Gray Ramirez Müller Schneider Fischer Weber Becker Schulz Hoffmann "
    "Schäfer Koch Bauer Richter Klein Wolf Schröder Neumann Schwarz Zimmermann Braun Krüger Hartmann Lange Krause Lehmann "
    "Köhler Böhm Jäger Martin Bernard Dubois Thomas Robert Richard Petit Durand Leroy Moreau Simon Laurent Lefèvre Roux "
    "Fournier Girard Bonnet Dupont Lambert Fontaine Rousseau Vincent Garnier Chevalier García Fernández González Rodríguez "
    "López Martínez Sánchez Pérez Gómez Jiménez Ruiz Hernández Díaz Moreno Muñoz Álvarez Romero Alonso Gutiérrez Navarro "
    "Rossi Russo Ferrari Esposito Bianchi Romano Colombo Ricci Marino Greco Bruno Gallo Conti De Luca Costa Giordano "
    "Mancini Rizzo Lombardi Moretti de Jong Jansen de Vries van den Berg Bakker van Dijk Visser Smit Meijer de Boer Mulder "
    "de Groot Bos Vos Peters Hendriks van Leeuwen Dekker Brouwer Silva Santos Ferreira Pereira Oliveira Costa Rodrigues "
    "Martins Sousa Fernandes Gonçalves Gomes Lopes Marques Alves Almeida Ribeiro Pinto Carvalho Teixeira Tan Lim Lee Wong "
    "Ng Chong Ahmad Ismail Rahman Abdullah Kumar Singh Nowak Kowalski Novák Horvat Kovács Ivanov Jensen Nielsen Hansen "
    "Andersson Johansson Korhonen Lindqvist Özdemir Yılmaz Demir Kaya Popescu Ionescu O'Brien O'Connor McKenzie"
).split(" ")
_GIVEN = {
    "de": "Anna Lena Jürgen Klaus Sabine Petra Uwe Jonas Lukas Greta Frieda Björn Sören Heike Käthe Matthias Ulrich Birgit",
    "fr": "Camille Chloé Hélène Jérôme François Benoît Amélie Loïc Zoé Mathieu Élodie Gaël Sébastien Aurélie Margaux Noël",
    "es": "Lucía Álvaro Sofía Martín Inés José María Íñigo Begoña Raúl Andrés Mónica Jesús Pilar Nuria Óscar Rocío Tomás",
    "it": "Giulia Luca Francesca Matteo Niccolò Chiara Lorenzo Elisa Davide Alessia Paolo Marta Giorgio Silvia Gaia Dario",
    "nl": "Daan Sanne Bram Femke Joost Lotte Ruben Maaike Thijs Anouk Sjoerd Eline Pieter Marijke Wouter Noor Jeroen Iris",
    "pt": "João Inês Gonçalo Beatriz Tiago Mariana Luís Conceição António Sofia Rui Catarina Duarte Helena Vítor Lígia",
}
_LEGAL = {
    "en": "Ltd|Limited|Inc.|LLC|Corp.|PLC|& Co.|Group|Sdn Bhd|SDN. BHD.|Pty Ltd|Enterprise|Trading|Holdings|LLP",
    "de": "GmbH|AG|KG|GmbH & Co. KG|e.K.|UG (haftungsbeschränkt)|OHG|e.V.|SE",
    "fr": "SARL|SA|SAS|EURL|SNC|et Fils|S.A.S.",
    "es": "S.L.|S.A.|SL|S.L.U.|e Hijos|S. Coop.",
    "it": "S.r.l.|S.p.A.|s.n.c.|S.a.s.|& Figli",
    "nl": "B.V.|N.V.|V.O.F.|BV|& Zonen",
    "pt": "Lda.|S.A.|Unipessoal Lda|& Filhos|SA",
}
_TRADES = {
    "en": "Hardware Logistics Foods Electronics Supplies Stationery Motors Pharmacy Restaurant Bakery Books Furniture "
    "Engineering Software Consulting Printing Textiles Machinery Cleaning Travel Media Dental Garden Optics Marine Mart",
    "de": "Maschinenbau Elektrotechnik Bürobedarf Spedition Handels Verlag Druckerei Gartenbau Metallbau Lebensmittel "
    "Möbelhaus Apotheke Autohaus Bäckerei Softwarehaus Gebäudetechnik Textil Werkzeuge",
    "fr": "Boulangerie Électricité Transports Imprimerie Librairie Mobilier Informatique Bâtiment Pharmacie Menuiserie Conseil "
    "Jardinerie Optique Fromagerie Chauffage",
    "es": "Ferretería Construcciones Transportes Informática Panadería Muebles Suministros Consultoría Imprenta Farmacia "
    "Electricidad Jardinería Talleres Librería",
    "it": "Ferramenta Edilizia Trasporti Informatica Panificio Arredamenti Forniture Consulenza Tipografia Farmacia Officina "
    "Cartoleria Impianti Ottica",
    "nl": "Bouwbedrijf Transport Bakkerij Drukkerij Meubelen Kantoorartikelen Techniek Groothandel Installatie Apotheek "
    "Boekhandel Tuincentrum Advies",
    "pt": "Ferragens Construções Transportes Informática Padaria Móveis Papelaria Consultoria Tipografia Farmácia Oficina "
    "Livraria Eletricidade",
}
_STREETS = {
    "en": "{n} {w} Street|{n} {w} Road|{n} {w} Avenue|{n} {w} Lane|Unit {n}, {w} Park|{n} {w} Drive, Suite {m}|P.O. Box {n}{m}|"
    "No. {n}, Jalan {w} {m}|Lot {n}, Jalan {w}|NO.{n}, JALAN {w} {m}/{k},|{n}-{k}, Taman {w}",
    "de": "{w}straße {n}|{w}weg {n}|Am {w} {n}|{w}-Platz {n}|{w}gasse {n}a|An der {w} {n}-{m}|Postfach {n} {m}",
    "fr": "{n}, rue {w}|{n} avenue de {w}|{n} bis, boulevard {w}|{n} chemin des {w}|BP {n}{m}|{n}, place {w}",
    "es": "Calle {w}, {n}|Avda. de {w}, {n}, {k}º B|C/ {w} {n}|Plaza {w}, {n}|Paseo de {w} {n}, {k}º",
    "it": "Via {w}, {n}|Via {w} {n}/{m}|Piazza {w}, {n}|Corso {w} {n}|Viale {w}, {n}",
    "nl": "{w}straat {n}|{w}laan {n}-{k}|{w}weg {n}|{w}plein {n}|Postbus {n}{m}",
    "pt": "Rua {w}, {n}|Av. {w}, {n}, {k}º Dto|Rua de {w} n.º {n}|Praça {w}, {n}|Travessa {w} {n}",
}
_CITIES = {
    "en": "London,Leeds,Bristol,Glasgow,Chicago,Boston,Denver,Portland,Austin,Sydney,Toronto,Dublin,Springfield,Georgetown,"
    "Petaling Jaya,Kuala Lumpur,Shah Alam,Puchong,Klang,Johor Bahru,Subang Jaya,Cheras,Oxford,Newport,Fairview,Salem",
    "de": "Berlin,Hamburg,München,Köln,Frankfurt am Main,Stuttgart,Düsseldorf,Leipzig,Nürnberg,Würzburg,Graz,Zürich,Linz,Jena,"
    "Göttingen,Lübeck,Osnabrück,Saarbrücken",
    "fr": "Paris,Lyon,Marseille,Toulouse,Nantes,Bordeaux,Lille,Rennes,Orléans,Besançon,Genève,Liège,Saint-Étienne,Nîmes,Angers",
    "es": "Madrid,Barcelona,Sevilla,Valencia,Zaragoza,Málaga,Bilbao,Córdoba,Gijón,La Coruña,Cádiz,León,Salamanca,Logroño",
    "it": "Roma,Milano,Torino,Bologna,Firenze,Genova,Verona,Padova,Trieste,Forlì,Bari,Parma,Lecce,Pisa,Cantù",
    "nl": "Amsterdam,Rotterdam,Utrecht,Eindhoven,Groningen,Breda,Nijmegen,Zwolle,Delft,Gent,Antwerpen,'s-Hertogenbosch,Leiden",
    "pt": "Lisboa,Porto,Braga,Coimbra,Évora,Setúbal,Aveiro,Faro,Guimarães,Viseu,Santarém,São Paulo,Leiria",
}
_POSTCODES = {"en": ("A19 1AA", "AA9 9AA", "99999", "AA 99999", "99999"), "de": ("99999", "D-99999", "9999"), "fr": ("99999",),
              "es": ("99999",), "it": ("99999",), "nl": ("1999 AA",), "pt": ("1999-999",)}  # fmt: skip
COUNTRIES = {
    "en": "United Kingdom,USA,Ireland,Australia,Canada,Malaysia,Singapore,Germany,France",
    "de": "Deutschland,Österreich,Schweiz,Belgien,Polen",
    "fr": "France,Belgique,Suisse,Luxembourg,Canada",
    "es": "España,México,Argentina,Chile,Perú",
    "it": "Italia,Svizzera,San Marino,Germania",
    "nl": "Nederland,België,Duitsland,Suriname",
    "pt": "Portugal,Brasil,Angola,Moçambique,Espanha",
}
_BODIES = (
    "Institute", "Association", "Council", "Laboratories", "Bank", "Press", "Agency", "University", "Hospital", "Department",
    "Bureau", "Society", "Committee", "Research", "Foundation", "Industries", "Products", "Services", "Office", "Studio",
    "Center", "Division", "Board", "School", "Club", "Partners", "Brothers", "International", "Systems", "Works",
)  # fmt: skip
_VOWELS, _ONSETS, _CODAS = (
    "aeiou",
    "b c d f g h j k l m n p r s t v w z br cl dr fl gr kr pl pr st tr th sh",
    "n r s l m t x nd rk ck st",
)


def coined(dice: Random) -> str:
    """A pronounceable word that nobody can know."""
    onsets, codas = _ONSETS.split(), _CODAS.split()
    word = "".join(dice.choice(onsets) + dice.choice(_VOWELS) for _ in range(dice.randint(1, 3)))
    return (word + (dice.choice(codas) if dice.random() < 0.7 else "")).capitalize()


def unheard(dice: Random) -> str:
    """A capitalised name whose letters have to be read: coined, or letters almost at random."""
    if dice.random() < 0.6:
        return coined(dice)
    vowels, rest = "aeiouy", "bcdfghjklmnpqrstvwxz"
    letters = [dice.choice(vowels if dice.random() < 0.42 else rest) for _ in range(dice.randint(3, 9))]
    name = "".join(letters).capitalize()
    return (
        f"{dice.choice(('Mc', 'Mac', 'O’', 'De', 'Van ', 'Le', 'St. '))}{name}"
        if dice.random() < 0.1
        else name
    )


class NameBook:
    """Names from given first names, words and the lists above."""

    def __init__(self, given: list[str], words: list[str], products: list[str]) -> None:
        self.given, self.words, self.products = given, words, products

    def surname(self, dice: Random) -> str:
        """From the list, or made up as often: names that are known are completed instead of being read."""
        name = dice.choice(_SURNAMES)
        return unheard(dice) if name in ("de", "van", "den", "De") or dice.random() < 0.45 else name

    def first_name(self, dice: Random, language: str) -> str:
        own = _GIVEN.get(language, "").split()
        if dice.random() < 0.2:
            return unheard(dice)
        return dice.choice(own) if own and dice.random() < 0.5 else dice.choice(self.given)

    def person(self, dice: Random, language: str) -> str:
        first = self.first_name(dice, language)
        shape = dice.random()
        if dice.random() < 0.25:
            return self._initialled(dice, first)
        if shape < 0.1:
            return f"{dice.choice(string.ascii_uppercase)}. {self.surname(dice)}"
        if shape < 0.2:
            return f"{first} {dice.choice(string.ascii_uppercase)}. {self.surname(dice)}"
        if shape < 0.28:
            return f"{self.surname(dice)}, {first}"
        title = dice.choice(("Dr. ", "Mr. ", "Ms. ", "Prof. ")) if shape > 0.93 else ""
        return f"{title}{first} {self.surname(dice)}"

    def _initialled(self, dice: Random, first: str) -> str:
        """``J. B. Hume``, ``R.G. Dakin, Jr.``, ``Ellis, T. W.``, ``A. B. C.``: as office files write names."""
        letters = [dice.choice(string.ascii_uppercase) for _ in range(dice.choice((1, 2, 2, 3)))]
        initials = dice.choice((". ", ".", " ")).join(letters) + "."
        last = self.surname(dice)
        tail = dice.choice(("", "", "", "", ", Jr.", " III", ", Ph.D.", ", M.D.", ", Esq."))
        shape = dice.random()
        if shape < 0.35:
            return f"{initials} {last}{tail}"
        if shape < 0.55:
            return f"{first} {letters[0]}. {last}{tail}"
        if shape < 0.7:
            return f"{last}, {initials}"
        if shape < 0.8:
            return f"{first} {last}-{self.surname(dice)}"
        if shape < 0.9:
            return f"{last}/{self.surname(dice)}"
        return dice.choice((initials, "".join(letters) + dice.choice(string.ascii_uppercase), last, first))

    def word(self, dice: Random) -> str:
        return dice.choice(self.words)

    def proper(self, dice: Random) -> str:
        """A capitalised name for a street or firm."""
        pick = dice.random()
        if pick < 0.4:
            return self.surname(dice)
        return coined(dice) if pick < 0.65 else self.word(dice).capitalize()

    def company(self, dice: Random, language: str) -> str:
        trade = dice.choice(_TRADES[language].split())
        legal = dice.choice(_LEGAL[language].split("|"))
        core = self.proper(dice)
        shape = dice.random()
        if dice.random() < 0.3:
            name = self._body(dice, language, trade)
        elif shape < 0.35:
            name = f"{core} {trade} {legal}"
        elif shape < 0.5:
            name = f"{core} & {self.proper(dice)} {legal}"
        elif shape < 0.6:
            name = f"{trade} {core} {legal}"
        elif shape < 0.75:
            name = f"{core} {legal}"
        elif shape < 0.85:
            name = f"{dice.choice(string.ascii_uppercase)}{dice.choice(string.ascii_uppercase)}{dice.choice('&.-+ ')}{dice.choice(string.ascii_uppercase)} {trade} {legal}"
        else:
            name = f"{core}{dice.choice(('', ' ', '-'))}{coined(dice)} {trade}"
        return name.upper() if dice.random() < 0.2 else name

    def _body(self, dice: Random, language: str, trade: str) -> str:
        """Firms and offices without a legal form: names of people, initials, institutes, invented words."""
        one, two = self.proper(dice), self.proper(dice)
        letters = "".join(dice.choice(string.ascii_uppercase) for _ in range(dice.choice((2, 3, 3, 4))))
        shapes = (
            f"{one}, {two} & {self.proper(dice)}",
            f"{one} & {two}",
            f"The {one} {self.word(dice).capitalize()} Company",
            f"{letters} {trade}",
            letters,
            ".".join(letters) + ".",
            f"{one}'s",
            f"{self.city(dice, language)} {trade}",
            f"{one} {dice.choice(_BODIES)}",
            f"{dice.choice(_BODIES)} of {self.word(dice).capitalize()}",
            f"{one} {two} {dice.choice(_BODIES)}",
            f"{one} {self.word(dice).capitalize()}",
            unheard(dice),
            f"{one} ({letters})",
        )
        return dice.choice(shapes)

    def street(self, dice: Random, language: str) -> str:
        shape = dice.choice(_STREETS[language].split("|"))
        return shape.format(
            w=self.proper(dice), n=dice.randint(1, 240), m=dice.randint(1, 99), k=dice.randint(1, 12)
        )

    def city(self, dice: Random, language: str) -> str:
        if dice.random() < 0.25:
            return coined(dice) + dice.choice(("", "", "burg", "ville", " City", "stad"))
        return dice.choice(_CITIES[language].split(","))

    def postcode(self, dice: Random, language: str) -> str:
        shape = dice.choice(_POSTCODES[language])
        table = {"9": string.digits, "1": "123456789", "A": string.ascii_uppercase.replace("O", "")}
        if shape.startswith("D-"):
            return "D-" + "".join(dice.choice(string.digits) for _ in range(5))
        return "".join(dice.choice(table[c]) if c in table else c for c in shape)

    def town(self, dice: Random, language: str) -> str:
        """Post code and town in the order of the country."""
        city, code = self.city(dice, language), self.postcode(dice, language)
        if language == "en" and dice.random() < 0.6:
            return f"{city}, {code}" if dice.random() < 0.5 else f"{city} {code}"
        if language in ("de", "fr") and dice.random() < 0.12:
            return f"{language.upper()} {code} {city}"
        return f"{code} {city}" + (
            " (" + dice.choice(("MI", "RM", "TO", "BO", "FI")) + ")"
            if language == "it" and dice.random() < 0.4
            else ""
        )

    def country(self, dice: Random, language: str) -> str:
        return dice.choice(COUNTRIES[language].split(","))

    def address(self, dice: Random, language: str) -> list[str]:
        """Two to four lines."""
        lines = [self.street(dice, language), self.town(dice, language)]
        if dice.random() < 0.15:
            lines.insert(
                1,
                f"{self.proper(dice)} {dice.choice(('Building', 'House', 'Centre', 'Park', 'Haus', 'Plaza'))}",
            )
        if dice.random() < 0.25:
            lines.append(self.country(dice, language))
        return lines

    def slug(self, dice: Random) -> str:
        plain = "".join(c for c in self.proper(dice).lower() if c in string.ascii_lowercase)
        return plain or coined(dice).lower()

    def email(self, dice: Random) -> str:
        user = dice.choice(("info", "office", "sales", "billing", self.slug(dice), f"{self.slug(dice)}.{self.slug(dice)}",
                            f"{dice.choice(string.ascii_lowercase)}.{self.slug(dice)}{dice.randint(1, 99)}"))  # fmt: skip
        return f"{user}@{self.domain(dice)}"

    def domain(self, dice: Random) -> str:
        joint = dice.choice(("", "", "-"))
        return (
            self.slug(dice)
            + (joint + self.slug(dice) if dice.random() < 0.4 else "")
            + "."
            + dice.choice(
                (
                    "com",
                    "de",
                    "fr",
                    "es",
                    "it",
                    "nl",
                    "pt",
                    "net",
                    "org",
                    "co.uk",
                    "eu",
                    "com.my",
                    "io",
                    "example",
                )
            )
        )

    def url(self, dice: Random) -> str:
        tail = f"/{self.slug(dice)}" + (f"/{dice.randint(1, 9999)}" if dice.random() < 0.4 else "")
        start = dice.choice(("www.", "www.", "https://", "http://www.", "https://www."))
        return start + self.domain(dice) + (tail if dice.random() < 0.4 else "")

    def product(self, dice: Random) -> str:
        pick = dice.random()
        if pick < 0.45:
            words = dice.choice(self.products).split()
            return " ".join(words[: dice.randint(2, 6)])
        if pick < 0.75:
            return " ".join(
                self.word(dice).capitalize() if dice.random() < 0.6 else self.word(dice)
                for _ in range(dice.randint(1, 3))
            )
        model = dice.choice(string.ascii_uppercase) + str(dice.randint(10, 9999))
        return f"{self.word(dice).capitalize()} {model}" + (
            f" {dice.randint(1, 500)}{dice.choice(('g', 'ml', ' mm', 'kg', ' cm', 'W'))}"
            if dice.random() < 0.4
            else ""
        )
