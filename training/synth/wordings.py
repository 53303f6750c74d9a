# ruff: noqa: E501 (tables of words)
"""Ways to ask for a label in English, put together from parts so that no reader can know them by heart.

A reader that was taught two dozen sentences refused the next one, however plain ("Which … is shown?"): it had
learned the sentences, not to look for the label. What it needs to learn is that any sentence with a label in
it asks for what stands beside that label; so the sentences here are many, odd and sometimes broken.
"""

from random import Random

_PAST = (
    *"stated listed noted mentioned recorded indicated specified quoted named entered written given".split(),
    *"present provided declared registered documented shown printed displayed visible reported".split(),
    *"marked typed inserted supplied cited included identified detailed described defined set".split(),
    *("filled in", "set out", "put down", "to be read", "to be found", "on record", "typed in", "written down",
      "laid down", "set forth", "noted down", "spelled out"),
)  # fmt: skip
_WHERE = ("", "", "", "", "", " here", " on the page", " on this page", " in the document", " in this document",
          " on it", " on the form", " in the file", " on this sheet", " above", " in the table", " anywhere",
          " on the receipt", " in the scan", " in the picture", " at all")  # fmt: skip
_ASK = ("tell me", "provide", "state", "quote", "extract", "report", "copy", "name", "list", "type out",
        "locate", "find", "read", "get", "give", "give me", "show", "show me", "write", "write down", "return",
        "look up", "fetch", "repeat", "output", "print", "transcribe", "search for", "let me know", "identify",
        "determine", "retrieve", "point out", "send me", "answer with", "say", "hand me", "note", "pull out", "pull",
        "pick out", "spell out", "dictate", "dictate to me", "pass me", "jot down", "grab", "confirm", "verify", "check",
        "reproduce", "capture", "figure out", "make out", "enter", "record", "supply", "display", "present")  # fmt: skip
_POLITE = ("", "", "", "Please ", "Kindly ", "Could you ", "Can you ", "Would you ", "I want you to ", "Now ",
           "Will you ", "Could you please ", "Can you please ", "You should ", "Try to ", "Just ", "Then ",
           "Next, ", "I would ask you to ", "Be so kind as to ", "May I ask you to ", "Might you ", "Could somebody ",
           "Somebody has to ", "Do me a favour and ", "You are asked to ", "Your task is to ", "Let us ", "I asked you to ",
           "Are you able to ", "Is it possible to ", "It would help to ", "We would like you to ")  # fmt: skip
_WANT = ("I need", "I want", "I'd like", "We need", "I am looking for", "I'm after", "I'd like to know", "I want to know",
         "I need to know", "I would like to see", "Let me have", "Let me see", "Let us see", "Do you know", "Do you have",
         "Have you got", "Is there", "What about", "How about", "Remind me of", "Any idea of", "My question is about",
         "This is about", "Looking for", "Wanted:", "Required:", "Asked for:", "Give", "Only", "So,", "And", "Field:", "Key:",
         "Label:", "Q:", "Question:", "Query:", "Next:", "Item:")  # fmt: skip
_NOUN = ("value", "entry", "content", "text", "information", "answer", "figure", "wording", "data", "detail",
         "reading", "line", "input", "field")  # fmt: skip
_STEM = ("stands", "appears", "is", "comes", "can be read", "do you see", "do you find", "do we have", "do you read",
         "did they write", "did they put", "did they enter", "has someone written", "was typed", "was filled in",
         "follows", "belongs", "can be found", "goes", "have they got", "does the page say", "does the document say",
         "does the form give", "does it give", "does it show", "is it that stands", "was put", "got entered")  # fmt: skip
_PLACE = ("for", "under", "beside", "next to", "at", "after", "behind", "with", "below", "in", "against", "opposite",
          "to the right of", "right after", "by", "alongside")  # fmt: skip
_THING = ("page", "document", "form", "sheet", "paper", "file", "scan", "picture", "text", "image", "letter")
_TELL = (
    "say",
    "give",
    "state",
    "show",
    "list",
    "have",
    "name",
    "indicate",
    "report",
    "contain",
    "mention",
    "record",
)
_BOX = (
    "field",
    "box",
    "line",
    "entry",
    "row",
    "label",
    "section",
    "heading",
    "item",
    "key",
    "place",
    "column",
)
_END = (" please", ", please.", " = ?", " ?", " →", "…", " is", " is what?", ":", " = ", " - ?", ", what is it?", "??",
        ": which?", " (value)", ", value?", " -> ?", ", and that is?", ", exactly as printed", " in full", ", short answer",
        " | ?", ": what?", " reads", " equals")  # fmt: skip


def wording(dice: Random) -> str:
    """A template with ``{l}`` where the label goes."""
    text = dice.choice(_FORMS)(dice, dice.choice(_WHERE))
    text = text[0].upper() + text[1:]
    quote = dice.random()
    if quote < 0.12:
        left, right = dice.choice(("“”", '""', "''", "«»", "‘’", "[]", "``", "<>"))
        text = text.replace("{l}", f"{left}{{l}}{right}")
    pick = dice.random()
    if pick < 0.08:
        return text.rstrip(".?")
    return text[0].lower() + text[1:] if pick < 0.16 else text


