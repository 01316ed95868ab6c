"""The handbook command: what it prints, its exit codes, and that a user's mistake is one screen and writes nothing."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from handbook_utils.chapters import handbook_root
from handbook_utils.chapters.new import new_chapter
from handbook_utils.cli import app, main


@pytest.fixture
def root(tmp_path, monkeypatch) -> Path:
    """A handbook of one chapter, in which the commands run."""
    root = tmp_path / "handbook"
    (root / "book").mkdir(parents=True)
    bibliography = "@article{known2020,\n author = {A. One},\n title = {T},\n year = {2020},\n doi = {10.1/x}\n}\n"
    (root / "book" / "references.bib").write_text(bibliography, encoding="utf-8")
    (root / "_toc.yml").write_text("format: jb-book\nroot: notebooks/recipes/my-topic\n", encoding="utf-8")
    shutil.copy(handbook_root() / "requirements.lock", root)
    new_chapter(root, "recipes/my-topic")
    monkeypatch.setenv("HANDBOOK_ROOT", str(root))
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    return root


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    return int(ended.value.code or 0)


def test_what_a_file_holds_does_not_command_the_terminal(root, capsys):
    orders = "\x1b]0;title\x07\x1b[2J\x9b31m\u202e"
    Path("my.tsv").write_text(f"#OTU ID\tone{orders}\ttwo\nx\t1\t2.5\ny{orders}\t3\t4\n", encoding="utf-8")
    assert run("inspect", "my.tsv") == 0
    assert run("inspect", f"my{orders}.biom") == 2
    told = capsys.readouterr()
    assert "\u241b]0;title" in told.out and "\u241b]0;title" in told.err
    assert not {"\x1b", "\x07", "\x9b", "\u202e"} & {*told.out, *told.err}


def test_list_and_describe_as_json(root, capsys):
    assert run("list", "--json") == 0
    [chapter] = json.loads(capsys.readouterr().out)
    assert chapter["slug"] == "recipes/my-topic"
    assert run("describe", "my-topic", "--json") == 0
    described = json.loads(capsys.readouterr().out)
    assert [entry["name"] for entry in described["parameters"]][:3] == ["table", "metadata", "minimum"]
    assert described["parameters"][2] == {
        "name": "minimum",
        "type": "int",
        "default": 1,
        "example": None,
        "may_be_none": False,
        "help": "reads that make a taxon present",
        "allowed": "a whole number from 1 to 1000",
    }
    assert run("describe", "my-topic") == 0
    assert "How many taxa does a sample" in capsys.readouterr().out


def test_run_leaves_a_result_folder_and_refuses_to_overwrite_it(root, capsys):
    assert run("run", "my-topic", "-p", "minimum", "5", "-o", "kept") == 0
    assert capsys.readouterr().out.strip() == "kept/report.html"
    names = {path.name for path in Path("kept").iterdir()}
    assert names >= {"report.html", "notebook.ipynb", "figures", "methods.md", "params.yml", "values.csv", "log.txt"}
    assert "minimum: 5" in Path("kept/params.yml").read_text(encoding="utf-8")
    first = Path("kept/values.csv").read_bytes()
    assert run("run", "my-topic", "-o", "kept") == 2
    assert "not overwritten" in capsys.readouterr().err
    assert Path("kept/values.csv").read_bytes() == first
    assert run("run", "my-topic", "-f", "kept/params.yml", "-o", "again") == 0
    assert Path("again/values.csv").read_bytes() == first


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", "my-topik"], "Did you mean 'recipes/my-topic'?"),
        (["run", "my-topic", "-p", "minimun", "5"], "Did you mean 'minimum'?"),
        (["run", "my-topic", "-p", "minimum", "many"], "a whole number from 1 to 1000"),
        (["run", "my-topic", "-p", "minimum"], "has no value"),
        (["run", "my-topic", "-f", "absent.yml"], "cannot be read"),
        (["describe", "nothing-like-it"], "handbook list"),
        (["new", "recipes/My Topic"], "recipes/my-topic"),
        (["serve"], "make book"),
    ],
)
def test_bad_input_is_one_screen_exit_2_and_writes_nothing(root, capsys, arguments, said):
    assert run(*arguments) == 2
    told = capsys.readouterr().err
    assert said in told
    assert "Traceback" not in told
    assert len(told.splitlines()) < 25
    assert list(Path().iterdir()) == []


def test_parameters_file_that_is_not_one(root, capsys):
    Path("bad.yml").write_text("- a\n- b\n", encoding="utf-8")
    assert run("run", "my-topic", "-f", "bad.yml") == 2
    assert "does not name parameters" in capsys.readouterr().err


def test_failing_chapter_exits_1_and_keeps_what_there_is(root, capsys):
    path = root / "notebooks" / "recipes" / "my-topic.md"
    path.write_text(path.read_text(encoding="utf-8").replace("everyone = ", "1 / 0\neveryone = "), encoding="utf-8")
    assert run("run", "my-topic", "-o", "kept") == 1
    told = capsys.readouterr().err
    assert "ZeroDivisionError" in told
    assert "minimum=1" in told
    assert not Path("kept").exists()
    assert Path("kept-failed/log.txt").is_file()


def test_memory_is_said_where_time_is(root, capsys):
    from typer.main import get_command

    def commands(group):
        for one in group.commands.values():
            yield from commands(one) if hasattr(one, "commands") else [one]

    options = [{name for one in each.params for name in one.opts} for each in commands(get_command(app))]
    assert sum("--timeout" in one for one in options) >= 7
    assert [one for one in options if ("--timeout" in one) != ("--memory" in one)] == []
    assert run("run", "my-topic", "-o", "kept", "--memory", "much") == 2
    told = capsys.readouterr().err
    assert "not a number" in told and "--memory" in told and "much" in told
    assert not Path("kept").exists()


def test_memory_that_is_said_holds_for_the_kernels_of_a_run_a_check_and_a_batch(root, capsys):
    said = "more is allowed by --memory"
    for command in (["run", "my-topic", "-o", "kept"], ["accept", "my-topic"]):
        assert run(*command, "--memory", "0.001") == 1
        assert said in capsys.readouterr().err
    Path("plan.csv").write_text("name,chapter\na,my-topic\n", encoding="utf-8")
    assert run("batch", "plan.csv", "-o", "all", "--memory", "0.001") == 1
    assert said in Path("all/failures.csv").read_text(encoding="utf-8")


def test_accept_then_check_then_change(root, capsys):
    assert run("check", "my-topic") == 2
    assert "handbook accept" in capsys.readouterr().err
    assert run("accept", "my-topic") == 0
    assert run("check", "my-topic") == 0
    stored = root / "tests" / "reference" / "recipes" / "my-topic.yml"
    stored.write_text(stored.read_text(encoding="utf-8").replace("median", "mean"), encoding="utf-8")
    capsys.readouterr()
    assert run("check", "my-topic") == 1
    assert "+taxa: median" in capsys.readouterr().err


def test_inspect_and_convert(root, capsys):
    Path("table.tsv").write_text("#OTU ID\ts1\ts2\nx\t5\t0\ny\t1\t7\n", encoding="utf-8")
    assert run("inspect", "table.tsv", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["what"], found["samples"], found["features"]) == ("feature table", 2, 2)
    assert run("inspect", "table.tsv") == 0
    assert "feature table" in capsys.readouterr().out
    assert run("convert", "table.tsv", "table.biom") == 0
    assert run("inspect", "table.biom", "--json") == 0
    capsys.readouterr()
    assert run("convert", "table.tsv", "table.biom") == 2
    assert run("convert", "table.tsv", "table.xls") == 2
    assert run("inspect", "absent.tsv") == 2


def test_batch_lists_what_failed_and_keeps_the_rest(root, capsys):
    Path("plan.csv").write_text("name,chapter,minimum\na,my-topic,1\nb,my-topic,1000\n", encoding="utf-8")
    assert run("batch", "plan.csv", "-o", "all") == 0
    assert "2 done" in capsys.readouterr().out
    assert run("batch", "plan.csv", "-o", "all") == 2
    assert run("batch", "plan.csv", "-o", "all", "--resume") == 0
    assert "2 there from before" in capsys.readouterr().out
    Path("bad.csv").write_text("name,chapter,minimun\na,my-topic,1\n", encoding="utf-8")
    assert run("batch", "bad.csv", "-o", "other") == 2
    assert "minimum" in capsys.readouterr().err
    assert not Path("other").exists()


@pytest.fixture
def steps(root, monkeypatch) -> Path:
    """Two steps of a study, of which the second needs what the first leaves; and the study's folder."""
    from handbook_utils.protocols import study_template

    def chapter(name: str, mapping: str, parameters: str, code: str) -> None:
        source = new_chapter(root, f"protocols/{name}")[0]
        text = source.read_text(encoding="utf-8").replace("  needs:", f"  study:\n{mapping}\n  needs:", 1)
        text = text.replace("spare_percent: int", f"{parameters}\nspare_percent: int", 1)
        source.write_text(text.replace("out = Results()", f"out = Results()\n{code}", 1), encoding="utf-8")

    chapter(
        "plan-the-study",
        "    people: design.participants",
        "people: int = 4  # people to include, all arms together [2..100000] (example)",
        'out.file("plan.csv", f"people\\n{people}\\n".encode(), "Plan")',
    )
    chapter(
        "keep-it-cold",
        '    plan: "@plan-the-study/plan.csv"',
        'plan: str = ""  # the plan (file)',
        'out.file("seen.csv", open(plan, "rb").read() if plan else b"none", "Plan as seen")',
    )
    chapter("sequence", '    wells: "@extract-and-plate/wells.csv"', 'wells: str = ""  # wells (file)', "")
    toc = "format: jb-book\nroot: notebooks/recipes/my-topic\nchapters:\n"
    names = ("plan-the-study", "keep-it-cold", "sequence")
    toc += "".join(f"- file: notebooks/protocols/{name}\n" for name in names)
    (root / "_toc.yml").write_text(toc, encoding="utf-8")
    folder = Path("mine")
    folder.mkdir()
    (folder / "study.yml").write_text(study_template.example(), encoding="utf-8")
    return folder


