# ruff: noqa: E501 (tables of words and formats)
"""Sentences that state one fact, with the question that they answer: running text can be asked about as well."""

from random import Random

from .labels import value_lines
from .page import Question
from .world import World

# language, sentence, type of the value, questions
_FACTS = (
    ("en", "This Agreement is governed by the laws of {v}.", "country", "Which law governs the agreement?", "What is the governing law?"),
    ("en", "The agreement takes effect on {v} and remains in force until it is terminated.", "date", "When does the agreement take effect?", "What is the effective date?"),
    ("en", "Notices shall be sent to {v}.", "email", "Where shall notices be sent?", "To which address are notices sent?"),
    ("en", "The monthly fee amounts to {v} and is payable in advance.", "amount", "How much is the monthly fee?", "What is the monthly fee?"),
    ("en", "A penalty of {v} is due for every breach.", "amount", "How high is the penalty?", "What is the penalty?"),
    ("en", "The file is kept under number {v}.", "id", "Under which number is the file kept?", "What is the file number?"),
    ("en", "For questions call {v} on weekdays.", "phone", "Which number should one call with questions?", "What is the phone number for questions?"),
    ("en", "The report was prepared by {v}.", "person", "Who prepared the report?"),
    ("en", "Our office in {v} will remain open.", "city", "Which office will remain open?"),
    ("en", "The contractor is {v}.", "company", "Who is the contractor?"),
    ("en", "Deliveries start on {v}.", "date", "When do deliveries start?"),
    ("en", "Revenue rose by {v} in the last quarter.", "percent", "By how much did revenue rise?"),
    ("en", "The deposit of {v} will be returned at the end.", "amount", "How much is the deposit?"),
    ("en", "Details are found at {v}.", "url", "Where are details found?"),
    ("en", "Access is granted with the code {v}.", "code", "What is the access code?", "With which code is access granted?"),
    ("en", "The witness, {v}, signed on the same day.", "person", "Who was the witness?"),
    ("de", "Der Vertrag beginnt am {v}.", "date", "Wann beginnt der Vertrag?", "When does the contract begin?"),
    ("de", "Die Miete beträgt {v} im Monat.", "amount", "Wie hoch ist die Miete?", "How much is the rent?"),
    ("de", "Ansprechpartner ist {v}.", "person", "Wer ist Ansprechpartner?", "Who is the contact person?"),
    ("de", "Der Vorgang wird unter {v} geführt.", "id", "Unter welcher Nummer wird der Vorgang geführt?"),
    ("fr", "Le contrat prend effet le {v}.", "date", "Quand le contrat prend-il effet ?", "When does the contract take effect?"),
    ("fr", "Le loyer s'élève à {v} par mois.", "amount", "À combien s'élève le loyer ?", "How much is the rent?"),
    ("fr", "Le dossier porte le numéro {v}.", "id", "Quel est le numéro du dossier ?"),
    ("es", "El contrato comienza el {v}.", "date", "¿Cuándo comienza el contrato?", "When does the contract begin?"),
    ("es", "La cuota mensual es de {v}.", "amount", "¿Cuánto es la cuota mensual?", "How much is the monthly fee?"),
    ("it", "Il contratto decorre dal {v}.", "date", "Da quando decorre il contratto?", "When does the contract begin?"),
    ("it", "Il canone mensile è di {v}.", "amount", "Quanto è il canone mensile?"),
    ("nl", "De overeenkomst gaat in op {v}.", "date", "Wanneer gaat de overeenkomst in?", "When does the agreement begin?"),
    ("nl", "De huur bedraagt {v} per maand.", "amount", "Hoeveel bedraagt de huur?"),
    ("pt", "O contrato tem início em {v}.", "date", "Quando tem início o contrato?", "When does the contract begin?"),
    ("pt", "A renda mensal é de {v}.", "amount", "Quanto é a renda mensal?"),
)  # fmt: skip


def some_facts(dice: Random, world: World, language: str, count: int) -> list[tuple[str, Question]]:
    """Up to ``count`` different sentences of the language, each with a question that it answers."""
    pool = [f for f in _FACTS if f[0] == language]
    found = []
    for fact in dice.sample(pool, min(count, len(pool))):
        value = value_lines(dice, world, fact[2], language)[0]
        found.append((fact[1].format(v=value), Question(dice.choice(fact[3:]), value, None, "text")))
    return found
