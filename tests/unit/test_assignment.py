"""Codes are given once and kept, the key is encrypted and lies apart, and every label scans from the printed page."""

import stat

import numpy as np
import pandas as pd
import pypdfium2
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st

from handbook_utils.errors import InputError, InputErrors
from handbook_utils.protocols.example.people import SEED, TIME_POINTS, example_samples
from handbook_utils.protocols.label_formats import FORMATS, GRID, OWN, SMALLEST_LABEL, label_format
from handbook_utils.protocols.people import key_file
from handbook_utils.protocols.people.assignment import (
    INCLUDED_COLUMNS,
    assign_codes,
    assign_codes_and_labels,
    example_included,
    kits_of,
    read_included,
    spares_needed,
    tubes_of,
)
from handbook_utils.protocols.people.codes import is_code
from handbook_utils.protocols.people.key_file import PASSPHRASE, Key, read_key, seal, unseal, write_key
from handbook_utils.protocols.people.labels import Label, label_sheets, modules, sheets_needed

SECRET = "correct horse battery staple"  # noqa: S105 - of keys that the tests make
PEOPLE = example_included()


def give(people=PEOPLE, **changes):
    given = {"study": "BUIK", "length": 6, "spares": 5, "seed": None, "key_file": None, "secret": SECRET}
    return assign_codes(people, **(given | changes))


def scanned(pdf: bytes) -> list[list[str]]:
    """What a scanner reads on each page, in the order of rows and columns, at the resolution of an office printer."""
    found = []
    document = pypdfium2.PdfDocument(pdf)
    try:
        for number in range(len(document)):
            page = document[number]
            image = np.asarray(page.render(scale=300 / 72).to_pil().convert("L"))
            page.close()
            codes = zxingcpp.read_barcodes(image)
            codes.sort(key=lambda code: (round(code.position.top_left.y / 40), code.position.top_left.x))
            found.append([code.text for code in codes])
    finally:
        document.close()
    return found


# ---------------------------------------------------------------------------------------------------------------- codes


def test_the_example_gets_exactly_its_tubes():
    made = give(seed=SEED, secret=None)
    tubes = tubes_of(made.people, TIME_POINTS)
    stored = example_samples().sort_values("sample").reset_index(drop=True)
    pd.testing.assert_frame_equal(tubes.sort_values("sample").reset_index(drop=True), stored, check_dtype=False)
    assert list(tubes.columns) == list(stored.columns)
    assert made.key == "not kept"


def test_a_second_run_gives_the_codes_of_before(tmp_path):
    path = tmp_path / "key" / "key.enc"
    first = give(key_file=path)
    sealed = path.read_bytes()
    again = give(key_file=path)
    pd.testing.assert_frame_equal(first.people, again.people)
    assert first.spares == again.spares
    assert (first.key, first.new, again.key, again.kept) == ("written", 60, "unchanged", 60)
    assert path.read_bytes() == sealed


def test_new_people_get_new_codes_and_a_code_of_who_left_is_never_given_again(tmp_path):
    path = tmp_path / "key.enc"
    give(PEOPLE.iloc[:50], key_file=path)
    before = read_key(path, SECRET)
    second = give(PEOPLE.iloc[10:], key_file=path, spares=9)
    after = read_key(path, SECRET)
    assert (second.kept, second.new, second.left) == (40, 10, 10)
    assert before.codes.items() <= after.codes.items()
    assert before.spares == after.spares[:5]
    every = [*after.codes.values(), *after.spares]
    assert len(set(every)) == len(every) == 60 + 9
    assert all(map(is_code, every))
    assert unseal((tmp_path / "key.enc.g000001").read_bytes(), SECRET) == before


def test_codes_of_real_people_do_not_come_from_the_seed(tmp_path):
    one = give(key_file=tmp_path / "a.enc")
    other = give(key_file=tmp_path / "b.enc")
    assert not set(one.people["participant"]) & set(other.people["participant"])


