"""Screening: exactly those included whom the rules let in, every reason kept, and all errors of a log at once."""

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handbook_utils import datasets
from handbook_utils.errors import InputError, InputErrors
from handbook_utils.protocols.example.people import example_samples
from handbook_utils.protocols.example.screening import example_screening
from handbook_utils.protocols.people.recruited import Recruitment
from handbook_utils.protocols.people.recruitment import balance, flow, inclusion_by_position, reach, share_interval
from handbook_utils.protocols.people.rules import rules_from
from handbook_utils.protocols.people.screening import (
    COLUMNS,
    INCLUDED,
    NOT_INCLUDED,
    UNDECIDED,
    WAITING,
    decide,
    include_participants,
    included_people,
    read_screening,
    reasons_count,
)

PARAMETERS = {
    "screening": "",
    "conditions": [
        "inflammatory bowel disease",
        "coeliac disease",
        "bowel resection",
        "immunosuppressive treatment",
    ],
    "age_bands": ["18-39", "40-59", "60-79"],
    "centres": ["Groningen", "Wageningen"],
    "arms": ["fibre", "fermented", "usual"],
    "age_min": 18,
    "age_max": 79,
    "antibiotics_days": 180,
    "probiotics_days": 28,
    "exclude_pregnant": True,
}
RULES = rules_from(PARAMETERS)
GOOD = {
    "screening_id": "S1",
    "screened": "2026-03-02",
    "centre": "Groningen",
    "sex": "female",
    "year_of_birth": "1980",
    "age": "45",
    "antibiotics_days": "none",
    "probiotics_days": "none",
    "pregnant": "no",
    "conditions": "none",
    "ses": "middle",
    "consent": "2026-03-01",
    "arm": "fibre",
}


def log_of(tmp_path, *changes, encoding="utf-8", separator=","):
    rows = [{**GOOD, "screening_id": f"S{number}", **change} for number, change in enumerate(changes, start=1)]
    path = tmp_path / "log.csv"
    path.write_text(pd.DataFrame(rows).to_csv(index=False, sep=separator), encoding=encoding)
    return path


def told(path, rules=RULES):
    with pytest.raises(InputErrors) as found:
        read_screening(path, rules)
    return list(found.value.errors)


def reasons_of(tmp_path, **change):
    return decide(read_screening(log_of(tmp_path, change), RULES), RULES).iloc[0]


def test_the_stored_log_is_what_the_generator_makes():
    path = datasets.path("example-study", "screening.csv")
    assert path.read_text(encoding="utf-8") == example_screening().to_csv(index=False)


@pytest.mark.parametrize("participants", [60, 200])
def test_exactly_the_participants_of_the_example_are_included(tmp_path, participants):
    path = tmp_path / "screening.csv"
    example_screening(participants).to_csv(path, index=False)
    log = read_screening(path, RULES)
    decisions = decide(log, RULES)
    found = included_people(log, decisions)
    people = example_samples(participants).drop_duplicates("participant").reset_index(drop=True)
    columns = ["arm", "sex", "age_band", "centre"]
    pd.testing.assert_frame_equal(found[columns], people[columns], check_dtype=False)
    assert found.columns.tolist() == ["screening_id", "centre", "sex", "age_band", "arm"]
    assert (decisions["decision"] == NOT_INCLUDED).sum() == round(participants / 2.5)


