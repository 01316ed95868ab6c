"""Exports of REDCap and Castor become the questionnaire that was entered, by a map that is proposed and kept."""

import pandas as pd
import pytest

from handbook_utils import cli
from handbook_utils.errors import InputError, InputErrors
from handbook_utils.protocols.example.questionnaire import example_questionnaire
from handbook_utils.protocols.forms.export import read_export
from handbook_utils.protocols.forms.mapping import TARGETS, Column, Map, applied, proposed, read_map
from handbook_utils.protocols.metadata.standards import QUESTIONNAIRE
from handbook_utils.protocols.metadata.validation import validate_table

EVENTS = {"1": "baseline_arm_1", "2": "week_6_arm_1", "3": "week_12_arm_1"}
SEX = {"female": "1", "male": "2", "other": "3"}
DIET = {"omnivore": "1", "vegetarian": "2", "vegan": "3", "other": "4"}
DRUGS = ("06", "11", "16", "21")
DICTIONARY = pd.DataFrame(
    [
        ("record_id", "text", "Record ID", ""),
        ("sample_date", "text", "Date of sample", ""),
        ("sample_time", "text", "Time of sample collection", ""),
        ("stool", "radio", "<b>Bristol</b> stool type", " | ".join(f"{n}, type {n}" for n in range(1, 8))),
        ("ab_days", "text", "Days since antibiotics", ""),
        ("eats", "radio", "Diet", "1, Omnivore | 2, Vegetarian | 3, Vegan | 4, Other"),
        ("geslacht", "radio", "Sex", "1, Female | 2, Male | 3, Other"),
        ("leeftijd", "text", "Age", ""),
        ("lengte", "text", "Height (cm)", ""),
        ("gewicht", "text", "Weight (kg)", ""),
        ("meds", "checkbox", "Medication", " | ".join(f"{int(d)}, {d} of the list" for d in DRUGS)),
        ("meal", "text", "Hours since the last meal", ""),
        ("opm", "notes", "Remarks", ""),
    ],
    columns=["Variable / Field Name", "Field Type", "Field Label", "Choices, Calculations, OR Slider Labels"],
)


@pytest.fixture(scope="module")
def answers():
    made = example_questionnaire().head(90).astype(str)
    return made.assign(weight_kg=made["weight_kg"].replace("not provided", ""))


def in_codes(answers):
    rows = []
    for row in answers.itertuples():
        person, _, visit = row.tube.rpartition("-")
        first = visit == "1"
        rows.append(
            {
                "record_id": person,
                "redcap_event_name": EVENTS[visit],
                "redcap_repeat_instance": "",
                "sample_date": row.collected[:10],
                "sample_time": row.collected[11:],
                "stool": row.bristol,
                "ab_days": row.antibiotics_days,
                "eats": DIET[row.diet] if first else "",
                "geslacht": SEX[row.sex] if first else "",
                "leeftijd": row.age if first else "",
                "lengte": row.height_cm if first else "",
                "gewicht": row.weight_kg,
                **{f"meds___{int(drug)}": str(int(drug in row.medication.split(";"))) for drug in DRUGS},
                "meal": row.last_meal_hours,
                "opm": row.remarks,
            }
        )
    return pd.DataFrame(rows)


def in_labels(answers):
    codes = in_codes(answers)
    labels = {
        "record_id": "Record ID",
        "redcap_event_name": "Event Name",
        "redcap_repeat_instance": "Repeat Instance",
        **{name: label for name, _, label, _ in DICTIONARY.itertuples(index=False)},
        "stool": "Bristol stool type",
    }
    for name, words in (("eats", DIET), ("geslacht", SEX)):
        codes[name] = codes[name].map({code: word.title() for word, code in words.items()}).fillna("")
    for drug in DRUGS:
        codes[f"meds___{int(drug)}"] = codes[f"meds___{int(drug)}"].map({"1": "Checked", "0": "Unchecked"})
        labels[f"meds___{int(drug)}"] = f"Medication (choice={drug} of the list)"
    return codes.rename(columns=labels)


def side_by_side(answers):
    """Castor: one row a person, fields numbered by visit, semicolons, Dutch dates and decimal commas."""
    people = {}
    for row in answers.itertuples():
        person, _, visit = row.tube.rpartition("-")
        mine = people.setdefault(
            person, {"Participant Id": person, "Participant Status": "", "Site Abbreviation": "GRO"}
        )
        mine |= {
            "geslacht": {"female": "vrouw", "male": "man"}.get(row.sex, "anders"),
            "leeftijd": row.age,
            "lengte": row.height_cm,
        }
        mine |= {"dieet": row.diet}
        day = pd.Timestamp(row.collected)
        mine |= {
            f"afname_v{visit}": f"{day:%d-%m-%Y %H:%M}",
            f"bristol_v{visit}": row.bristol,
            f"antibiotica_v{visit}": row.antibiotics_days,
            f"gewicht_v{visit}": row.weight_kg.replace(".", ","),
            f"medicatie_v{visit}": row.medication,
            f"laatste_maaltijd_v{visit}": row.last_meal_hours.replace(".", ","),
            f"opmerking_v{visit}": row.remarks,
        }
    return pd.DataFrame(list(people.values()))


