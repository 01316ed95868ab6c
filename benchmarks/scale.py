"""How far the methods reach: time and peak memory on large simulated tables, each in a process of its own.

``make bench`` runs it after bench.py; results go to ``benchmarks/scale.json``. Ratios to scikit-bio are measured in the
same process, one after the other.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

ROOT = Path(__file__).resolve().parents[1]
#: What each recipe that begins with a table of any study is asked.
RECIPES = {
    "compare-before-and-after": "person=person moment=day before=0 after=30",
    "compare-groups": "group=group levels= covariates=age",
    "control-quality": "group=group",
    "describe-composition": "group=group person=person",
    "find-differential-taxa": "group=group other=b reference=a person=",
    "follow-over-time": "person=person time=day group=group",
    "import-and-inspect": "rank=",
    "map-differences": "group=group levels= covariates=age",
    "measure-alpha-diversity": "group=group person=",
    "remove-contaminants": "kind=kind blank=blank rank=",
}


def simulated(samples: int, features: int, density: float) -> Any:
    """Make a study of random counts with two groups; simulated."""
    from handbook_utils.study import Study

    generator = np.random.default_rng(1)
    filled = int(samples * features * density)
    cells = np.unique(generator.integers(0, samples * features, size=filled))
    cells = np.union1d(cells, np.arange(samples) * features)  # no empty sample
    counts = generator.geometric(0.05, size=len(cells))
    table = sparse.csr_array((counts, (cells // features, cells % features)), shape=(samples, features))
    names = [f"s{number}" for number in range(samples)]
    number = np.arange(samples)
    metadata = pd.DataFrame(
        {"group": np.where(number % 2, "a", "b"), "age": generator.integers(20, 80, samples)}, names
    )
    metadata["person"] = [f"p{one}" for one in number // 4 * 2 + number % 2]  # of one group, on two days
    metadata["day"] = 30 * (number // 2 % 2)
    metadata["kind"] = np.where(number % 40, "sample", "blank")
    return Study.from_sparse(table, names, [f"f{number}" for number in range(features)], metadata)


def timed(work: Callable[[], object]) -> float:
    """Return the seconds of one call."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def summaries() -> dict[str, float]:
    """Summarise 10,000 samples of 5,000 features: depth, prevalence, commonest taxa, alpha diversity."""
    from handbook_utils.analysis.diversity.alpha import alpha_table
    from handbook_utils.analysis.taxa.composition import most_abundant

    study = simulated(10_000, 5_000, 0.02)
    return {
        "summaries (s)": timed(lambda: (study.depth, study.prevalence, most_abundant(study, 10))),
        "alpha diversity (s)": timed(lambda: alpha_table(study)),
    }