def test_the_order_of_the_list_tells_nothing():
    made = give(seed=SEED, secret=None)
    codes = list(made.people["participant"])
    assert codes == sorted(codes)
    assert "screening_id" not in made.people


def test_a_key_of_another_study_or_of_invented_people_is_refused(tmp_path):
    path = tmp_path / "key.enc"
    give(key_file=path, seed=SEED)
    with pytest.raises(InputError, match="another study"):
        give(key_file=path)
    with pytest.raises(InputError, match="another study"):
        give(key_file=path, seed=SEED, study="OTHER")


def test_spares_and_kits():
    made = give(seed=3, secret=None, spares=spares_needed(180, 10))
    tubes = tubes_of(made.people, TIME_POINTS)
    kits = kits_of(made.people, tubes)
    assert len(made.spares) == 18
    assert not set(made.spares) & set(made.people["participant"])
    assert "arm" not in kits.columns
    assert (kits["tubes"] == 3).all()
    assert sorted(" ".join(kits["samples"]).split()) == sorted(tubes["sample"])


@given(st.integers(0, 5000), st.floats(0, 100))
def test_spares_are_enough(tubes, percent):
    assert tubes * percent / 100 - 1e-5 <= spares_needed(tubes, percent) <= tubes * percent / 100 + 1


# ------------------------------------------------------------------------------------------------------------- the key


def test_the_key_file_shows_nothing_and_only_its_owner_reads_it(tmp_path):
    path = tmp_path / "key" / "key.enc"
    key = Key("BUIK", False, {"S001": "7K3PXP"}, ("8HY72H",))
    write_key(path, key, SECRET)
    raw = path.read_bytes()
    for secret in (b"S001", b"7K3PXP", b"8HY72H", b"BUIK", SECRET.encode()):
        assert secret not in raw
    assert read_key(path, SECRET) == key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert sorted(entry.name for entry in path.parent.iterdir()) == [".key.enc.lock", "key.enc", "key.enc.g000001"]
    assert seal(key, SECRET) != seal(key, SECRET)


def test_a_wrong_passphrase_a_changed_file_and_another_file(tmp_path):
    path = tmp_path / "key.enc"
    write_key(path, Key("BUIK", False), SECRET)
    with pytest.raises(InputError, match="cannot be opened"):
        read_key(path, "wrong horse battery staple")
    raw = bytearray(path.read_bytes())
    raw[-10] ^= 1
    path.write_bytes(raw)
    with pytest.raises(InputError, match="cannot be opened"):
        read_key(path, SECRET)
    for content in (b"", b"S001,7K3PXP\n", b"handbook-key 1\n", b"handbook-key 1\n!!\nx\n"):
        path.write_bytes(content)
        with pytest.raises(InputError, match="not a key file"):
            give(key_file=path)
        assert path.read_bytes() == content
    assert read_key(tmp_path / "absent", SECRET) is None


def test_passphrase_of_the_environment(monkeypatch):
    monkeypatch.delenv(PASSPHRASE, raising=False)
    assert key_file.passphrase() is None
    monkeypatch.setenv(PASSPHRASE, "short")
    with pytest.raises(InputError, match="too short") as found:
        key_file.passphrase()
    assert "short" not in str(found.value).replace("too short", "")
    monkeypatch.setenv(PASSPHRASE, SECRET)
    assert key_file.passphrase() == SECRET


# --------------------------------------------------------------------------------------------------- before it is run

PARAMETERS = {
    "included": "",
    "key_file": "",
    "label_format": "a4-38x21",
    "time_points": ["baseline", "week-6"],
    "simulated": False,
    "acronym": "BUIK",
}


@pytest.fixture
def listed(tmp_path, monkeypatch):
    monkeypatch.delenv(PASSPHRASE, raising=False)
    path = tmp_path / "included.csv"
    PEOPLE.to_csv(path, index=False)
    return path


