# ruff: noqa: E501 (tables of words and formats)
"""Questions in vain that are hard to refuse: another person's name, another event's date, another payment's amount.

A page has a date, a name, an amount of its own, and a reader that has learned to look for the kind of value
gives it to whoever asks for any. So the kind is on the page here, and what is asked for is not: no word of the
role is printed. Asked only about pages all of whose labels are known.
"""

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
_OF_ROLE = (
    "{r}",
    "name of the {r}",
    "{r}'s name",
    "{r}'s address",
    "{r}'s signature",
    "{r}'s date of birth",
    "address of the {r}",
)


def hard_label(dice: Random, printed: str) -> str:
    """What the page does not say, though it has something of the kind; "" where one of its words is printed.

    ``printed``: the page's text in lower case.
    """
    kind = dice.random()
    if kind < 0.4:
        subject = dice.choice(_ROLES)
        label = dice.choice(_OF_ROLE).format(r=subject)
    elif kind < 0.65:
        subject = dice.choice(_EVENTS)
        label = f"{dice.choice(('date', 'day', 'date', 'time'))} of {subject}"
    elif kind < 0.85:
        subject = dice.choice(_PAYMENTS)
        label = f"amount of {subject}" if dice.random() < 0.5 else subject.removeprefix("the ")
    else:
        subject = label = dice.choice(_NUMBERS)
    words = [word for word in subject.split() if len(word) > 4]
    return "" if any(word[:6] in printed for word in words) else label
