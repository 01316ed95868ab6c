"""Paper of a study: custody and deviations on one side each in both languages, and addresses beside codes."""

import io
import re

import pandas as pd
import pypdfium2
import pytest

from handbook_utils.errors import InputError, InputErrors
from handbook_utils.protocols.ledger import Ledger
from handbook_utils.protocols.paper.addresses import SHEET, address_labels, check_target, read_addresses
from handbook_utils.protocols.paper.forms import Head, custody_pdf, deviation_pdf, words
from handbook_utils.protocols.people.key_desk import Desk
from handbook_utils.protocols.people.key_file import Key, write_key

SECRET = "correct horse battery staple"  # noqa: S105 - of a key that the test makes


def pages(pdf):
    document = pypdfium2.PdfDocument(io.BytesIO(pdf))
    return [re.sub(r"\s+", " ", page.get_textpage().get_text_bounded()) for page in document]


@pytest.mark.parametrize("lang", ["en", "nl"])
@pytest.mark.parametrize(("draw", "name"), [(custody_pdf, "custody"), (deviation_pdf, "deviation")])
@pytest.mark.parametrize(
    "head", [Head(), Head("A study with quite a long name of its own, in two towns", "10.2", "2026-01-12")]
)
def test_a_sheet_is_one_side_and_says_all_of_its_words(lang, draw, name, head):
    [text] = pages(draw(head, lang))
    said = words(lang)[name]
    asked = [said["title"], *said["fields"], *said.get("columns", ()), *said.get("ends", ()), *said.get("choices", ())]
    asked += [title for title, _ in said.get("boxes", ())]
    plain = re.sub(r"[\s￾-]", "", text)
    assert [one for one in asked if re.sub(r"[\s-]", "", one) not in plain] == []
    assert draw(head, lang) == draw(head, lang)


def test_both_languages_ask_the_same():
    def shape(said):
        if isinstance(said, dict):
            return {name: shape(one) for name, one in said.items()}
        return [shape(one) for one in said] if isinstance(said, list) else type(said).__name__

    assert shape(words("en")) == shape(words("nl"))


@pytest.fixture
def desk(tmp_path):
    (tmp_path / "study").mkdir()
    (tmp_path / "keys").mkdir()
    write_key(
        tmp_path / "keys" / "key", Key("BUIK", False, {"S001": "7K3PXP", "S002": "8M2QRT", "S003": "9N4RST"}), SECRET
    )
    ledger = Ledger(tmp_path / "study" / "ledger.sqlite")
    return Desk(tmp_path / "study", tmp_path / "keys" / "key", ledger, SECRET, "BUIK", False, "AB")


def given(tmp_path, *rows):
    frame = pd.DataFrame(rows, columns=["screening_id", "name", "street", "postcode", "town"])
    frame.to_csv(tmp_path / "addresses.csv", index=False)
    return read_addresses(tmp_path / "addresses.csv")


def test_codes_and_addresses_stand_beside_each_other_and_the_ledger_remembers(desk, tmp_path):
    addresses = given(
        tmp_path,
        ("s002", "B. Voorbeeld", "Kerkstraat 2", "1234 AB", "Assen"),
        ("S001", "A. Voorbeeld", "Dijk 1", "9700 AA", "Groningen"),
    )
    pdf, without = address_labels(desk, addresses, "nl", "Laboratorium, Postbus 1, Groningen")
    [text] = pages(pdf)
    assert text.index("7K3PXP") < text.index("A. Voorbeeld") < text.index("8M2QRT") < text.index("B. Voorbeeld")
    assert text.count("Retour aan") == 2
    assert without == ["9N4RST"]
    assert "addresses on 2 kits" in str(desk.ledger.events("key opened")["detail"].tolist())
    assert len(pages(address_labels(desk, addresses, "en", first=SHEET.labels - 2)[0])) == 2
    with pytest.raises(InputError, match="language"):
        address_labels(desk, addresses, "de")


def test_a_row_holds_one_kit_wherever_a_sheet_was_begun(desk, tmp_path):
    addresses = given(tmp_path, ("S001", "A", "Dijk 1", "9700 AA", "Assen"), ("S002", "B", "Weg 2", "9700 AB", "Assen"))
    for first, sender in ((1, ""), (3, ""), (5, "Postbus 1")):
        [page] = pypdfium2.PdfDocument(address_labels(desk, addresses, "nl", sender, first)[0])
        text = page.get_textpage()
        height = {}
        for word in ("7K3PXP", "Dijk 1", "8M2QRT", "Weg 2"):
            place = text.search(word).get_next()[0]
            height[word] = (text.get_charbox(place)[1] + text.get_charbox(place)[3]) / 2
        assert abs(height["7K3PXP"] - height["Dijk 1"]) < SHEET.height > 20
        assert abs(height["7K3PXP"] - height["8M2QRT"]) > SHEET.height * 2


def test_a_long_address_is_printed_whole_or_refused(desk, tmp_path):
    long = "Wijnanda Hendrika Christina van Heeckeren tot Overlaer-Kell"
    street = "Burgemeester van Walsumsingel 123 bis, kamer 7"
    [text] = pages(address_labels(desk, given(tmp_path, ("S001", long, street, "9000 AA", "Assen")), "nl")[0])
    assert long in text
    assert street in text
    for name, why in (
        (f"{long} {long} {long} {long} {long}", "too long"),
        ("W" * 60, "too long"),
        ("山田", "letters"),
    ):
        with pytest.raises((InputError, InputErrors), match=why):
            address_labels(desk, given(tmp_path, ("S001", name, street, "9000 AA", "Assen")), "nl")


def test_addresses_of_strangers_and_empty_lines_are_refused_and_none_goes_into_the_studys_folder(desk, tmp_path):
    with pytest.raises(InputErrors, match="no code"):
        address_labels(desk, given(tmp_path, ("S009", "C", "D 1", "1234 AB", "Assen")), "nl")
    with pytest.raises(InputErrors) as found:
        given(tmp_path, ("S001", "C", "", "1234 AB", "Assen"), ("S001", "C", "E 1", "1234 AB", "Assen"))
    assert len(found.value.errors) == 2
    with pytest.raises(InputError, match="study's folder"):
        check_target(desk.folder / "labels.pdf", desk.folder)
    check_target(tmp_path / "keys" / "labels.pdf", desk.folder)
