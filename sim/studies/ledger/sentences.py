"""Sentences of a ledger: the answer, the small tables of the closing lines, and what is not known of firms not followed."""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.report.units import plain
from sim.report.words import say

HEADS = ("outcome", "gained", "lost", "net", "interval", "source", "firms", "share", "of", "value")


@dataclass(frozen=True, eq=False)
class LivesData:
    """The flow of lives as plain data. Texts are mappings {"zh": …, "en": …}.

    ends: names of the kinds of end, in the order they are drawn; counts (ends, ends): firms by kind of end in the
    reference world and here, mean over pairs; inside: which kinds of end are in a park; tenants: (mean, low, high) of
    the difference in tenants with its 95 % interval; others: firms whose lives differ in any other way.
    """

    package: Mapping[str, str]
    reference: Mapping[str, str]
    ends: list[dict[str, str]]
    inside: list[bool]
    counts: np.ndarray
    tenants: tuple[float, float, float]
    gained: float
    lost: float
    others: float
    month: str
    follow: int
    pairs: int
    version: str
    run_id: str


def lives_sentence(data: LivesData, lang: str) -> str:
    """Say whether the package clearly ends with more or fewer tenants, and how many come and go behind that."""
    mean, low, high = data.tenants
    clear = low > 0 or high < 0
    key = "lives_unclear" if not clear else "lives_more" if mean > 0 else "lives_fewer"
    return say(
        lang, key, package=data.package[lang], reference=data.reference[lang], n=plain(abs(mean)), gained=plain(data.gained),
        lost=plain(data.lost),
    )  # fmt: skip


def verdict(results: Any, lang: str) -> str:
    """The answer in a sentence or three: a claim only where the 95 % interval leaves out zero."""
    title, reference = results.setups[1].title[lang], results.setups[0].title[lang]
    net = results.outcomes.set_index("outcome").loc["tenant"]
    if results.pairs < 2:
        return say(lang, "verdict_one_pair")
    counts = results.changes.set_index("change")["mean"]
    shown = {name: f"{counts[name]:,.0f}" for name in ("gained", "lost", "moved")}
    words = {"title": title, "reference": reference, "changes": say(lang, "ledger_changes", **shown)}
    if net.low <= 0 <= net.high:
        return say(lang, "ledger_unclear", **words)
    low, high = (f"{bound:,.0f}" for bound in sorted((abs(net.low), abs(net.high))))
    key = "ledger_more" if net.net > 0 else "ledger_fewer"
    return say(lang, key, size=f"{abs(net.net):,.0f}", low=low, high=high, **words) + source_sentence(results, lang)


def source_sentence(results: Any, lang: str) -> str:
    """Say where the extra tenants would have been: the calibrated share, always called so."""
    row = results.displacement[
        (results.displacement.scope == "cluster") & (results.displacement.source == "calibrated")
    ].iloc[0]
    if not row.defined:
        return ""
    share, low, high = (f"{part:.0%}" for part in (row.share_of_extra, row.share_low, row.share_high))
    return say(lang, "ledger_source", share=share, low=low, high=high, source=say(lang, "source_calibrated"))


def closing_tables(results: Any, lang: str) -> Iterator[tuple[str, list[list[str]]]]:
    """Small tables for the terminal: (head, rows of text)."""
    title = results.setups[1].title[lang]
    reference = results.setups[0].title[lang]
    heads = {key: say(lang, f"ledger_head_{key}") for key in HEADS}
    head = [heads["outcome"], reference, title, *(heads[key] for key in ("gained", "lost", "net", "interval"))]
    rows = [
        [
            say(lang, f"outcome_{row.outcome}"), f"{row.reference_mean:,.0f}", f"{row.mean_level:,.0f}",
            f"{row.gained:,.0f}", f"{row.lost:,.0f}", f"{row.net:+,.0f}", _span(row.low, row.high, "{:+,.0f}", lang),
        ]
        for row in results.outcomes.itertuples()
    ]  # fmt: skip
    yield say(lang, "ledger_outcomes", pairs=results.pairs), [head, *rows]
    shown = results.displacement[results.displacement.source != "extra_tenants"]
    rows = [
        [
            say(lang, f"source_{row.source}") + (say(lang, "ledger_of_targets") if row.scope == "targets" else ""), f"{row.mean:+,.0f}",
            _span(row.low, row.high, "{:+,.0f}", lang), _share(row.share_of_extra, row.defined, lang) if _counted(row) else "–",
            _span(row.share_low, row.share_high, "{:.0%}", lang) if row.defined else "",
        ]
        for row in shown.itertuples()
    ]  # fmt: skip
    head = [heads[key] for key in ("source", "firms", "interval", "share", "interval")]
    yield say(lang, "ledger_sources"), [head, *rows]
    rows = [
        [
            say(lang, f"measure_{row.measure}") + _named(results, row.policy, lang),
            say(lang, f"outcome_{row.outcome}"), _share(row.value, row.defined, lang),
            _span(row.low, row.high, "{:.0%}", lang) if row.defined else "",
        ]
        for row in results.shares.itertuples()
        if row.outcome in ("tenant", "graduate") and row.measure != "gained_share"
    ]  # fmt: skip
    head = [heads[key] for key in ("share", "of", "value", "interval")]
    yield say(lang, "ledger_shares"), [head, *rows]


def _counted(row):
    """True if tenants from this source are extra: those from another park are so only for some parks."""
    return row.source != "other_park" or row.scope == "targets"


def _named(results, policy, lang):
    """A policy's title in brackets, nothing for the whole package."""
    titles = {p.name: p.title[lang] for p in results.setups[1].policies}
    return say(lang, "ledger_of_policy", policy=titles[policy]) if policy else ""


def _span(low, high, form, lang):
    if not math.isfinite(low):
        return ""
    low, high = (re.sub(r"^[+-](0%?)$", r"\1", form.format(value)) for value in (low, high))  # no signed zero
    return say(lang, "ledger_span", low=low, high=high)


def _share(value, defined, lang):
    return f"{value:.0%}" if defined else say(lang, "undefined")


def about_the_unfollowed(results: Any, lang: str) -> str:
    """Say what is not known of firms that are not followed."""
    if results.follow == 1:
        return say(lang, "ledger_all_followed")
    return say(lang, "ledger_some_followed", follow=results.follow)
