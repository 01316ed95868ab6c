"""What the fork server imports before a kernel starts: whatever chapters import, and the kernel itself.

Importing these takes about two seconds, a fork a hundredth of one. A module that is not installed here would only cost
the kernel its own import, so nothing depends on this list for its result.
"""

# ruff: noqa: F401
import ipykernel.debugger
import ipykernel.ipkernel
import ipykernel.kernelapp
import ipykernel.zmqshell
import matplotlib.backends.backend_agg
import matplotlib.backends.backend_svg
import matplotlib.pyplot
import matplotlib_inline.backend_inline
import numpy
import pandas
import patsy
import scipy.optimize
import scipy.stats
import skbio
import skbio.diversity
import skbio.stats.composition
import skbio.stats.ordination
import statsmodels.api
import statsmodels.formula.api

import handbook_utils.datasets
import handbook_utils.results
import handbook_utils.study
