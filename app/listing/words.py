"""What copy is made of in English, German, French, Spanish and Chinese: values, labels and sentence frames.

A value that a language has no word for is left out of the copy in that language, never guessed.
"""

from dataclasses import dataclass
from functools import cache

from ..parsing import normalise
from .taxonomy import LANGUAGES, find_category

TONES = ("plain", "friendly", "technical")

# Family | English names | German | French | Spanish | Chinese. The family is what pixels can tell. An empty
# place is a value without a sure word.
COLOURS = """
black|black|Schwarz|noir|negro|黑色
white|white|Weiß|blanc|blanco|白色
white|off white|Cremeweiß|blanc cassé|blanco roto|米白色
grey|grey, gray|Grau|gris|gris|灰色
grey|grey melange|Graumeliert|gris chiné|gris jaspeado|麻灰色
grey|silver|Silber|argenté|plateado|银色
grey|steel|Stahlgrau|gris acier|gris acero|钢灰色
grey|charcoal|Anthrazit|anthracite|antracita|炭灰色
blue|blue|Blau|bleu|azul|蓝色
blue|navy blue, navy|Marineblau|bleu marine|azul marino|藏青色
blue|light blue|Hellblau|bleu clair|azul claro|浅蓝色
blue|dark blue|Dunkelblau|bleu foncé|azul oscuro|深蓝色
blue|turquoise blue, turquoise|Türkis|turquoise|turquesa|绿松石色
blue|teal|Petrol|bleu canard|azul petróleo|蓝绿色
green|green|Grün|vert|verde|绿色
green|olive|Oliv|olive|oliva|橄榄绿
green|sea green|Seegrün|vert d’eau|verde mar|海绿色
green|lime green|Limettengrün|vert citron|verde lima|青柠绿
red|red|Rot|rouge|rojo|红色
red|maroon|Rotbraun|bordeaux foncé|granate|枣红色
red|burgundy|Burgunderrot|bordeaux|burdeos|酒红色
orange|orange|Orange|orange|naranja|橙色
brown|rust|Rostrot|rouille|óxido|铁锈色
brown|brown|Braun|marron|marrón|棕色
brown|coffee brown|Kaffeebraun|marron café|marrón café|咖啡色
brown|mushroom brown|Pilzbraun|brun taupe|marrón seta|
brown|tan|Hellbraun|fauve|tostado|浅棕色
brown|bronze|Bronze|bronze|bronce|古铜色
brown|copper|Kupfer|cuivré|cobre|铜色
beige|beige|Beige|beige|beige|米色
beige|cream|Creme|crème|crema|奶油色
beige|khaki|Khaki|kaki|caqui|卡其色
beige|nude|Nude|nude|nude|裸色
beige|skin|Hautfarben|couleur chair|color piel|肤色
beige|taupe|Taupe|taupe|topo|灰褐色
yellow|yellow|Gelb|jaune|amarillo|黄色
yellow|mustard|Senfgelb|moutarde|mostaza|芥末黄
yellow|gold|Gold|doré|dorado|金色
pink|pink|Rosa|rose|rosa|粉色
pink|magenta|Magenta|magenta|magenta|品红色
pink|peach|Pfirsich|pêche|melocotón|蜜桃色
pink|rose|Rosé|rosé|rosado|玫瑰色
purple|purple|Lila|violet|morado|紫色
purple|lavender|Lavendel|lavande|lavanda|薰衣草紫
purple|mauve|Mauve|mauve|malva|淡紫色
multi|multi, multicolour, multicolor, multicoloured|Mehrfarbig|multicolore|multicolor|多色
"""
# Values of the other attributes: name | English, aliases | German | French | Spanish | Chinese.
VALUES = """
gender|women, woman, female, ladies|Damen|femme|mujer|女士
gender|men, man, male|Herren|homme|hombre|男士
gender|women and men, unisex|Damen und Herren|femme et homme|mujer y hombre|男女通用
gender|girls, girl|Mädchen|fille|niña|女童
gender|boys, boy|Jungen|garçon|niño|男童
age|adults, adult, adults only|Erwachsene|adultes|adultos|成人
age|kids, kid, children, child|Kinder|enfants|niños|儿童
pattern|solid, plain|Einfarbig|uni|liso|纯色
pattern|striped, stripes|Gestreift|rayé|de rayas|条纹
pattern|checked, checks, plaid|Kariert|à carreaux|de cuadros|格纹
pattern|printed, print, graphic|Bedruckt|imprimé|estampado|印花
pattern|floral|Geblümt|à fleurs|de flores|碎花
pattern|color-blocked, colour-blocked, colorblocked|Farbblöcke|à blocs de couleur|de bloques de color|拼色
pattern|self design|Ton in Ton|ton sur ton|tono sobre tono|暗纹
usage|casual|Freizeit|loisirs|informal|休闲
usage|sports, sport|Sport|sport|deporte|运动
usage|formal|Formell|habillé|formal|正式
usage|ethnic|Traditionell|traditionnel|tradicional|民族风
usage|party|Feiern|fête|fiesta|派对
usage|travel|Reise|voyage|viaje|旅行
usage|home|Zuhause|maison|hogar|居家
season|summer|Sommer|été|verano|夏季
season|winter|Winter|hiver|invierno|冬季
season|spring|Frühling|printemps|primavera|春季
season|fall, autumn|Herbst|automne|otoño|秋季
material|cotton|Baumwolle|coton|algodón|棉
material|organic cotton|Bio-Baumwolle|coton biologique|algodón orgánico|有机棉
material|polyester|Polyester|polyester|poliéster|聚酯纤维
material|leather|Leder|cuir|cuero|皮革
material|wool|Wolle|laine|lana|羊毛
material|silk|Seide|soie|seda|蚕丝
material|linen|Leinen|lin|lino|亚麻
material|nylon|Nylon|nylon|nailon|尼龙
material|fleece|Fleece|polaire|forro polar|抓绒
material|microfiber|Mikrofaser|microfibre|microfibra|超细纤维
material|rayon, viscose|Viskose|viscose|viscosa|粘胶纤维
material|spandex, elastane|Elasthan|élasthanne|elastano|氨纶
material|denim|Denim|denim|denim|牛仔布
material|mesh|Mesh|mesh|malla|网布
material|steel|Stahl|acier|acero|钢
material|metal|Metall|métal|metal|金属
material|rubber|Gummi|caoutchouc|caucho|橡胶
material|plastic|Kunststoff|plastique|plástico|塑料
material|canvas|Canvas|toile|lona|帆布
"""
LABELS = {
    "category": ("Product type", "Produktart", "Type de produit", "Tipo de producto", "产品类型"),
    "colour": ("Color", "Farbe", "Couleur", "Color", "颜色"),
    "gender": ("Department", "Zielgruppe", "Public", "Público", "适用人群"),
    "age": ("Age group", "Altersgruppe", "Âge", "Edad", "适用年龄"),
    "material": ("Material", "Material", "Matière", "Material", "材质"),
    "pattern": ("Pattern", "Muster", "Motif", "Estampado", "图案"),
    "size": ("Size", "Größe", "Taille", "Talla", "尺码"),
    "usage": ("Occasion", "Anlass", "Occasion", "Ocasión", "场合"),
    "season": ("Season", "Jahreszeit", "Saison", "Temporada", "季节"),
    "brand": ("Brand", "Marke", "Marque", "Marca", "品牌"),
    "weight": ("Weight", "Gewicht", "Poids", "Peso", "重量"),
    "model number": ("Model number", "Modellnummer", "Référence", "Modelo", "型号"),
}
SAME_IN_ALL = frozenset({"brand", "size", "gtin", "weight", "model number", "product"})


