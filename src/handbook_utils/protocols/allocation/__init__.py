"""Who gets which arm: permuted blocks within strata and minimisation, sealed, and told one at a time."""