def _which(dice: Random, where: str) -> str:
    past = dice.choice(_PAST)
    verb = dice.choice(("is", "is", "is", "was", "has been"))
    return f"{dice.choice(('Which', 'What'))} {{l}} {verb} {past}{where}?"


def _order(dice: Random, where: str) -> str:
    polite = dice.choice(_POLITE)
    asks = polite.startswith(("Could", "Can", "Would", "Will", "May", "Might", "Are", "Is "))
    return f"{polite}{dice.choice(_ASK)} the {{l}}{where}{'?' if asks else '.'}"


def _stands(dice: Random, where: str) -> str:
    return f"What {dice.choice(_STEM)} {dice.choice(_PLACE)} {{l}}{where}?"


def _content(dice: Random, where: str) -> str:
    place = dice.choice(("of", "of", "for", "at", "in", "beside", "under"))
    return f"{dice.choice(('What is', 'Which is', 'What was', 'Tell me', 'Give'))} the {dice.choice(_NOUN)} {place} {{l}}{where}?"


def _past_as(dice: Random, where: str) -> str:
    return (
        f"What {dice.choice(('is', 'is', 'was', 'has been'))} {dice.choice(_PAST)}"
        f" {dice.choice(('as', 'for', 'under', 'as the', 'for the', 'beside', 'at'))} {{l}}{where}?"
    )


def _want(dice: Random, where: str) -> str:
    article = dice.choice(("the ", "the ", "the ", "", "a ", "this "))
    return f"{dice.choice(_WANT)} {article}{{l}}{where}{dice.choice(('.', '.', '?', '', '!', ', please.'))}"


def _bare(dice: Random, where: str) -> str:
    return f"{dice.choice(('The', 'the', 'And the', 'Now:', 'Then the'))} {{l}}{where}"


def _ended(dice: Random, _where: str) -> str:
    return f"{dice.choice(('', '', '', 'The ', 'and '))}{{l}}{dice.choice(_END)}"


def _how(dice: Random, where: str) -> str:
    verb = dice.choice(("read", "look", "appear", "run", "go", "sound", "show up"))
    if dice.random() < 0.5:
        return f"How {dice.choice(('does', 'would', 'did'))} the {{l}} {verb}{where}?"
    return f"How is {{l}} {dice.choice(_PAST)}{where}?"


def _page_says(dice: Random, _where: str) -> str:
    does = dice.choice(("does", "does", "did", "would"))
    link = dice.choice((" as", " for", " under", " as the", " about", " on", " beside"))
    return f"What {does} the {dice.choice(_THING)} {dice.choice(_TELL)}{link} {{l}}?"


def _in_box(dice: Random, where: str) -> str:
    box = dice.choice(_BOX)
    tails = (f"what is {dice.choice(_PAST)}", "what do you read", "what stands", f"{dice.choice(_ASK)} the {dice.choice(_NOUN)}",
             "what is the answer", "what did they put", "what follows", "which value")  # fmt: skip
    lead = dice.choice((f"In the {box} {{l}}", f"For the {box} {{l}}", "Next to {l}", "Under {l}", "For {l}", "At {l}",
                        "Beside {l}", "After {l}", "Where it says {l}", "As to {l}", "Regarding {l}", "Concerning {l}",
                        f"There is a {box} {{l}}"))  # fmt: skip
    return f"{lead}{where}, {dice.choice(tails)}?"


def _is_there(dice: Random, where: str) -> str:
    start = dice.choice(("Is there a {l}", "Is a {l} " + dice.choice(_PAST), "Do you see a {l}", "Can you find a {l}",
                         "Does it have a {l}", "Has it got a {l}", "Can the {l} be found"))  # fmt: skip
    end = dice.choice(("? Which?", "? If so, which?", "? What is it?", ", and which?", " and what is it?", ", and what does it say?",
                       "? Give it.", "? Read it.", "? Quote it."))  # fmt: skip
    return f"{start}{where}{end}"


def _noise(dice: Random, where: str) -> str:
    """A sentence about the label with words around it that do not matter."""
    before = dice.choice(("Hello, ", "Hi! ", "OK, ", "Well, ", "Quick question: ", "One more thing: ", "For my records, ", "For the archive: ",
                          "Thanks. ", "From this page: ", "To be sure, ", "As printed: ", "In this file, ", "Look at the page. ",
                          "Read carefully. ", "Without guessing, ", "Briefly: ", "In one line: "))  # fmt: skip
    inner = dice.choice((_which, _order, _stands, _content, _past_as, _want, _page_says))(dice, where)
    return before + (inner[0].lower() + inner[1:] if dice.random() < 0.7 else inner)


