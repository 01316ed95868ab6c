"""Execution: a chapter goes in with parameters, an executed, normalised notebook comes out.

papermill executes, in a shell (:mod:`.shell`) of a process that is forked from one that has the imports done
(:mod:`.kernel`); results are kept by content (:mod:`.cache`), and several chapters run at once behind
``concurrent.futures.Executor``. The local pool is one of threads: each only waits for its kernel, and the kernels are
the processes. `dask.distributed`'s executor fits the same place.
"""

from handbook_utils.execution.asked import Failure, Outcome, Request
from handbook_utils.execution.run import execute, run_one

__all__ = ["Failure", "Outcome", "Request", "execute", "run_one"]