@dataclass(frozen=True)
class Frame:
    """Pieces of a noun phrase, sentences around one, and marks.

    ``lower``: common nouns are not capitalised. ``head_last``: the noun comes after what is said of it.
    """

    gender: str
    colour: str
    material: str
    friendly: str
    photo: str
    lower: bool
    head_last: bool = False
    size: str = "{} {}"
    colon: str = ": "
    comma: str = ", "
    stop: str = "."


FRAMES = {
    "en": Frame("for {}", "in {}", "made of {}", "Here you see {}.", "photo {} of {}", True),
    "de": Frame("für {}", "in {}", "aus {}", "Hier sehen Sie: {}.", "Foto {} von {}", False),
    "fr": Frame("pour {}", "coloris {}", "en {}", "Voici : {}.", "photo {} sur {}", True),
    "es": Frame("para {}", "en color {}", "de {}", "Aquí se ven: {}.", "foto {} de {}", True),
    "zh": Frame(
        "{}", "{}", "{}", "这是{}。", "第{}张图，共{}张", False, True, "（{}：{}）", "：", "，", "。"
    ),
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
    for alias in filter(None, (*aliases, *entry)):
        table.setdefault((name, normalise(alias)), entry)


@cache
def _families() -> dict[str, str]:
    families: dict[str, str] = {}
    for line in COLOURS.strip().splitlines():
        of, english, *others = line.split("|")
        for name in filter(None, (*english.split(","), *others)):
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
