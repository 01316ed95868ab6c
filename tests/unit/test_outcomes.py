"""What is followed may be a feature, or a taxon whose features are added up."""

import numpy as np
import pandas as pd
import pytest

from handbook_utils.analysis.outcomes import logarithms
from handbook_utils.errors import InputError
from handbook_utils.study import Study

COUNTS = pd.DataFrame([[5, 3, 2], [1, 1, 8]], index=["x", "y"], columns=["ASV1", "ASV2", "ASV3"])
NAMES = pd.DataFrame(
    {"family": ["Bifidobacteriaceae", "Bifidobacteriaceae", "B"], "genus": ["Bifidobacterium", "Bifidobacterium", ""]},
    index=COUNTS.columns,
)


def test_a_taxon_is_the_sum_of_its_features():
    made, called = logarithms(Study.from_frame(COUNTS, taxonomy=NAMES), "Bifidobacterium")
    assert np.exp(made).round(6).to_dict() == {"x": 0.8, "y": 0.2}
    assert called == "share of Bifidobacterium (2 features added up)"


@pytest.mark.parametrize("taxonomy", [None, NAMES])
def test_what_is_nowhere_is_refused_with_names_that_are_there(taxonomy):
    with pytest.raises(InputError) as raised:
        logarithms(Study.from_frame(COUNTS, taxonomy=taxonomy), "Roseburia")
    assert "ASV1" in raised.value.found
    assert raised.value.remedy == "Name one of the features."
