"""What the sheet and the form for collecting at home say, in Dutch at level B1 and in English, by kit.

Amounts, and what a maker says of its kit, are not here: the sheet sends people to the leaflet of the kit they hold.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from handbook_utils.protocols.home.bristol import TYPES

Kit = Literal["none", "ethanol", "omnigene", "fit"]
Language = Literal["en", "nl"]

#: The ways to keep stool at home that there are sheets for, and what they are.
KITS: Mapping[str, str] = {
    "none": "a plain tube, frozen at home at once",
    "ethanol": "a tube with 95 % ethanol",
    "omnigene": "OMNIgene.GUT",
    "fit": "the tube of a faecal immunochemical test (FIT)",
}


@dataclass(frozen=True)
class Home:
    """What a study asks of people at home.

    Attributes
    ----------
    kit : {"none", "ethanol", "omnigene", "fit"}
        One of :data:`KITS`: one method a study.
    study, version, date : str
        Printed at the head; "" leaves a line to write it on.
    phone, email : str
        Where people reach the study; "" leaves a line.
    freezer_minutes : int
        Within how many minutes the tube lies in the freezer (kit none).
    return_days : int
        Within how many days the tube is posted (the other kits).
    antibiotics_days : int
        How far back the form asks for antibiotics.
    """

    kit: Kit = "none"
    study: str = ""
    version: str = ""
    date: str = ""
    phone: str = ""
    email: str = ""
    freezer_minutes: int = 15
    return_days: int = 2
    antibiotics_days: int = 180


@dataclass(frozen=True)
class Step:
    """A step on the sheet: a picture, what to do in a few words, and how."""

    picture: str
    title: str
    text: str


@dataclass(frozen=True)
class Words:
    """All that stands on the sheet."""

    title: str
    intro: str
    ready: str
    needs: str
    steps: tuple[Step, ...]
    card: str
    types: tuple[str, ...]
    doubt: str
    wrong_title: str
    wrong: tuple[tuple[str, str], ...]
    contact_title: str
    contact: tuple[str, ...]
    turn: str

    def texts(self) -> list[str]:
        """Return every sentence people have to read; headings of steps are short orders, and count."""
        steps = [text for step in self.steps for text in (step.title + ".", step.text)]
        wrong = [text for pair in self.wrong for text in pair]
        return [self.intro, self.needs, *steps, self.card, *self.types, self.doubt, *wrong, *self.contact]


@dataclass(frozen=True)
class FormWords:
    """All that stands on the form."""

    title: str
    intro: str
    code: str
    code_hint: str
    pooped: str
    date_time: tuple[str, str]
    card: str
    stored: str
    mixed: str
    antibiotics: str
    which: str
    last_day: str
    medicines: str
    differently: str
    answers: tuple[str, str, str]
    laboratory: str
    laboratory_asks: tuple[str, str]

    def texts(self) -> list[str]:
        """Return every sentence people have to read."""
        asked = (self.pooped, self.card, self.stored, self.mixed, self.antibiotics, self.medicines, self.differently)
        return [self.intro, self.code_hint, *asked]


def about(days: int, lang: Language) -> str:
    """Return a number of days in everyday words, rounded where that is what people say.

    Examples
    --------
    >>> about(180, "nl"), about(28, "en"), about(90, "en"), about(2, "nl"), about(1, "en")
    ('6 maanden', '4 weeks', '3 months', '2 dagen', '1 day')
    """
    if days >= 60:
        number, one, many = round(days / 30), *(("month", "months") if lang == "en" else ("maand", "maanden"))
    elif days >= 14 and days % 7 == 0:
        number, one, many = days // 7, *(("week", "weeks") if lang == "en" else ("week", "weken"))
    else:
        number, one, many = days, *(("day", "days") if lang == "en" else ("dag", "dagen"))
    return f"{number} {one if number == 1 else many}"


def minutes(number: int, lang: Language) -> str:
    """Return a number of minutes in words.

    Examples
    --------
    >>> minutes(15, "nl"), minutes(1, "en")
    ('15 minuten', '1 minute')
    """
    one, many = ("minute", "minutes") if lang == "en" else ("minuut", "minuten")
    return f"{number} {one if number == 1 else many}"


_LINE = "________________"


def words(home: Home, lang: Language) -> Words:
    """Return the sheet's text.

    Parameters
    ----------
    home : Home
        What the study asks.
    lang : {"en", "nl"}

    Examples
    --------
    >>> words(Home(kit="none", freezer_minutes=20), "nl").steps[6].text.split(". ")[0]
    'Doe dit binnen 20 minuten na het poepen'
    """
    return _dutch(home) if lang == "nl" else _english(home)


def form_words(home: Home, lang: Language) -> FormWords:
    """Return the form's text.

    Examples
    --------
    >>> form_words(Home(kit="none"), "en").stored
    'When did you put the tube in the freezer?'
    """
    return _dutch_form(home) if lang == "nl" else _english_form(home)


def _dutch(home: Home) -> Words:
    needs = {
        "none": "opvangpapier, buis met lepeltje, zakje, koeltas met koelelement, formulier en pen.",
        "ethanol": "opvangpapier, buis met vloeistof en lepeltje, folder, zakje, envelop, formulier en pen.",
        "omnigene": "opvangpapier, doosje met de buis, folder, zakje, envelop, formulier en pen.",
        "fit": "opvangpapier, buisje met stokje, folder, zakje, envelop, formulier en pen.",
    }[home.kit]
    fill = {
        "none": Step(
            "spoon",
            "Doe poep in de buis",
            "Schep met het lepeltje een beetje poep. Doe die in de buis. "
            "Maak de buis niet helemaal vol: bevroren poep neemt meer ruimte in.",
        ),
        "ethanol": Step(
            "liquid",
            "Doe poep in de buis",
            "Giet de vloeistof niet weg. Schep met het lepeltje een beetje poep in de vloeistof. "
            "In de folder staat hoeveel poep je nodig hebt.",
        ),
        "omnigene": Step(
            "liquid",
            "Doe poep in de buis",
            "Doe precies wat er in de folder staat. Daar zie je ook hoeveel poep je nodig hebt. "
            "Giet de vloeistof niet weg.",
        ),
        "fit": Step(
            "stick",
            "Prik met het stokje in je poep",
            "Doe precies wat er in de folder staat. Doe het stokje daarna terug in het buisje. "
            "Giet de vloeistof niet weg.",
        ),
    }[home.kit]
    same = "Kijk naar de code op de buis. Die moet ook op je formulier staan."
    close = {
        "none": Step("close", "Draai de buis dicht", f"Draai de dop stevig vast. {same}"),
        "ethanol": Step("shake", "Draai de buis dicht en schud", f"Schud zoals in de folder staat. {same}"),
        "omnigene": Step("shake", "Draai de buis dicht en schud", f"Schud zoals in de folder staat. {same}"),
        "fit": Step("close", "Doe het buisje goed dicht", same),
    }[home.kit]
    keep = {
        "none": Step(
            "freezer",
            "Leg de buis meteen in de vriezer",
            f"Doe dit binnen {minutes(home.freezer_minutes, 'nl')} na het poepen. "
            "Schrijf op hoe laat het was. Laat de buis daarna in de vriezer liggen.",
        ),
        "ethanol": Step(
            "no-fire",
            "Bewaar de buis op een veilige plek",
            "In de buis zit alcohol, en die kan branden. Houd de buis ver van vuur. "
            "Leg hem niet in de zon. Zorg dat kinderen en huisdieren er niet bij kunnen.",
        ),
        "omnigene": Step(
            "leaflet",
            "Bewaar de buis goed",
            "Doe wat er in de folder staat. Leg de buis niet in de zon. "
            "Zorg dat kinderen en huisdieren er niet bij kunnen.",
        ),
        "fit": Step(
            "leaflet",
            "Bewaar het buisje goed",
            "Doe wat er in de folder staat. Leg het buisje niet in de zon. "
            "Zorg dat kinderen en huisdieren er niet bij kunnen.",
        ),
    }[home.kit]
    bring = (
        Step(
            "cool-bag",
            "Lever de buis bevroren in",
            "Wij maken een afspraak met je. Haal de buis vlak daarvoor pas uit de vriezer. "
            "Doe hem met het koelelement in de koeltas. Doe het formulier erbij.",
        )
        if home.kit == "none"
        else Step(
            "envelope",
            "Stuur alles op",
            "Doe het zakje en het formulier in de envelop. "
            f"Doe de envelop binnen {about(home.return_days, 'nl')} op de post.",
        )
    )
    spilled = ("Er liep vloeistof uit de buis.", "Gebruik deze buis niet. Bel ons. Je krijgt een nieuwe buis.")
    special = {
        "none": (
            (
                "Je vergat de buis in te vriezen.",
                "Leg hem nu in de vriezer. Schrijf op hoe laat dat was. Wij bekijken of je poep nog bruikbaar is.",
            ),
            ("De buis is ontdooid.", "Leg hem terug in de vriezer. Schrijf op wat er gebeurde. Bel ons."),
        ),
        "ethanol": (
            spilled,
            ("Er kwam vloeistof in je ogen of mond.", "Spoel met veel water. Bel meteen je huisarts."),
        ),
        "omnigene": (
            spilled,
            ("Er kwam vloeistof in je ogen of mond.", "Spoel met veel water. Lees de folder en bel je huisarts."),
        ),
        "fit": (
            spilled,
            ("Er kwam vloeistof in je ogen of mond.", "Spoel met veel water. Lees de folder en bel je huisarts."),
        ),
    }[home.kit]
    return Words(
        title="Thuis een beetje poep verzamelen",
        intro="Fijn dat je meedoet! Lees eerst de twee kanten van dit blad. Begin daarna bij stap 1.",
        ready="Leg dit klaar:",
        needs=needs,
        steps=(
            Step("wash", "Plas eerst en was je handen", "Dan komt er straks geen plas bij je poep."),
            Step(
                "toilet",
                "Vang je poep op",
                "Hang het opvangpapier in de wc. Poep op het papier. "
                "Er mag geen plas of water bij komen. Leg geen wc-papier op je poep.",
            ),
            Step(
                "form",
                "Kijk naar je poep",
                "Welk plaatje op de achterkant lijkt er het meest op? Schrijf het nummer op het formulier. "
                "Schrijf ook de datum en de tijd op.",
            ),
            fill,
            close,
            Step("bag", "Doe de buis in het zakje", "Veeg de buis schoon met wc-papier. Maak het zakje goed dicht."),
            keep,
            Step(
                "bin",
                "Ruim op",
                "Spoel de rest van je poep door de wc. Doe het papier in de vuilnisbak. Was je handen met zeep.",
            ),
            bring,
        ),
        card="Welk plaatje lijkt op jouw poep?",
        types=TYPES["nl"],
        doubt="Twijfel je? Kies dan het plaatje dat er het meest op lijkt.",
        wrong_title="Gaat er iets mis?",
        wrong=(
            ("Er kwam plas of water bij je poep.", "Gebruik deze poep niet. Probeer het een andere keer opnieuw."),
            *special,
            ("De buis is kapot.", "Raak geen scherven aan. Bel ons. Je krijgt een nieuwe buis."),
            (
                "De sticker met de code is weg.",
                "Schrijf de code van het formulier op het zakje. Bel ons als je de code niet weet.",
            ),
            ("Je kunt niet poepen.", "Dat geeft niet. Probeer het een andere dag opnieuw."),
            (
                "Je gebruikt medicijnen.",
                "Schrijf ze op het formulier. Stop niet met je medicijnen voor dit onderzoek.",
            ),
            (
                "Je ziet bloed of maakt je zorgen.",
                "Bel je huisarts. Wij kijken niet of je ziek bent.",
            ),
        ),
        contact_title="Vragen?",
        contact=(
            f"Bel {home.phone or _LINE} of mail naar {home.email or _LINE}.",
            "Schrijf je naam nergens op. Op de buis staat een code. "
            "De mensen in het lab weten dus niet van wie de poep is.",
        ),
        turn="Kijk ook op de achterkant",
    )


def _english(home: Home) -> Words:
    needs = {
        "none": "paper to catch your poo, tube with spoon, bag, cool bag with ice pack, form and pen.",
        "ethanol": "paper to catch your poo, tube with liquid and spoon, leaflet, bag, envelope, form and pen.",
        "omnigene": "paper to catch your poo, box with the tube, leaflet, bag, envelope, form and pen.",
        "fit": "paper to catch your poo, tube with stick, leaflet, bag, envelope, form and pen.",
    }[home.kit]
    fill = {
        "none": Step(
            "spoon",
            "Put some poo in the tube",
            "Scoop up a little poo with the spoon. Put it in the tube. "
            "Do not fill the tube to the top: frozen poo takes more room.",
        ),
        "ethanol": Step(
            "liquid",
            "Put some poo in the tube",
            "Do not pour the liquid out. Put a little poo into the liquid with the spoon. "
            "The leaflet says how much poo you need.",
        ),
        "omnigene": Step(
            "liquid",
            "Put some poo in the tube",
            "Do just what the leaflet says. It also shows how much poo you need. Do not pour the liquid out.",
        ),
        "fit": Step(
            "stick",
            "Poke the stick into your poo",
            "Do just what the leaflet says. Then put the stick back into the tube. Do not pour the liquid out.",
        ),
    }[home.kit]
    same = "Look at the code on the tube. The same code must be on your form."
    close = {
        "none": Step("close", "Close the tube", f"Turn the cap until it is tight. {same}"),
        "ethanol": Step("shake", "Close the tube and shake it", f"Shake it as the leaflet says. {same}"),
        "omnigene": Step("shake", "Close the tube and shake it", f"Shake it as the leaflet says. {same}"),
        "fit": Step("close", "Close the tube well", same),
    }[home.kit]
    keep = {
        "none": Step(
            "freezer",
            "Put the tube in the freezer at once",
            f"Do this within {minutes(home.freezer_minutes, 'en')} after you poo. "
            "Write down what time it was. Then leave the tube in the freezer.",
        ),
        "ethanol": Step(
            "no-fire",
            "Keep the tube in a safe place",
            "There is alcohol in the tube, and it can burn. Keep the tube far from fire. "
            "Do not leave it in the sun. Keep it away from children and pets.",
        ),
        "omnigene": Step(
            "leaflet",
            "Keep the tube well",
            "Do what the leaflet says. Do not leave the tube in the sun. Keep it away from children and pets.",
        ),
        "fit": Step(
            "leaflet",
            "Keep the tube well",
            "Do what the leaflet says. Do not leave the tube in the sun. Keep it away from children and pets.",
        ),
    }[home.kit]
    bring = (
        Step(
            "cool-bag",
            "Hand in the tube while it is frozen",
            "We will make an appointment with you. Take the tube out of the freezer just before. "
            "Put it in the cool bag with the ice pack. Add the form.",
        )
        if home.kit == "none"
        else Step(
            "envelope",
            "Send it all to us",
            f"Put the bag and the form in the envelope. Post the envelope within {about(home.return_days, 'en')}.",
        )
    )
    spilled = ("Liquid ran out of the tube.", "Do not use this tube. Call us. You will get a new one.")
    special = {
        "none": (
            (
                "You forgot to freeze the tube.",
                "Put it in the freezer now. Write down what time it was. We will see if we can still use it.",
            ),
            ("The tube has thawed.", "Put it back in the freezer. Write down what happened. Call us."),
        ),
        "ethanol": (
            spilled,
            ("Liquid got into your eyes or mouth.", "Rinse with a lot of water. Call your doctor at once."),
        ),
        "omnigene": (
            spilled,
            (
                "Liquid got into your eyes or mouth.",
                "Rinse with a lot of water. Read the leaflet and call your doctor.",
            ),
        ),
        "fit": (
            spilled,
            (
                "Liquid got into your eyes or mouth.",
                "Rinse with a lot of water. Read the leaflet and call your doctor.",
            ),
        ),
    }[home.kit]
    return Words(
        title="Collect a little poo at home",
        intro="Thank you for taking part! First read the two sides of this sheet. Then start with step 1.",
        ready="Have these ready:",
        needs=needs,
        steps=(
            Step("wash", "Pee first and wash your hands", "Then no pee will get on your poo."),
            Step(
                "toilet",
                "Catch your poo",
                "Hang the paper in the toilet. Poo on the paper. "
                "No pee or water may get on it. Do not put toilet paper on your poo.",
            ),
            Step(
                "form",
                "Look at your poo",
                "Which picture on the back is most like it? Write the number on the form. "
                "Write down the date and time, too.",
            ),
            fill,
            close,
            Step("bag", "Put the tube in the bag", "Wipe the tube clean with toilet paper. Close the bag well."),
            keep,
            Step(
                "bin",
                "Clean up",
                "Flush the rest of your poo down the toilet. Put the paper in the bin. Wash your hands with soap.",
            ),
            bring,
        ),
        card="Which picture is like your poo?",
        types=TYPES["en"],
        doubt="Not sure? Choose the picture that is most like it.",
        wrong_title="Did something go wrong?",
        wrong=(
            ("Pee or water got on your poo.", "Do not use this poo. Try again another time."),
            *special,
            ("The tube is broken.", "Do not touch broken glass or plastic. Call us. You will get a new tube."),
            (
                "The sticker with the code is gone.",
                "Copy the code from the form onto the bag. Call us if you do not know the code.",
            ),
            ("You cannot poo.", "That is fine. Try again another day."),
            ("You use medicines.", "Write them on the form. Do not stop your medicines for this study."),
            ("You see blood or you are worried.", "Call your doctor. We do not check whether you are ill."),
        ),
        contact_title="Questions?",
        contact=(
            f"Call {home.phone or _LINE} or mail {home.email or _LINE}.",
            "Do not write your name on anything. There is a code on the tube. "
            "So the people in the lab do not know whose poo it is.",
        ),
        turn="See the back, too",
    )


def _dutch_form(home: Home) -> FormWords:
    return FormWords(
        title="Formulier bij je buis",
        intro="Vul dit in op de dag dat je poept. Schrijf je naam er niet op.",
        code="Code op de buis",
        code_hint="Plak hier de sticker, of schrijf de code over.",
        pooped="Wanneer heb je gepoept?",
        date_time=("datum", "tijd"),
        card="Welk plaatje lijkt op jouw poep? Zet een kruisje.",
        stored="Wanneer legde je de buis in de vriezer?"
        if home.kit == "none"
        else "Wanneer doe je de envelop op de post?",
        mixed="Kwam er plas of water bij je poep?",
        antibiotics=f"Heb je in de laatste {about(home.antibiotics_days, 'nl')} antibiotica gebruikt?",
        which="welke:",
        last_day="laatste dag:",
        medicines="Welke andere medicijnen gebruikte je in de laatste week? Schrijf ook middelen op voor je maag of om "
        "te poepen, en producten met bacteriën.",
        differently="Ging er iets anders dan op het blad staat? Wat?",
        answers=("nee", "ja", "weet ik niet"),
        laboratory="Voor het lab",
        laboratory_asks=("ontvangen op:", "paraaf:"),
    )


def _english_form(home: Home) -> FormWords:
    return FormWords(
        title="Form for your tube",
        intro="Fill this in on the day you poo. Do not write your name on it.",
        code="Code on the tube",
        code_hint="Stick the label here, or copy the code.",
        pooped="When did you poo?",
        date_time=("date", "time"),
        card="Which picture is like your poo? Put a cross.",
        stored="When did you put the tube in the freezer?" if home.kit == "none" else "When do you post the envelope?",
        mixed="Did pee or water get on your poo?",
        antibiotics=f"Did you use antibiotics in the last {about(home.antibiotics_days, 'en')}?",
        which="which:",
        last_day="last day:",
        medicines="Which other medicines did you use in the last week? Write down things for your stomach or to help "
        "you poo, too, and products with bacteria.",
        differently="Did anything go in another way than the sheet says? What?",
        answers=("no", "yes", "I don't know"),
        laboratory="For the laboratory",
        laboratory_asks=("received on:", "initials:"),
    )