def test_a_study_runs_its_steps_in_order(steps, capsys):
    assert run("run", "keep-it-cold", "--study", "mine/study.yml") == 2
    assert "Run that step first: handbook run plan-the-study" in capsys.readouterr().err
    assert run("study", "check", "mine") == 0
    assert "waiting" in capsys.readouterr().out
    assert run("study", "run", "mine/study.yml") == 0
    captured = capsys.readouterr()
    assert "Left out: sequence: it needs what extract-and-plate leaves" in captured.err
    seen = steps / "results" / "keep-it-cold" / "files" / "seen.csv"
    assert seen.read_text(encoding="utf-8") == "people\n60\n"
    assert run("run", "plan-the-study", "--study", "mine", "-p", "people", "70", "--force") == 0
    assert run("study", "run", "mine", "--only", "keep-it-cold", "--force") == 0
    assert seen.read_text(encoding="utf-8") == "people\n70\n"
    assert run("study", "run", "mine", "--only", "keep-it-cool") == 2
    assert "Did you mean 'keep-it-cold'?" in capsys.readouterr().err
    assert run("describe", "keep-it-cold") == 0
    assert run("describe", "keep-it-cold", "--json") == 0
    assert '"study": "@plan-the-study/plan.csv"' in capsys.readouterr().out
    assert run("run", "my-topic", "--study", "mine") == 2


