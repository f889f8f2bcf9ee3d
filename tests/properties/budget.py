"""How many examples a property is held against: few in every run of the tests, many more if asked."""

import os

from hypothesis import HealthCheck, Phase, settings

MANY = os.environ.get("HYPOTHESIS_PROFILE") == "trust"


def examples(few, times=10):
    """The same examples in every run, so that a failure stays one; so many times as many if asked."""
    return settings(
        max_examples=times * few if MANY else few,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],  # smaller tables made from a seed are not simpler ones
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
    )