@pytest.mark.parametrize(
    ("change", "reasons"),
    [
        ({}, ()),
        ({"age": "18", "year_of_birth": "2008"}, ()),
        ({"age": "79", "year_of_birth": "1947"}, ()),
        ({"age": "17", "year_of_birth": "2008"}, ("younger than 18 years",)),
        ({"age": "80", "year_of_birth": "1946"}, ("older than 79 years",)),
        ({"antibiotics_days": "180"}, ()),
        ({"antibiotics_days": "179"}, ("antibiotics less than 180 days ago",)),
        ({"antibiotics_days": ""}, ("antibiotics not recorded",)),
        ({"probiotics_days": "27,0"}, ("probiotics less than 28 days ago",)),
        ({"probiotics_days": "28,0"}, ()),
        ({"pregnant": "yes"}, ("pregnant",)),
        ({"pregnant": "unknown"}, ("pregnancy not recorded",)),
        ({"pregnant": ""}, ("pregnancy not recorded",)),
        ({"pregnant": "", "sex": "male"}, ()),
        ({"conditions": "asthma"}, ()),
        ({"conditions": ""}, ("conditions not recorded",)),
        ({"conditions": "asthma|Coeliac Disease|bowel resection"}, ("coeliac disease", "bowel resection")),
        ({"consent": ""}, ("no consent",)),
        ({"consent": "2026-03-02"}, ()),
        ({"consent": "2026-03-03"}, ("consent dated after screening",)),
        (
            {"consent": "", "antibiotics_days": "3", "pregnant": "yes"},
            ("no consent", "antibiotics less than 180 days ago", "pregnant"),
        ),
    ],
)
def test_every_rule_at_its_edge_and_all_reasons(tmp_path, change, reasons):
    decision = reasons_of(tmp_path, **change)
    assert decision["reasons"] == reasons
    assert decision["decision"] == (NOT_INCLUDED if reasons else INCLUDED)


def test_deviations_and_those_who_wait(tmp_path):
    assert reasons_of(tmp_path, arm="")["decision"] == WAITING
    assert reasons_of(tmp_path, consent="2026-03-09", arm="")["deviation"] == "screened before consent"
    assert reasons_of(tmp_path, consent="")["deviation"] == "given the arm fibre without being eligible"
    assert reasons_of(tmp_path, consent="", arm="")["deviation"] == ""


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"screened": "03/02/2026"}, "Slashes leave open"),
        ({"screened": "2026-02-30"}, "no such day"),
        ({"screened": ""}, "day of screening is missing"),
        ({"consent": "yes"}, "not read as a date"),
        ({"year_of_birth": "3-4-1980"}, "date of birth stands where a year is enough"),
        ({"year_of_birth": "80"}, "four digits"),
        ({"age": "54"}, "45 or 46, for somebody born in 1980"),
        ({"age": "145"}, "Nobody is of that age"),
        ({"age": "-1"}, "Nobody is of that age"),
        ({"age": "45,5"}, "whole number of years"),
        ({"antibiotics_days": "-3"}, "cannot be negative"),
        ({"antibiotics_days": "never"}, "whole number of days"),
        ({"centre": "Groninngen"}, "Did you mean 'Groningen'?"),
        ({"centre": ""}, "centre is empty"),
        ({"sex": "v"}, "female, male, other"),
        ({"sex": "male", "pregnant": "yes"}, "do not go together"),
        ({"ses": "hihg"}, "Did you mean 'high'?"),
        ({"arm": "fibber"}, "Did you mean 'fibre'?"),
        ({"conditions": "bowl resection"}, "almost one that excludes"),
        ({"screening_id": ""}, "no screening id"),
    ],
)
def test_what_is_wrong_is_named_by_line_and_column(tmp_path, change, said):
    [error] = told(log_of(tmp_path, {}, change))
    assert said in str(error)
    assert "log.csv, line 3" in str(error.where)


def test_all_errors_of_a_log_at_once(tmp_path):
    errors = told(
        log_of(tmp_path, {"age": "7"}, {"screening_id": "S1", "consent": "2026-13-01"}, {"centre": "Delft", "sex": ""})
    )
    assert len(errors) == 5
    assert any("lines 2, 3" in str(error.where) for error in errors)


