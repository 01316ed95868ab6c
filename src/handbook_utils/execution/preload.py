"""What the fork server imports before a kernel starts: whatever chapters import, and the kernel itself.

Importing these takes about two seconds, a fork a hundredth of one. A module that is not installed here would only cost
the kernel its own import, so nothing depends on this list for its result.

Four more things are done once for all kernels: a compiled loop is called (a fifth of a second in each that has one),
the bundled data of several chapters are read (half a second, and two in the kernels), one figure is drawn, which fills
matplotlib's caches of glyphs and text (a fifteenth of an average chapter's time, measured), and what is there by then
is taken out of the garbage collector's sight, which would walk through it again and again (an eighth). The collector
itself looks more seldom than Python's defaults have it (a tenth).
"""

# ruff: noqa: F401, E402
import gc

gc.disable()  # while there is nothing to collect, but much to walk through

import contextlib
import importlib
import multiprocessing.popen_forkserver
import pkgutil
from itertools import product
from string import ascii_letters, digits

import IPython.core.application
import IPython.core.completerlib
import IPython.core.debugger
import IPython.core.interactiveshell
import IPython.core.logger
import IPython.core.magics.execution
import IPython.core.oinspect
import IPython.extensions.storemagic
import IPython.utils.contexts
import IPython.utils.module_paths
import IPython.utils.wildcard
import matplotlib.backends.backend_agg
import matplotlib.backends.backend_svg
import matplotlib.pyplot
import matplotlib_inline.backend_inline
import numpy
import pandas
import patsy
import requests
import scipy.optimize
import scipy.stats
import skbio
import skbio.diversity
import skbio.stats.composition
import skbio.stats.ordination
import statsmodels.api
import statsmodels.formula.api

import handbook_utils.analysis
import handbook_utils.analysis.taxa.shifts
import handbook_utils.datasets
import handbook_utils.execution.shell
import handbook_utils.figures
import handbook_utils.protocols
import handbook_utils.reads
import handbook_utils.recipes
import handbook_utils.results
import handbook_utils.study
import handbook_utils.study.readers
import handbook_utils.study.writers
from handbook_utils.errors import InputError
from handbook_utils.figures.style import use_style
from handbook_utils.figures.svg import svg_bytes
from handbook_utils.protocols.sequencing.example import example_wells


def draw_once() -> None:
    """Draw a figure of what most figures have: letters, digits, italics, a legend, a logarithmic axis."""
    with matplotlib.rc_context():
        use_style()
        figure, (left, right) = matplotlib.pyplot.subplots(1, 2)
        left.plot([1, 2, 3], label="ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        left.set(xlabel="abcdefghijklmnopqrstuvwxyz (%)", title=r"$\it{abc}$ $10^{-3}$ 0123456789")
        left.legend()
        right.bar(["a", "b"], [1, 100])
        right.set_yscale("log")
        pairs = " ".join(map("".join, product(ascii_letters + digits + "(),.:", repeat=2)))
        for weight in ("normal", "bold"):
            figure.text(0, 0, pairs, weight=weight)  # how far each letter carries after another
        svg_bytes(figure)
        matplotlib.pyplot.close(figure)


def compile_once() -> None:
    """Call a compiled loop, so that numba reads its lists of types once and not in each kernel."""
    handbook_utils.analysis.taxa.shifts.shifts(numpy.ones((2, 1)), numpy.ones((2, 1)))


def read_once() -> None:
    """Read what several chapters read, and lay out the example study; what cannot be read, its chapter tells."""
    read = handbook_utils.datasets
    for name in ("david", "ecam", "globalpatterns", "iquitos", "lung", "mock-dilutions", "throat", "twins"):
        with contextlib.suppress(InputError):
            read.load(name)
    with contextlib.suppress(InputError, FileNotFoundError):
        read.frame("studied-people")
        read.published("explainers/live-with-ibs")
        example_wells()


field = (
    *(handbook_utils.analysis, handbook_utils.figures, handbook_utils.protocols, handbook_utils.reads),
    handbook_utils.recipes,
)
# What pandas imports only when it is used.
for name in ("core.methods.to_dict", "core.reshape.reshape", "io.formats.csvs", "io.formats.string"):
    importlib.import_module(f"pandas.{name}")
for part in field:
    for module in pkgutil.walk_packages(part.__path__, f"{part.__name__}."):
        importlib.import_module(module.name)
compile_once()
read_once()
draw_once()
matplotlib.rc_file_defaults()  # of the handbook's style, which a chapter sets as it does in any kernel
gc.freeze()
gc.set_threshold(20_000, 25, 25)
gc.enable()
