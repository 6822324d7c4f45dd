"""Later lives of firms, from the event log: graduates still here, cohorts that graduated, survival curves."""

import numpy as np
import pandas as pd

from sim.engine import streams
from sim.model.status import Event, Place

LATER = (12, 36)  # months after recognition at which graduates are looked up
COHORT = 48  # months after admission by which a cohort has graduated or not
COUNTS_FROM_LOG = (
    *(f"graduates_{what}_{k}" for k in LATER for what in ("due", "kept")),
    "cohort_due",
    "cohort_graduated",
)


def follow_up(events: np.ndarray, months: np.ndarray, parks: int, sectors: int) -> dict[str, np.ndarray]:
    """Count what became of graduates and of newcomers by month, (park of the event, sector): {name: (months, parks + 1, sectors)}.

    Each firm counts in the month in which it is looked up: graduates 12 and 36 months after recognition, kept if alive
    in the district until then; newcomers 48 months after admission, graduated if recognised by then. Who is not looked
    up before the end counts nowhere, so that every figure has its full time behind it. parks: 1 for all as if one.
    """
    counts = {name: np.zeros((len(months), parks + 1, sectors)) for name in COUNTS_FROM_LOG}
    graduated, admitted = (events[events["event"] == kind] for kind in (Event.GRADUATED, Event.ADMITTED))
    away = (events["event"] == Event.LEFT) & (events["place"] > Place.DISTRICT)
    ended = events[away | np.isin(events["event"], (Event.CLOSED, Event.ACQUIRED))]

    def count(name, firms, later, holds):
        at = firms["month"] + later - months[0]
        seen = at < len(months)
        for what, chosen in (("due", seen), (name, seen & holds)):
            where = (at[chosen], np.minimum(firms["park"][chosen], parks - 1), firms["sector"][chosen])
            label = f"graduates_{what}_{later}" if firms is graduated else f"cohort_{what}"
            np.add.at(counts[label], where, 1)

    gone = _first_month(ended, graduated["ident"])
    for later in LATER:
        count("kept", graduated, later, gone > graduated["month"] + later)
    recognised = _first_month(graduated, admitted["ident"])
    count("graduated", admitted, COHORT, recognised <= admitted["month"] + COHORT)
    return counts


def _first_month(events, idents):
    """Return the month of the first of these events of each identity (m,); a month beyond all where there is none."""
    order = np.lexsort((events["month"], events["ident"]))
    known, month = events["ident"][order], events["month"][order]
    at = np.searchsorted(known, idents)
    found = np.append(known, np.uint64(0))[at] == idents
    return np.where(found & (at < len(known)), np.append(month, 0)[at], np.iinfo(np.int32).max)


def survival(events: np.ndarray, seed: int, follow: int, last: int) -> pd.DataFrame:
    """Return Kaplan-Meier curves of firms since they settled: those admitted to a park, and those followed elsewhere.

    events: a run's log; follow: one in so many of the firms elsewhere is followed; last: last month simulated. A firm is
    censored when it is sold, and at the end of the run. Returns group, months, at_risk, closed, survival and its 95 %
    interval (Greenwood, on the scale of log(-log)), from the month after settling. The two groups differ by selection:
    the gap is no effect of incubation.
    """
    elsewhere = (events["event"] == Event.SETTLED) & (events["place"] < Place.GONE)
    drawn = streams.uniform(streams.luck(events["ident"], seed), streams.key(seed, "followed", 0))
    starts = {
        "in_a_park": events[events["event"] == Event.ADMITTED],
        "elsewhere": events[elsewhere & (drawn * follow < 1)],
    }
    closed, sold = (events[events["event"] == kind] for kind in (Event.CLOSED, Event.ACQUIRED))
    tables = [
        _curve(firms["month"], _first_month(closed, firms["ident"]), _first_month(sold, firms["ident"]), last).assign(
            group=group
        )
        for group, firms in starts.items()
        if len(firms)
    ]
    columns = ["group", "months", "at_risk", "closed", "survival", "low", "high"]
    return pd.concat(tables, ignore_index=True)[columns] if tables else pd.DataFrame(columns=columns)


def _curve(start, closing, selling, last):
    """Return one curve. start, closing, selling (n,) month numbers, beyond all where it does not happen."""
    end = np.minimum(np.minimum(closing, selling), last)
    dies, time = (closing <= last) & (closing <= selling), (end - start).astype(np.int64)
    size = int(time.max()) + 1
    deaths, leaving = np.bincount(time[dies], minlength=size), np.bincount(time, minlength=size)
    at_risk = leaving[::-1].cumsum()[::-1]
    some = np.maximum(at_risk, 1)
    alive = np.cumprod(1 - deaths / some)
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.sqrt(np.cumsum(deaths / (some * np.maximum(at_risk - deaths, 1)))) / np.abs(np.log(alive))
        low, high = (alive ** np.exp(sign * 1.959964 * spread) for sign in (1, -1))
    inside = (alive > 0) & (alive < 1)
    return pd.DataFrame(
        {
            "months": np.arange(size), "at_risk": at_risk, "closed": deaths, "survival": alive,
            "low": np.where(inside, low, alive), "high": np.where(inside, high, alive),
        }
    )  # fmt: skip