_REASON = ("My boss wants", "The auditor asked for", "Accounting needs", "Our system requires", "The bank insists on", "The tax office wants",
           "Somebody on the phone asks about", "My manager is waiting for", "A customer asked me about", "The next column is for", "Still missing:",
           "In our list we lack", "We are comparing records and lack", "I have to type in", "I am preparing a report with", "For the ledger I want",
           "The import failed without", "The form on my screen has a box for", "I'm booking this and need", "The last thing missing is",
           "I'm copying this by hand and got to", "I cannot read", "I can't make out", "Without my glasses I can't see", "I forgot",
           "I am not sure about", "We disagree about", "Nobody here knows", "The print is too small for me to read", "I have lost", "Have a look at",
           "We're reconciling our records and do not have", "Let's talk about", "Now we come to")  # fmt: skip
_THEN = ("", "", " Please provide it.", " What is it?", " Can you read it?", " Please read it to me.", " What does it say?", " Which is it?", " Thanks!",
         " What do I put there?", " Could you look?", " Help me out.", " Take it from this page.", " It must be on the page.", " What stands there?",
         " Can you help?", " Asap, thanks.", " What shall I write?", " Quote it as printed.", " So what is it?", " Do you see it?",
         " Please answer with the value alone.", " Give nothing else.")  # fmt: skip
_MACHINE = ("{l} = ____", "{l}: ____", "{l} ...", "{l}: ?", "get {l}", "GET {l}", "fetch: {l}", "field={l}", "key: {l}", "lookup {l}", "read: {l}",
            "{{{l}}}", "<{l}>", "print({l})", "value({l})", "select {l}", "SELECT {l} FROM page", "{l} => ?", "parse {l}", "find: {l}", "entry: {l}",
            "query: {l}", "{l};", "#{l}", "-> {l}", "read field {l}", "get the field: {l}", "output: {l}", "column: {l}", "{l}\tvalue?",
            "task: extraction; item: {l}", "return {l} as text", "search key {l}", "@{l}", "Q: {l} A:", "The {l} is ___.", "{l} is: ___",
            "Complete: {l} = …", "Fill in: {l} ____")  # fmt: skip


def _reason(dice: Random, where: str) -> str:
    """Why somebody asks; the request itself may be left unsaid."""
    article = dice.choice(("the ", "the ", "the ", "this ", ""))
    return f"{dice.choice(_REASON)} {article}{{l}}{dice.choice((where, '', ''))}.{dice.choice(_THEN)}"


def _machine(dice: Random, _where: str) -> str:
    """What a program sends."""
    return dice.choice(_MACHINE)


def _listed(dice: Random, _where: str) -> str:
    """The label first and the question after it, or the other way round."""
    thing, past = dice.choice(_THING), dice.choice(_PAST)
    return dice.choice((
        f"On this {thing}, {{l}} is {past} as what?", f"For {{l}}, which text or number is {past}?", f"The {{l}} on this {thing} is {past} as…",
        f"Locate {{l}} and {dice.choice(_ASK)} its {dice.choice(_NOUN)}.", f"Find {{l}} in the {thing}, then {dice.choice(_ASK)} it.",
        f"Look for {{l}} and copy what is {past} beside it.", "I wonder what the {l} says.", f"I wonder which {{l}} is {past}.",
        f"I'd like to know the {{l}} as it appears on the {thing}.", f"Let me know the {{l}} {past} in the {thing}.", "May I see the {l}, please?",
        "Hi, can you read the {l} for me?", f"How was the {{l}} {dice.choice(_BOX)} {past}?", f"Transcribe the {dice.choice(_NOUN)} for {{l}}.",
        "I want nothing but the {l}.", "Only the {l}, no sentence.", "Should there be a {l}, what does it read?",
        f"If the {thing} has a {{l}}, {dice.choice(_ASK)} it.", f"Need {{l}} from this {thing}.", f"Could you tell me which {{l}} the {thing} has?",
        f"Whoever wrote this {thing}, what did they put for {{l}}?", f"Copy the {dice.choice(_NOUN)} that belongs to {{l}}.",
        f"Which {dice.choice(_NOUN)} is printed {dice.choice(_PLACE)} {{l}}?", f"The {dice.choice(_BOX)} called {{l}}: what is in it?",
    ))  # fmt: skip


_STRAY = (
    "about again also although and because before but by could does even ever every for from going had have he however"
    " if instead it just later maybe me mine much must my not now of on once only or our own perhaps quite rather really"
    " she should since so some soon still that their them then there they though to today too until us very was we were"
    " when where whether while who why will with without would yet you your been being here into off over up down out"
).split()


def _babble(dice: Random, _where: str) -> str:
    """Hardly a sentence: small words around the label, which is all that the asker and the page share."""
    before = " ".join(dice.choice(_STRAY) for _ in range(dice.randint(1, 7)))
    after = " ".join(dice.choice(_STRAY) for _ in range(dice.randint(0, 6)))
    return f"{before} {dice.choice(('the ', 'the ', ''))}{{l}} {after}".strip() + dice.choice(
        ("?", "?", ".", "")
    )


_FORMS = (
    _babble, _reason, _reason, _machine, _listed, _listed, _which, _which, _order, _order, _stands, _content, _past_as, _past_as, _want, _want, _bare, _ended, _how,
    _page_says, _in_box, _in_box, _is_there, _noise,
)  # fmt: skip
