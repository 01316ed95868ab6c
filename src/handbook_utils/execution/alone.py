"""The kernel of a single run, which takes as little memory as it can: ``python -m handbook_utils.execution.alone``.

It is the ordinary one without pyarrow, which pandas imports wherever it is installed (12 MB that no chapter uses). Its
kernelspec ``handbook-alone`` has the C library give back at once what was freed.
"""

import sys

from ipykernel.kernelapp import launch_new_instance

if __name__ == "__main__":
    sys.modules["pyarrow"] = None  # type: ignore[assignment] # what Python takes for not installed
    import pandas as pd  # noqa: F401 - remembers that there is none

    # scikit-learn looks for what is imported, and takes what stands here for pyarrow itself.
    del sys.modules["pyarrow"]
    launch_new_instance()
