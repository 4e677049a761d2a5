"""SUR-16: what may be said of two shares."""

from __future__ import annotations

import pytest

from crm.change import Change, change
from crm.shares import newcombe


def test_newcombes_own_example_comes_out_as_published():
    low, high = newcombe(56, 70, before=48, n_before=80)
    assert (round(low, 4), round(high, 4)) == (0.0524, 0.3339)


@pytest.mark.parametrize(
    ("satisfied", "n", "before", "n_before", "said"),
    [
        (56, 70, 48, 80, Change.ROSE),
        (48, 80, 56, 70, Change.FELL),
        (45, 50, 38, 50, Change.PERHAPS_ROSE),
        (38, 50, 45, 50, Change.PERHAPS_FELL),
        (45, 50, 42, 50, Change.NOT_PROVEN),
        (10, 10, 10, 10, Change.NOT_PROVEN),
        (9, 9, 0, 100, Change.TOO_FEW),  # nine answers, however clear
        (100, 100, 0, 9, Change.TOO_FEW),
    ],
)
def test_a_rise_is_called_a_rise_only_when_it_is_proven(
    satisfied: int, n: int, before: int, n_before: int, said: Change
):
    assert change(satisfied, n, before=before, n_before=n_before, least=10) is said
