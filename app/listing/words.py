"""What copy is made of in English, German, French and Spanish: values, labels and sentence frames.

A value that a language has no word for is left out of the copy in that language, never guessed.
"""

from dataclasses import dataclass
from functools import cache

from ..parsing import normalise
from .taxonomy import find_category

LANGUAGES = ("en", "de", "fr", "es")
TONES = ("plain", "friendly", "technical")

# Family | English names | German | French | Spanish. The family is what pixels can tell.
COLOURS = """
black|black|Schwarz|noir|negro
white|white|Weiß|blanc|blanco
white|off white|Cremeweiß|blanc cassé|blanco roto
grey|grey, gray|Grau|gris|gris
grey|grey melange|Graumeliert|gris chiné|gris jaspeado
grey|silver|Silber|argenté|plateado
grey|steel|Stahlgrau|gris acier|gris acero
grey|charcoal|Anthrazit|anthracite|antracita
blue|blue|Blau|bleu|azul
blue|navy blue, navy|Marineblau|bleu marine|azul marino
blue|light blue|Hellblau|bleu clair|azul claro
blue|dark blue|Dunkelblau|bleu foncé|azul oscuro
blue|turquoise blue, turquoise|Türkis|turquoise|turquesa
blue|teal|Petrol|bleu canard|azul petróleo
green|green|Grün|vert|verde
green|olive|Oliv|olive|oliva
green|sea green|Seegrün|vert d’eau|verde mar
green|lime green|Limettengrün|vert citron|verde lima
red|red|Rot|rouge|rojo
red|maroon|Rotbraun|bordeaux foncé|granate
red|burgundy|Burgunderrot|bordeaux|burdeos
orange|orange|Orange|orange|naranja
brown|rust|Rostrot|rouille|óxido
brown|brown|Braun|marron|marrón
brown|coffee brown|Kaffeebraun|marron café|marrón café
brown|mushroom brown|Pilzbraun|brun taupe|marrón seta
brown|tan|Hellbraun|fauve|tostado
brown|bronze|Bronze|bronze|bronce
brown|copper|Kupfer|cuivré|cobre
beige|beige|Beige|beige|beige
beige|cream|Creme|crème|crema
beige|khaki|Khaki|kaki|caqui
beige|nude|Nude|nude|nude
beige|skin|Hautfarben|couleur chair|color piel
beige|taupe|Taupe|taupe|topo
yellow|yellow|Gelb|jaune|amarillo
yellow|mustard|Senfgelb|moutarde|mostaza
yellow|gold|Gold|doré|dorado
pink|pink|Rosa|rose|rosa
pink|magenta|Magenta|magenta|magenta
pink|peach|Pfirsich|pêche|melocotón
pink|rose|Rosé|rosé|rosado
purple|purple|Lila|violet|morado
purple|lavender|Lavendel|lavande|lavanda
purple|mauve|Mauve|mauve|malva
multi|multi, multicolour, multicolor, multicoloured|Mehrfarbig|multicolore|multicolor
"""
# Values of the other attributes: name | English, aliases | German | French | Spanish.
VALUES = """
gender|women, woman, female, ladies|Damen|femme|mujer
gender|men, man, male|Herren|homme|hombre
gender|women and men, unisex|Damen und Herren|femme et homme|mujer y hombre
gender|girls, girl|Mädchen|fille|niña
gender|boys, boy|Jungen|garçon|niño
age|adults, adult, adults only|Erwachsene|adultes|adultos
age|kids, kid, children, child|Kinder|enfants|niños
pattern|solid, plain|Einfarbig|uni|liso
pattern|striped, stripes|Gestreift|rayé|de rayas
pattern|checked, checks, plaid|Kariert|à carreaux|de cuadros
pattern|printed, print, graphic|Bedruckt|imprimé|estampado
pattern|floral|Geblümt|à fleurs|de flores
pattern|color-blocked, colour-blocked, colorblocked|Farbblöcke|à blocs de couleur|de bloques de color
pattern|self design|Ton in Ton|ton sur ton|tono sobre tono
usage|casual|Freizeit|loisirs|informal
usage|sports, sport|Sport|sport|deporte
usage|formal|Formell|habillé|formal
usage|ethnic|Traditionell|traditionnel|tradicional
usage|party|Feiern|fête|fiesta
usage|travel|Reise|voyage|viaje
usage|home|Zuhause|maison|hogar
season|summer|Sommer|été|verano
season|winter|Winter|hiver|invierno
season|spring|Frühling|printemps|primavera
season|fall, autumn|Herbst|automne|otoño
material|cotton|Baumwolle|coton|algodón
material|organic cotton|Bio-Baumwolle|coton biologique|algodón orgánico
material|polyester|Polyester|polyester|poliéster
material|leather|Leder|cuir|cuero
material|wool|Wolle|laine|lana
material|silk|Seide|soie|seda
material|linen|Leinen|lin|lino
material|nylon|Nylon|nylon|nailon
material|fleece|Fleece|polaire|forro polar
material|microfiber|Mikrofaser|microfibre|microfibra
material|rayon, viscose|Viskose|viscose|viscosa
material|spandex, elastane|Elasthan|élasthanne|elastano
material|denim|Denim|denim|denim
material|mesh|Mesh|mesh|malla
material|steel|Stahl|acier|acero
material|metal|Metall|métal|metal
material|rubber|Gummi|caoutchouc|caucho
material|plastic|Kunststoff|plastique|plástico
material|canvas|Canvas|toile|lona
"""
LABELS = {
    "category": ("Product type", "Produktart", "Type de produit", "Tipo de producto"),
    "colour": ("Color", "Farbe", "Couleur", "Color"),
    "gender": ("Department", "Zielgruppe", "Public", "Público"),
    "age": ("Age group", "Altersgruppe", "Âge", "Edad"),
    "material": ("Material", "Material", "Matière", "Material"),
    "pattern": ("Pattern", "Muster", "Motif", "Estampado"),
    "size": ("Size", "Größe", "Taille", "Talla"),
    "usage": ("Occasion", "Anlass", "Occasion", "Ocasión"),
    "season": ("Season", "Jahreszeit", "Saison", "Temporada"),
    "brand": ("Brand", "Marke", "Marque", "Marca"),
    "weight": ("Weight", "Gewicht", "Poids", "Peso"),
    "model number": ("Model number", "Modellnummer", "Référence", "Modelo"),
}
SAME_IN_ALL = frozenset({"brand", "size", "gtin", "weight", "model number", "product"})