def test_real_people_need_a_place_for_the_key_and_a_passphrase(listed, tmp_path, monkeypatch):
    assign_codes_and_labels(PARAMETERS)
    assign_codes_and_labels({**PARAMETERS, "included": str(listed), "simulated": True})
    with pytest.raises(InputErrors, match="no place for the key"):
        assign_codes_and_labels({**PARAMETERS, "included": str(listed)})
    with pytest.raises(InputErrors, match=PASSPHRASE):
        assign_codes_and_labels({**PARAMETERS, "included": str(listed), "key_file": str(tmp_path / "key.enc")})
    monkeypatch.setenv(PASSPHRASE, SECRET)
    assign_codes_and_labels({**PARAMETERS, "included": str(listed), "key_file": str(tmp_path / "key.enc")})
    assert not (tmp_path / "key.enc").exists()
    with pytest.raises(InputError, match="no place"):
        give(key_file=None)


def test_all_errors_at_once(tmp_path):
    path = tmp_path / "included.csv"
    path.write_text(",".join(INCLUDED_COLUMNS) + "\nS1,G,male,18-39,\nS1,G,male,18-39,usual\n", encoding="utf-8")
    with pytest.raises(InputErrors) as found:
        assign_codes_and_labels(
            {
                **PARAMETERS,
                "included": str(path),
                "label_format": "a4-38x12",
                "time_points": ["one", "one"],
                "simulated": True,
            }
        )
    told = str(found.value)
    for said in ("arm is empty", "stand twice in the list", "Did you mean 'a4-38x21'", "Time points"):
        assert said in told


def test_a_list_with_names_is_refused(tmp_path):
    path = tmp_path / "included.csv"
    PEOPLE.assign(name="A. Person").rename(columns={"arm": "arms"}).to_csv(path, index=False)
    with pytest.raises(InputErrors) as found:
        read_included(path)
    assert "no column arm" in str(found.value)
    assert "arms, name" in str(found.value)
    path.write_text(",".join(INCLUDED_COLUMNS) + "\n", encoding="utf-8")
    with pytest.raises((InputError, InputErrors)):
        read_included(path)


# -------------------------------------------------------------------------------------------------------------- labels


def own(**changes):
    """A grid of a study's own."""
    measures = dict(zip(GRID, (3, 18, 63, 14.5, 7.5, 18, 3, 0.2), strict=True)) | changes
    return {name: str(value) for name, value in measures.items()}


OWN_GRIDS = {
    "own": label_format(OWN, own()),
    "own, smallest": label_format(OWN, own(columns=10, rows=30, width_mm=18, height_mm=9, left_mm=10, gap_across_mm=1)),
}


def test_a_grid_of_ones_own():
    form = OWN_GRIDS["own"]
    assert (form.columns, form.rows, form.width, form.height, form.left, form.top) == (3, 18, 63, 14.5, 7.5, 18)
    assert (form.across, form.down, form.labels) == (66, 14.7, 54)
    full = label_format(OWN, own(columns=1, rows=1, width_mm=210, height_mm=297, left_mm=0, top_mm=0))
    assert full.labels == 1
    assert (OWN_GRIDS["own, smallest"].width, OWN_GRIDS["own, smallest"].height) == SMALLEST_LABEL


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"left_mm": 20}, ("do not fit across", "215 mm", "at most 210 mm")),
        ({"rows": 20}, ("do not fit down", "311.8 mm", "at most 297 mm")),
        ({"width_mm": 8, "rows": 0}, ("at least 18", "does not scan", "label_grid, rows", "a whole number")),
        (
            {"columns": 2.5, "top_mm": "12,5"},
            ("label_grid, columns", "2.5", "label_grid, top_mm", "12,5"),
        ),
        ({"gap_down_mm": -1, "height_mm": "nan"}, ("at least 0", "-1", "label_grid, height_mm")),
        ({"gap_down": 1}, ("no 'gap_down'", "'gap_down_mm'? The unit")),
        ({"columns": "inf", "rows": ""}, ("inf", "nothing")),
    ],
)
def test_grids_that_cannot_be(changes, said):
    with pytest.raises(InputErrors) as found:
        label_format(OWN, own(**changes))
    assert [words for words in said if words not in str(found.value)] == []