def report_of(folder, step):
    return (folder / "results" / step / "report.html").read_bytes()


def edited(folder, old, new):
    path = folder / "study.yml"
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_study_is_run_again_while_it_goes_on(steps, capsys):
    assert run("study", "run", "mine") == 0
    before = report_of(steps, "plan-the-study"), report_of(steps, "keep-it-cold")
    assert run("study", "run", "mine") == 0
    assert (report_of(steps, "plan-the-study"), report_of(steps, "keep-it-cold")) == before
    capsys.readouterr()
    edited(steps, "participants: 60", "participants: 66")
    assert run("study", "status", "mine") == 0
    assert "people was 60 and is 66" in " ".join(capsys.readouterr().out.split())
    assert run("study", "run", "mine") == 0
    told = capsys.readouterr().err
    assert "Run again: plan-the-study: people was 60 and is 66." in told
    assert "Run again: keep-it-cold: plan: plan.csv is another file now." in told
    assert (steps / "earlier" / "plan-the-study-1" / "report.html").read_bytes() == before[0]
    assert (steps / "earlier" / "keep-it-cold-1" / "report.html").read_bytes() == before[1]
    assert run("study", "check", "mine") == 0
    assert "stale" not in capsys.readouterr().out


def test_a_step_that_takes_what_all_others_leave_follows_every_file_of_theirs(steps, root, capsys):
    path = root / "notebooks" / "protocols" / "keep-it-cold.md"
    text = path.read_text(encoding="utf-8").replace('plan: "@plan-the-study/plan.csv"', 'plan: "?@"')
    text = text.replace('plan: str = ""  # the plan (file)', 'plan: str = ""  # what the others left (files)')
    text = text.replace('open(plan, "rb").read() if plan else b"none"', "str(plan.count('.csv')).encode()")
    path.write_text(text, encoding="utf-8")

    def told() -> str:
        assert run("study", "run", "mine") == 0
        return " ".join(capsys.readouterr().err.split())

    def seen() -> str:
        return (steps / "results" / "keep-it-cold" / "files" / "seen.csv").read_text(encoding="utf-8")

    told()
    assert seen() == "1"
    assert "keep-it-cold" not in told().partition("Run again")[2]  # its own files are none of those
    later = steps / "results" / "extract" / "files" / "pooling.csv"
    later.parent.mkdir(parents=True)
    for text, change in (("a", "is new"), ("b", "is another file now"), (None, "is gone")):
        later.unlink() if text is None else later.write_text(text, encoding="utf-8")
        assert f"Run again: keep-it-cold: plan: pooling.csv {change}." in told()
        assert seen() == ("1" if text is None else "2")
    # Two steps may leave a file of one name, and each of both is followed.
    later.with_name("plan.csv").write_text("a", encoding="utf-8")
    assert "plan: extract/files/plan.csv is new" in told()
    # What two files hold may be the same.
    shutil.copy(steps / "results" / "plan-the-study" / "files" / "plan.csv", later.with_name("plan.csv"))
    assert "Run again: keep-it-cold: plan: extract/files/plan.csv is another file now." in told()
    assert "keep-it-cold" not in told().partition("Run again")[2]