@dataclass(frozen=True)
class Frame:
    """Pieces of a noun phrase, and sentences around one; ``lower``: common nouns are not capitalised."""

    gender: str
    colour: str
    material: str
    friendly: str
    photo: str
    lower: bool


FRAMES = {
    "en": Frame("for {}", "in {}", "made of {}", "Here you see {}.", "photo {} of {}", True),
    "de": Frame("für {}", "in {}", "aus {}", "Hier sehen Sie: {}.", "Foto {} von {}", False),
    "fr": Frame("pour {}", "coloris {}", "en {}", "Voici : {}.", "photo {} sur {}", True),
    "es": Frame("para {}", "en color {}", "de {}", "Aquí se ven: {}.", "foto {} de {}", True),
}


@cache
def _table() -> dict[tuple[str, str], tuple[str, ...]]:
    """(attribute, normalised name in any of the languages) → the name in each of the languages."""
    table: dict[tuple[str, str], tuple[str, ...]] = {}
    for line in COLOURS.strip().splitlines():
        _add(table, "colour", line.split("|")[1:])
    for line in VALUES.strip().splitlines():
        name, *names = line.split("|")
        _add(table, name, names)
    return table


def _add(table: dict[tuple[str, str], tuple[str, ...]], name: str, names: list[str]) -> None:
    aliases = [alias.strip() for alias in names[0].split(",")]
    entry = (aliases[0], *names[1:])
    for alias in (*aliases, *entry):
        table.setdefault((name, normalise(alias)), entry)


@cache
def _families() -> dict[str, str]:
    families: dict[str, str] = {}
    for line in COLOURS.strip().splitlines():
        of, english, *others = line.split("|")
        for name in (*english.split(","), *others):
            families.setdefault(normalise(name), of)
    return families


def family(colour: str) -> str:
    """The family of a colour's name in any of the languages; "" for an unknown one."""
    return _families().get(normalise(colour), "")


def is_known(name: str, value: str) -> bool:
    """Whether the value of an attribute is in our vocabulary."""
    return find_category(value) is not None if name == "category" else (name, normalise(value)) in _table()


def english(name: str, value: str) -> str:
    """A known value under its first English name, in lower case; any other as it is."""
    entry = _table().get((name, normalise(value)))
    return entry[0] if entry else value


def spoken(name: str, value: str, language: str) -> str:
    """The value in a language; "" when we have no word for it there."""
    if name in SAME_IN_ALL:
        return value
    if name == "category":
        category = find_category(value)
        return category.names[language] if category else value if language == "en" else ""
    if entry := _table().get((name, normalise(value))):
        return entry[LANGUAGES.index(language)]
    return value if language == "en" else ""


def label(name: str, language: str) -> str:
    """What an attribute is called in a language; a seller's own name stays as it is."""
    names = LABELS.get(name)
    return names[LANGUAGES.index(language)] if names else name