def test_a_grid_must_be_whole_and_used():
    with pytest.raises(InputErrors, match="no columns, rows"):
        label_format(OWN)
    with pytest.raises(InputErrors, match="not used"):
        label_format("a4-38x21", own())
    with pytest.raises(InputErrors, match="do not fit"):
        assign_codes_and_labels({**PARAMETERS, "label_format": OWN, "label_grid": own(columns=9)})


def test_the_study_file_says_what_is_wrong_with_a_grid(tmp_path):
    from handbook_utils.protocols.study_file import read_study_file
    from handbook_utils.protocols.study_template import example

    path = tmp_path / "study.yml"
    grid = ", ".join(f"{name}: {value}" for name, value in own().items())
    text = (
        example()
        .replace("label_format: a4-38x21", "label_format: own")
        .replace("label_grid: {}", f"label_grid: {{{grid}}}")
    )
    path.write_text(text, encoding="utf-8")
    assert read_study_file(path).values["codes.label_grid"]["height_mm"] == "14.5"
    path.write_text(text.replace("columns: 3", "columns: 7"), encoding="utf-8")
    with pytest.raises(InputErrors, match=r"codes\.label_grid") as found:
        read_study_file(path)
    assert "do not fit across" in str(found.value)


@pytest.mark.parametrize("form", (FORMATS | OWN_GRIDS).values(), ids=FORMATS | OWN_GRIDS)
@pytest.mark.parametrize("first", [1, 40])
def test_every_label_scans_from_the_rendered_page_in_its_place(form, first):
    made = give(seed=SEED, secret=None, spares=18)
    tubes = tubes_of(made.people, TIME_POINTS)
    labels = [Label(code, ("baseline", "BUIK")) for code in [*tubes["sample"], *made.spares]]
    pages = scanned(label_sheets(labels, form, title="Labels", first=first))
    assert len(pages) == sheets_needed(len(labels), form, first)
    assert [code for page in pages for code in page] == [label.code for label in labels]


def test_long_codes_and_long_words_scan_too():
    labels = [Label("7K3PXP7K3PXP-12", ("a very long time point that cannot fit", "ABCDEFGHIJKL"))] * 3
    for form in FORMATS.values():
        assert scanned(label_sheets(labels, form, title="Labels")) == [[labels[0].code] * 3]


def test_labels_stay_on_the_sheet_and_apart():
    for form in FORMATS.values():
        assert form.left + (form.columns - 1) * form.across + form.width <= 210
        assert form.top + (form.rows - 1) * form.down + form.height <= 297
        assert form.across >= form.width
        assert form.down >= form.height
        # Margins of grids that are centred, as those of the makers are.
        assert form.left == pytest.approx((210 - (form.columns - 1) * form.across - form.width) / 2, abs=0.1)
        assert form.top == pytest.approx((297 - (form.rows - 1) * form.down - form.height) / 2, abs=0.1)


def test_the_same_labels_are_the_same_bytes():
    labels = [Label("7K3PXP-1", ("baseline",))]
    form = FORMATS["a4-38x21"]
    assert label_sheets(labels, form, title="x") == label_sheets(labels, form, title="x")


@settings(max_examples=30)
@given(st.text("0123456789BCDFGHJKLMNPQRSTVWXYZ-", min_size=1, max_size=15))
def test_a_symbol_is_square_and_small(code):
    matrix = modules(code)
    assert len(matrix) == len(matrix[0]) <= 25


def test_no_key_is_written_among_results(tmp_path):
    from handbook_utils.protocols.study_file import read_study_file
    from handbook_utils.protocols.study_template import example

    path = tmp_path / "study.yml"
    path.write_text(example().replace("key/key.enc", "results/../results/key.enc"), encoding="utf-8")
    with pytest.raises(InputErrors, match="must not lie among results"):
        read_study_file(path)
