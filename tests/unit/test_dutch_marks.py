"""Dutch is written with the marks that a Dutch reader expects, also where quotes are turned round by the publisher."""

import re

import polib

from handbook_utils.chapters import handbook_root

#: An apostrophe that begins a word: a straight one comes out as an opening quote.
SHORTENED = re.compile(r"(?<![\w'’])['‘](?:s (?:nachts|avonds|ochtends|morgens|middags|winters|zomers)|t|n|k)\b(?!')")


def dutch_texts():
    root = handbook_root()
    for path in sorted(root.glob("locale/nl/**/*.po")):
        yield from ((path.name, entry.msgstr) for entry in polib.pofile(str(path)) if entry.msgstr)
    for path in sorted(root.glob("book/*.yml")):
        yield path.name, path.read_text(encoding="utf-8")


def test_a_word_that_begins_with_an_apostrophe_has_one_that_stays_one():
    assert [(name, found[0]) for name, text in dutch_texts() for found in SHORTENED.finditer(text)] == []


def test_it_is_known_which_are_apostrophes():
    assert SHORTENED.search("Je wordt 's nachts wakker.")
    assert not SHORTENED.search("Je wordt ’s nachts wakker.")
    assert not SHORTENED.search("baby's, en 'een woord'")


def test_speech_has_one_kind_of_quotes():
    mixed = [
        (name, text) for name, text in dutch_texts() if name.endswith(".po") and re.search(r'[“”„]|(?<=\s)"\w', text)
    ]
    assert mixed == []