def same(made, answers):
    """Hold a table against what was entered; REDCap knows no empty box, so nothing is told apart from none."""
    columns = list(TARGETS["questionnaire"])
    left = made[columns].sort_values("tube").reset_index(drop=True)
    right = answers[columns].sort_values("tube").reset_index(drop=True)
    pd.testing.assert_frame_equal(left.astype(str), right.astype(str))


@pytest.mark.parametrize("form", ["codes", "labels", "castor"])
def test_what_was_entered_comes_back(answers, tmp_path, form):
    made = {"codes": in_codes, "labels": in_labels, "castor": side_by_side}[form](answers)
    path, dictionary = tmp_path / "export.csv", tmp_path / "dictionary.csv"
    made.to_csv(path, index=False, sep=";" if form == "castor" else ",")
    DICTIONARY.to_csv(dictionary, index=False)
    export = read_export(path, [] if form == "castor" else [dictionary])
    assert export.system == ("castor" if form == "castor" else "redcap")
    proposal = proposed(export, "questionnaire")
    kept = tmp_path / "map.yml"
    kept.write_text(proposal.as_yaml(), encoding="utf-8")
    assert read_map(kept) == proposal
    table = applied(read_map(kept), export)
    same(table, answers)
    found = validate_table(table.set_axis(range(2, len(table) + 2)), QUESTIONNAIRE)
    assert [one for one in found.errors if one.column != "weight_kg"] == []


def run(arguments):
    with pytest.raises(SystemExit) as end:
        cli.main(arguments)
    return int(end.value.code or 0)


def written(folder, text, name="export.csv"):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_day_that_may_be_a_month_is_asked(tmp_path):
    export = read_export(written(tmp_path, "record_id,collected,bristol\nA,03-04-2026 08:00,4\n"))
    chosen = proposed(export, "questionnaire")
    assert chosen.columns["collected"].order == "?"
    with pytest.raises(InputErrors, match="still open"):
        applied(chosen, export)


def test_everything_the_map_does_not_say_is_told_at_once(tmp_path):
    text = "record_id,redcap_event_name,collected,sex\nA,one,2026-13-01,1\nA,two,2026-01-01,2\nB,one,2026-01-02,9\n"
    export = read_export(written(tmp_path, text))
    columns = {
        "tube": Column(("record_id",)),
        "collected": Column(("collected",), order="ymd"),
        "sex": Column(("sex",), values={"1": "female", "2": "male"}, once=True),
    }
    with pytest.raises(InputErrors) as found:
        applied(Map("questionnaire", "record_id", "redcap_event_name", {"one": "1", "two": "2"}, columns), export)
    said = str(found.value)
    assert said.count("A value is in no list") == 1
    assert "differs between events" in said
    assert "2026-13-01" in said
    with pytest.raises(InputErrors, match="no visit for events"):
        applied(Map("questionnaire", "record_id", "redcap_event_name", {"one": "1"}, columns), export)
    gone = columns | {"age": Column(("aeg",))}
    with pytest.raises(InputErrors, match="does not have"):
        applied(Map("questionnaire", "record_id", "", {}, gone), export)


def test_options_of_castor_come_from_two_lists(tmp_path):
    variables = "Field Variable Name;Field Label;Option Group Name\ngesl;Geslacht;mv\n"
    options = "Option Group Name;Option Name;Option Value\nmv;Vrouw;0\nmv;Man;1\n"
    lists = [written(tmp_path, variables, "variables.csv"), written(tmp_path, options, "options.csv")]
    path = written(tmp_path, "Participant Id;Participant Status;gesl;bristol\nA;;0;4\nB;;1;3\n")
    export = read_export(path, lists)
    chosen = proposed(export, "questionnaire")
    assert chosen.columns["sex"].values["0"] == "female"
    assert applied(chosen, export)["sex"].tolist() == ["female", "male"]
    with pytest.raises(InputError, match="none that is known"):
        read_export(path, [written(tmp_path, "a;b\n1;2\n", "other.csv")])


def test_what_is_no_map_is_refused(tmp_path):
    with pytest.raises(InputError, match="no map"):
        read_map(written(tmp_path, "columns: [a]\n", "map.yml"))
    with pytest.raises(InputError, match="not known"):
        read_map(written(tmp_path, "target: questionnaire\nperson: a\ncolumns:\n  stool: {fields: [x]}\n", "map.yml"))


def test_the_command_proposes_first_and_imports_then(answers, tmp_path, capsys):
    path, dictionary = tmp_path / "export.csv", tmp_path / "dictionary.csv"
    in_codes(answers).to_csv(path, index=False)
    DICTIONARY.to_csv(dictionary, index=False)
    chosen, output = tmp_path / "map.yml", tmp_path / "answers.csv"
    call = ["import-forms", str(path), "--map", str(chosen), "--dictionary", str(dictionary), "-o", str(output)]
    assert run(call) == 0
    assert chosen.exists()
    assert not output.exists()
    assert run(call) == 0
    same(pd.read_csv(output, dtype=str, keep_default_na=False), answers)
    assert run(call) == 2
    assert "cannot be written" in capsys.readouterr().err