def test_columns_missing_and_unknown(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text("screening_id,naam,centre,antibiotic_days\n1,x,Groningen,3\n", encoding="utf-8")
    text = "\n".join(map(str, told(path)))
    assert "not asked for: naam" in text
    assert "no more than is needed" in text
    assert "Did you mean 'antibiotics_days'?" in text
    assert "screened, sex" in text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_layouts_of_spreadsheets(tmp_path, encoding, separator):
    rules = rules_from({**PARAMETERS, "centres": ["Zürich", "Groningen"]})
    path = log_of(
        tmp_path,
        {"centre": "Zürich", "screened": "2-3-2026", "consent": "1-3-2026", "antibiotics_days": "200,0"},
        encoding=encoding,
        separator=separator,
    )
    [person] = read_screening(path, rules).to_dict("records")
    assert person["centre"] == "Zürich"
    assert (person["screened"], person["consent"]) == (dt.date(2026, 3, 2), dt.date(2026, 3, 1))
    assert person["antibiotics_days"] == 200


def test_an_empty_log_and_wrong_rules(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text(",".join(COLUMNS) + "\n", encoding="utf-8")
    with pytest.raises((InputError, InputErrors)):
        read_screening(path, RULES)
    for change in ({"age_bands": "18-39"}, {"age_bands": "young"}, {"age_bands": "18-50,40-79"}, {"arms": " "}):
        with pytest.raises(InputErrors):
            include_participants({**PARAMETERS, **change})


@given(
    st.lists(st.fixed_dictionaries({name: st.text(max_size=12) for name in COLUMNS}), min_size=1, max_size=4),
)
def test_any_cells_are_read_or_refused_with_a_reason(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("log") / "log.csv"
    text = pd.DataFrame(rows, columns=list(COLUMNS)).to_csv(index=False)
    path.write_bytes(text.encode("utf-8", errors="surrogatepass"))
    with pytest.raises((InputError, InputErrors)):
        read_screening(path, RULES)


def test_counts_add_up():
    path = datasets.path("example-study", "screening.csv")
    log = read_screening(path, RULES)
    decisions = decide(log, RULES)
    counts = flow(log, decisions)
    assert counts["screened"] == counts[NOT_INCLUDED] + counts["eligible"]
    assert counts["eligible"] == counts[WAITING] + counts[INCLUDED]
    assert counts[INCLUDED] == sum(counts[arm] for arm in RULES.arms)
    people = balance(log, decisions, RULES.arms)
    assert (people["all"].groupby(level="what").sum() == counts[INCLUDED]).all()
    assert reasons_count(decisions).sum() == decisions["reasons"].map(len).sum()
    assert inclusion_by_position(log, decisions)["screened"].sum() == len(log)
    low, known, share, *_ = reach(log, decisions)[INCLUDED]
    assert (low, known) == (4, 60)
    assert share == pytest.approx(4 / 60)


def test_wilson_interval_against_published_numbers():
    # Newcombe 1998 (Statistics in Medicine 17:857), Table I, method 3: 81/263 and 0/20.
    assert share_interval(81, 263)[1:] == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert share_interval(0, 20)[1:] == pytest.approx((0.0, 0.1611), abs=5e-5)
    assert share_interval(0, 0)[1:] == (0.0, 1.0)


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("Crohn's disease", "inflammatory bowel disease"),
        ("crohn’s disease", "inflammatory bowel disease"),
        ("Ziekte van Crohn", "inflammatory bowel disease"),
        ("IBD", "inflammatory bowel disease"),
        ("Colitis Ulcerosa", "inflammatory bowel disease"),
        ("coeliakie", "coeliac disease"),
        ("celiac disease", "coeliac disease"),
        ("hemicolectomie", "bowel resection"),
        ("prednison", "immunosuppressive treatment"),
        ("niertransplantatie", "immunosuppressive treatment"),
    ],
)
def test_an_excluded_diagnosis_in_other_words(tmp_path, said, reason):
    for text in (said, said.upper(), f"asthma|{said}"):
        [found] = decided_of(tmp_path, {"conditions": text})
        assert (found["decision"], found["reasons"]) == (NOT_INCLUDED, (reason,))


def test_an_unknown_word_waits_for_a_decision_which_is_recorded_in_the_log(tmp_path):
    found = decided_of(
        tmp_path,
        {"conditions": "gnarls"},
        {"conditions": "gnarls (allowed)"},
        {"conditions": "astma|gnarls (excludes)"},
        {"conditions": "gnarls", "age": "12", "year_of_birth": ""},
    )
    assert [row["decision"] for row in found] == [UNDECIDED, INCLUDED, NOT_INCLUDED, NOT_INCLUDED]
    assert found[0]["reasons"] == ("condition not recognised: gnarls",)
    assert found[2]["reasons"] == ("excluded by decision: gnarls",)


@pytest.mark.parametrize(
    ("said", "decision", "reasons"),
    [
        ("DM2, hypertensie", INCLUDED, ()),
        ("geen coeliakie; astma", INCLUDED, ()),
        ("n.v.t.", INCLUDED, ()),
        ("M. Crohn sinds 2009", NOT_INCLUDED, ("inflammatory bowel disease",)),
        ("astma, CU, prednison", NOT_INCLUDED, ("inflammatory bowel disease", "immunosuppressive treatment")),
        ("astma gnarls", UNDECIDED, ("condition not recognised: gnarls, in: astma gnarls",)),
        ("geen astma, Crohn", UNDECIDED, ("condition not recognised: Crohn, in: geen astma, Crohn",)),
        ("Crohn gnarls (allowed)", NOT_INCLUDED, ("inflammatory bowel disease",)),
        ("astma gnarls (allowed)", INCLUDED, ()),
        ("moeder Crohn (allowed)", INCLUDED, ()),
    ],
)
def test_what_a_text_says_decides_piece_by_piece(tmp_path, said, decision, reasons):
    [found] = decided_of(tmp_path, {"conditions": said})
    assert (found["decision"], found["reasons"]) == (decision, reasons)


def test_how_conditions_were_read_is_told(tmp_path):
    texts = ["asthma", "asthma", "M. Crohn 2009", "PDS (geen IBD)", "gnarls", "n.v.t."]
    log = read_screening(log_of(tmp_path, *({"conditions": text} for text in texts)), RULES)
    told = Recruitment(log, RULES, 5, 0.2).understood
    assert told.index.tolist() == ["asthma", "M. Crohn 2009", "PDS (geen IBD)", "gnarls", "n.v.t."]
    assert told["people"].tolist() == [2, 1, 1, 1, 1]
    assert told["read as"].tolist() == [
        "asthma",
        "Crohn's disease (M. Crohn)",
        "irritable bowel syndrome (PDS)",
        "",
        "none",
    ]
    assert told["said not to be there"].tolist() == ["", "", "inflammatory bowel disease (IBD)", "", ""]
    assert told["not recognised"].tolist() == ["", "", "", "gnarls", ""]
    assert told["excludes as"].tolist() == ["", "inflammatory bowel disease", "", "", ""]
    assert "1 are not" in Recruitment(log, RULES, 5, 0.2).answer["found"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Jan Jansen", "a name"),
        ("Jansen", "a name"),
        ("de Vries, A", "a name"),
        ("111222333", "BSN"),
        ("1112.22.333", "BSN"),
        ("jan@voorbeeld.nl", "e-mail"),
        ("12-03-1961", "date of birth"),
        ("19610312", "date of birth"),
    ],
)
def test_a_screening_id_that_says_who_it_is(tmp_path, name, said):
    with pytest.raises(InputErrors, match=said) as told:
        decided_of(tmp_path, {"screening_id": name})
    assert name not in str(told.value)


@pytest.mark.parametrize("name", ["S001", "BUIK-0001", "UMCG 12", "1001", "P1", "111222334"])
def test_screening_ids_that_say_nothing(tmp_path, name):
    assert decided_of(tmp_path, {"screening_id": name})[0]["decision"] == INCLUDED


def decided_of(folder, *changes):
    log = log_of(folder, *changes)
    return decide(read_screening(log, RULES), RULES).to_dict("records")