def test_what_waits_is_told_and_the_rest_runs(steps, root, capsys):
    path = root / "notebooks" / "protocols" / "keep-it-cold.md"
    text = path.read_text(encoding="utf-8")
    text = text.replace('plan: "@plan-the-study/plan.csv"', "plan: files.scans")
    text = text.replace('plan: str = ""  # the plan (file)', 'plan: str = "scans.csv"  # log of scans (file) (example)')
    path.write_text(text, encoding="utf-8")
    assert run("study", "run", "mine") == 0
    assert "Waiting: keep-it-cold: The study file names a file that is not there." in " ".join(
        capsys.readouterr().err.split()
    )
    assert {entry.name for entry in (steps / "results").iterdir()} == {"plan-the-study"}


def test_a_step_asked_for_by_name_does_not_wait_and_nothing_runs(steps, capsys):
    assert run("study", "run", "mine", "--only", "keep-it-cold") == 2
    assert "plan.csv" in capsys.readouterr().err
    assert not (steps / "results").exists()
    assert run("study", "run", "mine", "--only", "plan-the-study", "--only", "keep-it-cold") == 0


def test_a_study_ends_where_a_step_fails(steps, root, capsys):
    path = root / "notebooks" / "protocols" / "plan-the-study.md"
    path.write_text(path.read_text(encoding="utf-8").replace("needed = ", "1 / 0\nneeded = "), encoding="utf-8")
    assert run("study", "run", "mine") == 1
    assert "ZeroDivisionError" in capsys.readouterr().err
    assert {entry.name for entry in (steps / "results").iterdir()} == {"plan-the-study-failed"}


def test_new_study_never_overwrites(root, capsys):
    assert run("new-study", "fresh/one") == 0
    path = Path("fresh/one/study.yml")
    path.write_text("mine", encoding="utf-8")
    assert run("new-study", "fresh/one") == 2
    assert path.read_text(encoding="utf-8") == "mine"
    assert run("study", "check", "fresh/one") == 2
    assert "no sections" in capsys.readouterr().err


def test_doctor_says_what_each_thing_is_for(root, capsys):
    assert run("doctor", "--json") == 0
    findings = {finding["what"]: finding for finding in json.loads(capsys.readouterr().out)}
    assert findings["data"]["ok"]
    assert findings["Python"]["needed"]


def test_slides_are_of_explainers_only(root, capsys):
    assert run("slides", "my-topic") == 2
    assert "Only an explainer" in capsys.readouterr().err
    assert not list(Path().iterdir())


def test_handouts_are_of_explainers_only(root, capsys):
    assert run("handout", "my-topic", "--lang", "nl") == 2
    assert "Only an explainer" in capsys.readouterr().err
    assert not list(Path().iterdir())


def test_a_second_run_to_the_same_folder_is_refused(tmp_path, monkeypatch, capsys):
    from handbook_utils.runs.folder import being_made

    monkeypatch.chdir(tmp_path)
    with being_made(tmp_path / "out"), pytest.raises(SystemExit) as ended:
        main(["run", "compare-groups", "-o", "out"])
    assert ended.value.code == 2
    assert "Another run is making the result folder out." in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("arguments", [["list"], ["describe", "recipes/my-topic"], ["--help"]], ids=" ".join)
def test_what_only_tells_imports_nothing_heavy(root, arguments):
    code = (
        "import sys; from handbook_utils.cli import app; "
        f"app({arguments!r}, standalone_mode=False); print(*sorted(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {
        "docutils",
        "jupytext",
        "matplotlib",
        "nbformat",
        "numpy",
        "pandas",
        "papermill",
        "scipy",
        "skbio",
        "sphinx",
    }
    assert heavy.isdisjoint(done.stderr.split())


def test_the_command_is_a_module_too(root):
    done = subprocess.run(
        [sys.executable, "-m", "handbook_utils.cli", "list"], capture_output=True, text=True, check=True
    )
    assert "recipes/my-topic" in done.stdout