def distances_and_tests() -> dict[str, float]:
    """Bray-Curtis, UniFrac and PERMANOVA of 2,000 samples, ours and scikit-bio's with numba."""
    from skbio import TreeNode
    from skbio.diversity import beta_diversity
    from skbio.stats.distance import permanova as theirs

    from handbook_utils.analysis.distance.distances import distances
    from handbook_utils.analysis.distance.permanova import permanova

    study = simulated(2_000, 1_000, 0.1)
    names = [str(name) for name in study.features]
    while len(names) > 1:
        names = [f"({a}:1,{b}:1)" for a, b in zip(names[::2], names[1::2], strict=False)] + names[len(names) // 2 * 2 :]
    tree = TreeNode.read([names[0] + ";"], convert_underscores=False)
    on_tree = type(study).from_sparse(study.table, study.samples, study.features, study.metadata, tree=tree)
    counts = study.table.toarray().astype(int)
    groups = study.metadata["group"].to_list()
    found: dict[str, float] = {}
    distance = distances(study, "bray-curtis")
    permanova(distance, study.metadata, ["group"], permutations=9)
    theirs(distance, groups, permutations=9, engine="numba")  # compiled before it is timed
    found["PERMANOVA, 999 permutations (s)"] = timed(lambda: permanova(distance, study.metadata, ["group"]))
    found["PERMANOVA, scikit-bio with numba (s)"] = timed(lambda: theirs(distance, groups, engine="numba"))
    for name, options in (("unweighted", {}), ("weighted", {"normalized": True})):
        given = {"ids": list(study.samples), "tree": tree, "taxa": list(study.features), "engine": "numba", **options}
        beta_diversity(f"{name}_unifrac", counts[:5], **{**given, "ids": given["ids"][:5]})
        found[f"{name} UniFrac (s)"] = timed(lambda name=name: distances(on_tree, f"{name}-unifrac"))
        found[f"{name} UniFrac, scikit-bio with numba (s)"] = timed(
            lambda name=name, given=given: beta_diversity(f"{name}_unifrac", counts, **given)
        )
    if shutil.which("Rscript"):
        found |= _in_r(counts, groups, str(tree))
    return found


def _in_r(counts: Any, groups: list[str], tree: str) -> dict[str, float]:
    """Time vegan and GUniFrac on the same numbers."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "tree.nwk").write_text(tree, encoding="utf-8")
        Path(folder, "groups.txt").write_text("\n".join(groups), encoding="utf-8")
        np.savetxt(Path(folder, "counts.txt"), counts, fmt="%d")
        script = Path(__file__).with_name("scale.R")
        told = subprocess.run(["Rscript", str(script), folder], capture_output=True, text=True, check=True).stdout
    return {name: float(value) for name, value in (line.strip().rsplit(" ", 1) for line in told.splitlines())}


def many_runs(runs: int) -> dict[str, float]:
    """Run a small chapter many times through batch: rate of the first and last hundred, and memory."""
    from handbook_utils.runs.batch import run_batch
    from handbook_utils.runs.plan import read_plan

    root = ROOT / "tests" / "data" / "small-handbook"
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder, "lines.txt")
        table.write_text("a\nb\n", encoding="utf-8")
        plan = Path(folder, "plan.csv")
        rows = "".join(f"run-{number},recipes/count-things,{table}\n" for number in range(runs))
        plan.write_text("name,chapter,table\n" + rows, encoding="utf-8")
        ended: list[float] = []
        memory: list[float] = []

        def tell(_name: str, state: str) -> None:
            if state != "queued":
                ended.append(time.perf_counter())
                memory.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)

        run_batch(read_plan(plan, root=root), Path(folder, "out"), root=root, progress=tell)
    part = max(2, runs // 10)
    return {
        "runs": runs,
        "seconds a run, first tenth": (ended[part - 1] - ended[0]) / (part - 1),
        "seconds a run, last tenth": (ended[-1] - ended[-part]) / (part - 1),
        "peak memory after the first tenth (MB)": memory[part - 1],
        "peak memory at the end (MB)": memory[-1],
    }


def on_a_cluster(runs: int) -> dict[str, float]:
    """Compare groups many times on a dask cluster of one worker, then of two: both warm, so that only runs count."""
    from distributed import LocalCluster

    from handbook_utils.runs.batch import run_batch
    from handbook_utils.runs.plan import read_plan

    seconds = {}
    for workers in (1, 2):
        with (
            LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None, host="127.0.0.1") as cluster,
            tempfile.TemporaryDirectory() as folder,
        ):
            for name, count in (("warm", 2 * workers), ("timed", runs)):
                plan = Path(folder, f"{name}.csv")
                rows = "".join(f"run-{number},recipes/compare-groups,{number + 1}\n" for number in range(count))
                plan.write_text("name,chapter,seed\n" + rows, encoding="utf-8")
                given = read_plan(plan, root=ROOT)
                start = time.perf_counter()
                run_batch(given, Path(folder, name), root=ROOT, scheduler=cluster.scheduler_address)
                seconds[workers] = time.perf_counter() - start
    return {"runs": runs, "one worker (s)": seconds[1], "two workers (s)": seconds[2], "ratio": seconds[1] / seconds[2]}


def recipe(name: str, asked: str, samples: int) -> dict[str, float]:
    """Run a recipe by its command on 5,000 features, 22 % filled: its CPU, and the memory of its largest process."""
    from handbook_utils.study.writers import write_metadata, write_study

    study = simulated(samples, 5_000, 0.25)
    with tempfile.TemporaryDirectory() as folder:
        write_study(study, Path(folder, "table.biom"), "biom")
        write_metadata(study, Path(folder, "samples.tsv"))
        del study
        given = ["-p", f"table={folder}/table.biom", "-p", f"metadata={folder}/samples.tsv"]
        given += [word for one in asked.split() for word in ("-p", one)]
        command = [sys.executable, "-m", "handbook_utils.cli", "run", f"recipes/{name}", *given]
        subprocess.run([*command, "-o", f"{folder}/out", "--timeout", "3600"], cwd=ROOT, check=True)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {"CPU (s)": used.ru_utime + used.ru_stime, "peak memory (MB)": used.ru_maxrss / 1024}


def _child(work: Callable[..., dict[str, float]], arguments: tuple[Any, ...], pipe: Any) -> None:
    found = work(*arguments)
    found.setdefault("peak memory (MB)", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    pipe.send(found)


def apart(work: Callable[..., dict[str, float]], *arguments: Any) -> dict[str, float]:
    """Run in a process of its own, so that peak memory is its own."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_child, args=(work, arguments, theirs))
    process.start()
    theirs.close()
    found: dict[str, float] = ours.recv()
    process.join()
    return {name: round(value, 3) for name, value in found.items()}


def main() -> None:
    """Measure, print, write ``benchmarks/scale.json``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--samples", type=int, default=2000, help="of the study that every recipe is run on")
    given = parser.parse_args()
    runs = given.runs
    results = {
        f"each recipe, {given.samples:,} samples x 5,000 features, 22 % filled": {
            name: apart(recipe, name, asked, given.samples) for name, asked in RECIPES.items()
        },
        "10,000 samples x 5,000 features, 2 % filled": apart(summaries),
        "2,000 samples x 1,000 features": apart(distances_and_tests),
        "batch": many_runs(runs),
        "dask": {name: round(value, 2) for name, value in on_a_cluster(40).items()},
    }
    (ROOT / "benchmarks" / "scale.json").write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(results, indent=2))


if __name__ == "__main__":
    main()
