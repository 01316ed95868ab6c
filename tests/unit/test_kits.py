"""Kits are files: every limit has a source, a study changes any of them, and no limit of one kit holds for another."""

import re
from pathlib import Path

import pytest

from handbook_utils.chapters import handbook_root
from handbook_utils.errors import InputError, InputErrors
from handbook_utils.protocols.home.inputs import collect_at_home
from handbook_utils.protocols.kits import LIMITS, kit_of, kit_text, kits, read_kit
from handbook_utils.protocols.kits.limits import kit_with, limits_of
from handbook_utils.protocols.share.reporting import storms
from handbook_utils.protocols.study_file import read_study_file
from handbook_utils.protocols.study_template import example


def own(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "my-kit.yml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("name", kits())
def test_every_limit_of_every_kit_says_whose_it_is(name):
    papers = set(re.findall(r"@\w+\{(\w+),", (handbook_root() / "book" / "references.bib").read_text(encoding="utf-8")))
    limits = kits()[name].limits
    assert list(limits) == list(LIMITS)
    for limit in limits.values():
        assert limit.source in {"own", "maker", *papers}
        assert limit.why
        assert limit.whose
        assert limit.known or limit.value is None


def test_the_kits_that_studies_use_are_there():
    assert {"none", "ethanol", "omnigene", "shield", "rnalater", "fit", "card", "swab"} == set(kits())
    assert {name for name, kit in kits().items() if kit.frozen_at_home} == {"none"}


@pytest.mark.parametrize("name", [name for name in kits() if name != "none"])
def test_no_kit_but_frozen_stool_has_the_limit_of_frozen_stool(name):
    limits = limits_of(kit_of(name))
    assert limits.warmest is None or limits.warmest >= 20
    assert limits.place == "receipt"


@pytest.mark.parametrize("name", kits())
def test_a_copy_of_a_kit_is_a_kit_and_any_limit_can_be_set(tmp_path, name):
    path = own(tmp_path, kit_text(name))
    assert read_kit(path).limits == kits()[name].limits
    for limit in LIMITS:
        value = -12.0 if limit.endswith("celsius") else 240.0
        changed = kit_with({"kit": "none", "kit_file": str(path), limit: value, "warmest_celsius": -10.0})
        assert changed.limits[limit].whose == "the study's own"


def test_all_that_is_wrong_in_a_kit_is_told_at_once(tmp_path):
    text = kit_text("omnigene").replace("value: 1440", "value: long").replace("frozen_at_home: no", "frozen_at_home: 3")
    text = text.replace("sheet: liquid", "sheet: fluid").replace("  coldest_celsius:", "  coldest_kelvin:")
    text = re.sub(r"(value: 25\n    source:) maker", r"\1", text)
    with pytest.raises(InputErrors) as found:
        read_kit(own(tmp_path, text))
    told = str(found.value)
    for said in (
        "my-kit.yml, limits: hours",
        "a number, none, or unknown",
        "neither yes nor no",
        "There is no such sheet",
        "A kit has no 'coldest_kelvin'",
        "Did you mean 'coldest_celsius'?",
        "does not say coldest_celsius",
        "The limit has no source",
    ):
        assert said in told
    with pytest.raises(InputErrors, match="This is not a kit"):
        read_kit(own(tmp_path, "just text\n"))
    text = kit_text("none").replace("value: 240", "value: 2")
    with pytest.raises(InputErrors, match="reject_minutes is below flag_minutes"):
        read_kit(own(tmp_path, text))


def test_limits_that_do_not_go_together_are_refused_and_not_half_taken():
    with pytest.raises(InputError, match="reject_minutes is below flag_minutes"):
        kit_with({"kit": "none", "flag_minutes": 300.0})
    with pytest.raises(InputError, match="warmest_celsius is below coldest_celsius"):
        kit_with({"kit": "omnigene", "coldest_celsius": 30.0})


def test_a_study_names_a_kit_of_its_own_in_its_study_file(tmp_path):
    own(tmp_path, kit_text("omnigene").replace("title: OMNIgene.GUT", "title: a tube of our own"))
    study = tmp_path / "study.yml"
    study.write_text(example().replace("  kit_file:", "  kit_file: my-kit.yml"), encoding="utf-8")
    values = read_study_file(study).values
    assert values["collection.kit_file"] == tmp_path / "my-kit.yml"
    study.write_text(example().replace("  kit_file:", "  kit_file: study.yml"), encoding="utf-8")
    with pytest.raises(InputErrors, match="A kit has no 'people'"):
        read_study_file(study)


def test_what_a_report_says_of_the_kit_is_the_kits(tmp_path):
    path = own(tmp_path, kit_text("shield").replace("reported: stool in DNA/RNA Shield", "reported: stool in brand X"))
    said = storms({"kit": "none", "kit_file": str(path), "warmest_celsius": 30.0}).set_index("item")[
        "what the study says"
    ]
    assert "stool in brand X" in " ".join(map(str, said))
    assert "above 30 °C for more than 240 minutes flagged" in " ".join(map(str, said))
    collect_at_home({"kit": "none", "kit_file": str(path), "study": "", "freezer_minutes": 15})
