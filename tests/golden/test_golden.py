"""Any change of numbers is seen here and has to be explained: python -m tests.golden.update "why"."""

import pandas as pd
import pytest

from tests.golden.golden import EVENTS, KEYS, MEASURES, golden

HINT = (
    'If the change is meant: python -m tests.golden.update "why" (the reason goes to CHANGELOG under Results change).'
)


@pytest.fixture(scope="module")
def today():
    return golden()


def test_event_log_is_the_golden_one_event_for_event(today):
    kept = pd.read_csv(EVENTS, keep_default_na=False)
    now = today[0].astype({"amount": float})
    same = [c for c in kept.columns if c != "amount"]
    assert now[same].astype(str).equals(kept[same].astype(str)), HINT
    assert (now["amount"] - kept["amount"]).abs().max() <= 1e-5, HINT


def test_yearly_measures_are_the_golden_ones_to_nine_digits(today):
    kept = pd.read_csv(MEASURES)
    both = kept.merge(today[1], on=KEYS, how="outer", suffixes=("_kept", "_now"), indicator=True)
    assert (both["_merge"] == "both").all(), HINT
    gap = (both.value_kept - both.value_now).abs()
    assert (gap <= 1e-9 * both.value_kept.abs().clip(lower=1)).all(), HINT
