"""Rules and phrases that several channels share, and small makers for rule sets."""

from collections.abc import Iterable, Mapping

from .compose import join, one, pick
from .rules import Composed, Content, FieldRules, Part, Rule, Source

OWN = Source("docs/listing.md", "2026-11-24", quality="own")
PRICE = r"\d{1,9}(?:\.\d{1,2})?"
ADDRESS = r"https?://[^\s<>\"]{3,1990}"
COUNTRY = r"[A-Z]{2}"
# Our names of whom a product is for → those of Amazon and Google.
GENDERS = {"men": "male", "women": "female", "boys": "male", "girls": "female", "women and men": "unisex"}
# What Amazon, Google and eBay forbid in words: prices, delivery, time, praise, guarantees, calls to buy.
PROMOTION = tuple(
    """free shipping|free delivery|ships free|fast shipping|best seller|bestseller|hot item|hot sale
on sale|for sale|sale|clearance|discount|discounted|special offer|limited time|limited offer
last chance|today only|new arrival|brand new|just launched|available now|buy now|order now|shop now
add to cart|click here|buy 1 get 1|cheap|cheapest|lowest price|best price|low price|good deal
great deal|100% quality guaranteed|satisfaction guaranteed|guarantee|guaranteed|guarantees
money back|full refund|refund|top rated|top quality|best quality|high quality|number one|no 1
must have|amazing|incredible|fantastic|awesome|best|perfect|perfect gift|great gift|trending|popular
versandkostenfrei|kostenloser versand|gratisversand|sonderangebot|angebot|rabatt|ausverkauf
nur heute|jetzt kaufen|günstig|billig|bester preis|geld zurück|garantie|garantiert|top qualität
verkaufsschlager|livraison gratuite|meilleure vente|promotion|soldes|remise|prix bas|pas cher
offre spéciale|acheter maintenant|garanti|garantie|satisfait ou remboursé|meilleur prix
meilleure qualité|包邮|免运费|免费送货|促销|特价|打折|折扣|清仓|限时|秒杀|最低价|低价|便宜|热卖|热销
爆款|畅销|新品上市|立即购买|马上抢购|点击购买|加入购物车|质量保证|正品保证|退款|退货|最佳|最好|完美
envío gratis|más vendido|oferta|rebajas|descuento|barato|mejor precio
comprar ahora|garantía|garantizado|reembolso|mejor calidad""".replace("\n", "|").split("|")
)
# Claims that need a proof which no photo gives; forbidden in Amazon's bullets since 2024-08-15.
UNPROVEN = tuple(
    """eco-friendly|eco friendly|environmentally friendly|ecologically friendly|biodegradable|compostable
sustainable|anti-microbial|antimicrobial|anti-bacterial|antibacterial|anti-fungal|kills germs
bpa free|fda approved|hypoallergenic|umweltfreundlich|biologisch abbaubar|antibakteriell|écologique
biodégradable|antibactérien
环保|可降解|抗菌|杀菌|低过敏|ecológico|biodegradable|antibacteriano""".replace("\n", "|").split("|")
)
PLACEHOLDERS = (
    "n/a",
    "not applicable",
    "not eligible",
    "yet to decide",
    "to be decided",
    "tbd",
    "copy pending",
    "待定",
    "暂无",
)


def plain(source: Source = OWN, lines: bool = False) -> tuple[Rule, ...]:
    """Text that is nothing but text: what every field of every channel holds."""
    rules = (
        Rule("printable", None, source),
        Rule("no_markup", None, source),
        Rule("no_emoji", None, source),
        Rule("no_formula", None, OWN),
    )
    return rules if lines else (Rule("single_line", None, source), *rules)


def copy_rules(source: Source, phrases: tuple[str, ...], lines: bool = False) -> tuple[Rule, ...]:
    """Text for buyers: plain, without addresses and without what may not be said."""
    return (*plain(source, lines), Rule("no_contact", None, source), Rule("banned_phrases", phrases, source))


def given(
    content: Content, names: Mapping[str, str] | Iterable[str], fields: Mapping[str, FieldRules]
) -> dict[str, Composed]:
    """Fields that the seller fills: field name → name in the seller's data. A brand that the seller does not
    name may be a fact: a spec sheet proves it."""
    pairs = names if isinstance(names, Mapping) else {name: name for name in names}
    filled: dict[str, Composed] = {}
    for field, key in pairs.items():
        if text := content.seller.get(key, ""):
            filled[field] = exact(fields[field], Part(text, "seller", (key,)))
        elif key == "brand":
            filled |= claimed(content, {field: key}, fields)
    return filled


def exact(field: FieldRules, part: Part) -> Composed:
    """A value that is taken as it is: what is wrong with an identifier is a finding, not cut off. Of a list
    of words it is the channel's spelling: eBay writes NEW, Google new, and the seller says it once."""
    choices = field.of("one_of")
    said = part.text.casefold().replace(" ", "_")
    text = next((word for word in (choices.limit if choices else ()) if word.casefold() == said), part.text)
    return Composed([text] if field.is_list else text, (Part(text, part.writer, part.facts),))


def claimed(
    content: Content, names: Mapping[str, str], fields: Mapping[str, FieldRules]
) -> dict[str, Composed]:
    """Fields that are facts: field name → fact name, cut to the field's rules."""
    filled = {}
    for name, fact in names.items():
        if text := content.attributes.get(fact, ""):
            part, field = Part(text, "rule", (fact,)), fields[name]
            filled[name] = pick(field, [part]) if field.is_list else one(field, part)
    return filled


def numbered(content: Content, name: str, fields: Mapping[str, FieldRules]) -> dict[str, Composed]:
    """The field that holds the GTIN, where one is known: as it is, for a wrong one is a finding."""
    gtin = content.attributes.get("gtin")
    return {name: exact(fields[name], Part(gtin, "rule", ("gtin",)))} if gtin else {}


def pictures(content: Content) -> list[Part]:
    """The public addresses of the photos that have one, in order."""
    return [Part(picture.url, "seller", ("image_base_url",)) for picture in content.pictures if picture.url]


__all__ = ["claimed", "copy_rules", "exact", "given", "join", "numbered", "one", "pick", "pictures", "plain"]
