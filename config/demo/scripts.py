"""The scripts of the demo town's stories: data only."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """What one side does: a status to set, or `write`, `deliver`, `thank`."""

    side: str
    act: str
    text: str = ""
    worth: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Story:
    """One offer from its making to where it stands today."""

    name: str
    email: str
    program: str
    kind: str
    worth: str
    words: str
    message: str
    days_ago: float
    steps: tuple[Step, ...] = ()
    delivery: str = "email"
    stage: str = "existing_customer"
    entity: str = "individual"
    by: str = "oscar"
    lasts: float = 0
    is_draft: bool = False


@dataclass(frozen=True, slots=True)
class GroupScript:
    """The neighbours who buy together."""

    message: str
    confirmation: str
    people: tuple[tuple[str, str], ...]


def us(act: str, text: str = "", worth: str = "", words: str = "") -> Step:
    return Step("provider", act, text, worth, words)


def they(act: str, text: str = "", worth: str = "", words: str = "") -> Step:
    return Step("recipient", act, text, worth, words)


YES = they("approved")
CONFIRM = us("approved_confirmed", "Thank you! Everything is confirmed on our side.")
CLAIM = they("claimed")
DONE = us("completed", "All delivered. We would love to hear how it went.")


def paid(text: str) -> Step:
    return us("deliver", text, words="success")


SURVEY = "Thanks for booking a survey with us. Here is something back for your time."
ROOF = "Your roof has been making power for a month now. As promised, a little of it comes back."
REFER = "You told a friend about us and they signed. This is our way to say thank you."
CARE = "Your panels deserve a good wash before summer. This year it is on us, partly."
WINTER = "Before the cold comes: a heat pump now, and we carry part of the installation."
BATTERY = "Keep the noon's sun for the evening. A battery fits your system, and here is a start."

# Who was served in the year before: name, program, kind of incentive, worth, days ago.
PAST = (
    ("Sofia Zervas", "roof", "cashback", "200", 338),
    ("Kostas Manos", "survey", "cashback", "50", 301),
    ("Ioanna Lambrou", "pump", "cashback", "250", 274),
    ("Petros Karras", "roof", "gift_card", "100", 246),
    ("Anna Makris", "battery", "cashback", "120", 233),
    ("Zoe Raptis", "care", "discount", "15%", 204),
    ("Thanos Doukas", "roof", "cashback", "200", 183),
    ("Danai Galanis", "survey", "cashback", "50", 171),
    ("Clara Berg", "care", "discount", "15%", 150),
    ("Marco Novak", "roof", "cashback", "150", 139),
    ("Lena Silva", "roof", "gift_card", "100", 112),
    ("Tomas Weber", "battery", "cashback", "120", 104),
    ("Noor Sharma", "survey", "cashback", "50", 88),
    ("Pavel Rossi", "pump", "cashback", "300", 81),
    ("Greta Chen", "care", "gift_card", "25", 67),
    ("Jonas Haddad", "roof", "cashback", "200", 59),
    ("Rosa Okafor", "care", "discount", "15%", 38),
    ("Hana Moraitis", "survey", "cashback", "50", 25),
)
WORTH_WORDS = {
    "cashback": "Paid to your bank account",
    "gift_card": "At the home store of your choice",
    "discount": "On the first year",
}
PAST_MESSAGES = {"survey": SURVEY, "roof": ROOF, "pump": WINTER, "battery": BATTERY, "care": CARE}

STORIES: tuple[Story, ...] = (
    Story("Maria Kallergi", "maria.kallergi@example.com", "survey", "cashback", "50",
          "Paid to your bank account within 5 working days",
          "Thanks for booking with us, Maria. Tell us if the date does not suit you.", 2),
    Story("Jannis Papadopoulos", "j.papadopoulos@example.com", "roof", "cashback", "200",
          "Paid with the first invoice", ROOF, 12),
    Story("Li Wei", "li.wei@example.com", "battery", "discount", "12.5%",
          "On the battery and its installation", BATTERY, 6, (YES,)),
    Story("Sofia Lambrou", "sofia.lambrou@example.com", "pump", "cashback", "300",
          "Paid after commissioning", WINTER, 5,
          (they("counter", "Our neighbours were offered 400 by another firm. Could you meet that?",
                "400", "Paid after commissioning"),)),
    Story("Petros Samaras", "petros.samaras@example.com", "roof", "cashback", "150",
          "Paid with the first invoice", ROOF, 10,
          (they("counter", "The scaffolding cost us more than planned. Would 220 be possible?", "220"),
           us("partial_granted", "We can carry part of the scaffolding.", "180"),
           they("counter", "Thank you. Could we settle on 200?", "200"))),
    Story("Danai Raptis", "danai.raptis@example.com", "battery", "discount", "10%",
          "On the battery alone", BATTERY, 6.5, stage="prospect_customer", lasts=7.4),
    Story("", "", "care", "gift_card", "25", "For the garden centre in Marousi",
          "Spring is near: book the care plan this month and pick a plant on us.", 4,
          delivery="link", stage="prospect_customer", by="mara"),
    Story("", "", "survey", "discount", "20%", "On your first survey",
          "Met us at the fair? Your first survey costs a fifth less.", 9,
          delivery="link", stage="lead", by="mara"),
    Story("Noor Haddad", "noor.haddad@example.com", "survey", "discount", "20%",
          "On your first survey", "Met us at the fair? Your first survey costs a fifth less.", 8,
          (they("pre_claimed"),), delivery="link", stage="lead", by="mara"),
    Story("Samir Okafor", "samir.okafor@example.com", "care", "gift_card", "25",
          "For the garden centre in Marousi",
          "Spring is near: book the care plan this month and pick a plant on us.", 3,
          (they("pre_claimed"),), delivery="link", stage="prospect_customer", by="mara"),
    Story("Clara Weber", "clara.weber@example.com", "roof", "cashback", "200",
          "Paid with the first invoice", ROOF, 7,
          (YES, us("needs_info", "Which IBAN shall we send it to?"))),
    Story("Thanos Kefalas", "thanos.kefalas@example.com", "pump", "cashback", "250",
          "Paid after commissioning", WINTER, 4,
          (they("needs_info", "Does the offer also hold for a pump with hot water storage?"),)),
    Story("Irini Manos", "irini.manos@example.com", "survey", "cashback", "50",
          "Paid to your bank account", SURVEY, 9,
          (YES, us("needs_info", "Please send us the name on the account."),
           they("info_provided", "The account is in my husband's name: Stelios Manos."))),
    Story("Marco Rossi", "marco.rossi@example.com", "care", "discount", "15%",
          "On the first year", CARE, 6,
          (YES, us("needs_info", "How many panels are on the roof now?"),
           they("info_provided", "Eighteen since last autumn, on two roofs."))),
    Story("Zoe Angelou", "zoe.angelou@example.com", "roof", "gift_card", "100",
          "At the home store of your choice", REFER, 3, (YES,)),
    Story("Kostas Vlachos", "kostas.vlachos@example.com", "battery", "cashback", "120",
          "Paid with the first invoice", BATTERY, 2.5, (YES,)),
    Story("Amara Okafor", "amara.okafor@example.com", "pump", "cashback", "300",
          "Paid after commissioning", WINTER, 8,
          (YES, us("partial_granted", "The smaller pump was fitted, so we can grant this part.",
                   "220"))),
    Story("Jonas Berg", "jonas.berg@example.com", "care", "discount", "20%", "On two years",
          CARE, 6,
          (they("counter", "We have two houses. Could it be 25 % for both?", "25%"),
           us("partial_granted", "For the second house we can go to 22 %.", "22%"))),
    Story("Priya Sharma", "priya.sharma@example.com", "survey", "cashback", "50",
          "Paid to your bank account", SURVEY, 7, (YES, CONFIRM)),
    Story("Emil Novak", "emil.novak@example.com", "roof", "cashback", "200",
          "Paid with the first invoice", ROOF, 6, (YES, CONFIRM)),
    Story("Helios Housing", "office@helios-housing.example", "roof", "discount", "8%",
          "On all six roofs of the estate",
          "For the six roofs of your estate we have put together a special price.", 11,
          (they("counter", "The board asks for 10 % on all six.", "10%"), CONFIRM),
          stage="partner", entity="company"),
    Story("Despina Economou", "despina.economou@example.com", "battery", "cashback", "120",
          "Paid with the first invoice", BATTERY, 9, (YES, CONFIRM, CLAIM)),
    Story("Yannis Zervas", "yannis.zervas@example.com", "pump", "cashback", "250",
          "Paid after commissioning", WINTER, 13,
          (YES, CONFIRM, CLAIM, paid("Cashback of 250 EUR by bank transfer, ref 8841"))),
    Story("Greta Lindqvist", "greta.lindqvist@example.com", "care", "discount", "15%",
          "On the first year", CARE, 5,
          (they("requires_revision", "The offer names the wrong house: ours is number 14, not 41."),)),
    Story("Pavel Novak", "pavel.novak@example.com", "survey", "cashback", "50",
          "Paid to your bank account", SURVEY, 6,
          (YES, us("requires_revision", "The name does not match the booking. Please check it."))),
    Story("Anna Nikolaidis", "anna.nikolaidis@example.com", "roof", "cashback", "200",
          "Paid with the first invoice", ROOF, 34,
          (YES, CONFIRM, CLAIM, paid("Cashback of 200 EUR by bank transfer, ref 8702"), DONE)),
    Story("Michalis Karras", "michalis.karras@example.com", "survey", "cashback", "50",
          "Paid to your bank account", SURVEY, 28,
          (YES, CONFIRM, paid("50 EUR via PayPal"), DONE)),
    Story("Katerina Makris", "katerina.makris@example.com", "battery", "cashback", "150",
          "Paid with the first invoice", BATTERY, 41,
          (YES, CONFIRM, CLAIM, paid("150 EUR by bank transfer, ref 8655"), DONE,
           they("thank", "The money was there two days later. And the battery hums along nicely!"))),
    Story("Stelios Doukas", "stelios.doukas@example.com", "roof", "gift_card", "100",
          "At the home store of your choice", REFER, 75,
          (YES, CONFIRM, CLAIM, paid("Gift card number ending 2231, sent by e-mail"), DONE,
           they("thank", "What a nice surprise for a simple recommendation. Thank you, Acme!"),
           us("acknowledged", "Thank you for the kind words."))),
    Story("Eleni Xenakis", "eleni.xenakis@example.com", "pump", "cashback", "300",
          "Paid after commissioning", WINTER, 120,
          (YES, CONFIRM, CLAIM, paid("300 EUR by bank transfer, ref 7998"), DONE,
           they("thank", "Warm house, smaller bills, and the cashback came as promised."),
           us("acknowledged", "We are glad it is warm. Thank you!"))),
    Story("Dimitris Galanis", "dimitris.galanis@example.com", "roof", "cashback", "150",
          "Paid with the first invoice", ROOF, 20,
          (they("rejected", "We have decided for another supplier, sorry."),)),
    Story("Fotini Moraitis", "fotini.moraitis@example.com", "wallbox", "discount", "10%",
          "On wallbox and cable", "Charge from your own roof, and pay a tenth less for the start.", 45,
          (they("needs_info", "Does it work with a three-phase car?"),
           they("rejected", "We sold the car in the meantime."))),
    Story("Alexandra Pappas", "alexandra.pappas@example.com", "wallbox", "discount", "10%",
          "On wallbox and cable", "Charge from your own roof, and pay a tenth less for the start.", 44,
          (us("cancelled", "The promotion on wallboxes has ended early. We are sorry."),)),
    Story("Tomas Silva", "tomas.silva@example.com", "care", "discount", "15%", "On the first year",
          CARE, 15, (YES, us("cancelled", "The system was sold with the house, as you told us."))),
    Story("Lena Weber", "lena.weber@example.com", "survey", "cashback", "50",
          "Paid to your bank account", SURVEY, 23),
    Story("", "", "wallbox", "gift_card", "40", "For the charging network",
          "Order a wallbox this spring and the first charges on the road are on us.", 70,
          delivery="link", stage="lead", by="mara"),
    Story("Giorgos Kostopoulos", "giorgos.kostopoulos@example.com", "battery", "cashback", "120",
          "Paid with the first invoice", BATTERY, 30,
          (YES, us("needs_info", "Which IBAN shall we send it to?"))),
    Story("Ines Silva", "ines.silva@example.com", "roof", "cashback", "150",
          "Paid with the first invoice", ROOF, 48,
          (they("counter", "Could it be 250?", "250"),
           us("partial_granted", "We can go to 180.", "180"))),
    Story("Nikos Tsirkas", "nikos.tsirkas@example.com", "pump", "cashback", "250",
          "Paid after commissioning", WINTER, 0.4, is_draft=True),
    Story("Rosa Rossi", "", "care", "discount", "", "", "", 1.2, is_draft=True),
    Story("Hana Chen", "hana.chen@example.com", "battery", "cashback", "120",
          "Paid with the first invoice", BATTERY, 1),
    Story("Oskar Lindqvist", "oskar.lindqvist@example.com", "roof", "other", "",
          "A framed photograph of your house from the air",
          "Our drone passed by on the day of commissioning. We would like to send you the picture.",
          1.5),
    Story("Kifisia Tennis Club", "board@kifisia-tennis.example", "roof", "discount", "6%",
          "On the roof of the club house",
          "Courts by day, light by night: here is our price for the club's roof.", 3,
          (they("write", "The board meets on Thursday. We will answer by Friday."),
           us("write", "Thank you for telling us. The offer stays open.")),
          stage="prospect_customer", entity="organization"),
    Story("Luca Rossi", "luca.rossi@example.com", "survey", "cashback", "50",
          "Paid to your bank account", SURVEY, 0.6),
    Story("Ioanna Samaras", "ioanna.samaras@example.com", "care", "discount", "15%",
          "On the first year", CARE, 52,
          (YES, CONFIRM, us("deliver", "Discount code CARE15 bounced: mailbox is full.",
                            words="failed"))),
)  # fmt: skip
STORIES += tuple(
    Story(
        name,
        f"{name.lower().replace(' ', '.')}{days}@example.com",
        program,
        kind,
        worth,
        WORTH_WORDS[kind],
        PAST_MESSAGES[program],
        days,
        (YES, CONFIRM, CLAIM, paid(f"Delivered as promised, reference {7000 + days}"), DONE),
    )
    for name, program, kind, worth, days in PAST
)

GROUP = GroupScript(
    message="Twelve roofs in one street, one scaffold, one price: join your neighbours.",
    confirmation="Eleven roofs are in. We start on Monday at number 3.",
    people=(
        ("Katerina Vlachos", "katerina.v@example.com"),
        ("Manos Galanis", "manos.g@example.com"),
        ("Eirini Doukas", "eirini.d@example.com"),
        ("Aris Zervas", "aris.z@example.com"),
        ("Melina Karras", "melina.k@example.com"),
        ("Leonidas Makris", "leonidas.m@example.com"),
        ("Daphne Lambrou", "daphne.l@example.com"),
        ("Vasilis Raptis", "vasilis.r@example.com"),
        ("Chloe Economou", "chloe.e@example.com"),
        ("Spyros Manos", "spyros.m@example.com"),
        ("Artemis Xenakis", "artemis.x@example.com"),
    ),
)
