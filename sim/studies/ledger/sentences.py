"""Sentences of a ledger: the answer, the small tables of the closing lines, and what is not known of firms not followed."""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.report.units import plain
from sim.report.words import say
from sim.studies.ledger.wording import MEASURES, OUTCOMES, SOURCES, word


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
        return {
            "zh": "只有一对运行，无法给出区间。",
            "en": "One pair has no interval: ask for more replicates.",
        }[lang]
    counts = results.changes.set_index("change")["mean"]
    both = {
        "zh": f"新增{counts.gained:,.0f}家、失去{counts.lost:,.0f}家，另有{counts.moved:,.0f}家换了园区",
        "en": f"{counts.gained:,.0f} gained, {counts.lost:,.0f} lost, and {counts.moved:,.0f} in another park",
    }[lang]
    if net.low <= 0 <= net.high:
        return {
            "zh": f"“{title}”与“{reference}”的期末租户数没有明确差异（95%区间含0）：{both}。",
            "en": f"'{title}' does not clearly change the number of tenants at the end against '{reference}' (95 % interval "
            f"spans 0): {both}.",
        }[lang]
    more = {"zh": "多" if net.net > 0 else "少", "en": "more" if net.net > 0 else "fewer"}[lang]
    low, high = sorted((abs(net.low), abs(net.high)))
    first = {
        "zh": f"“{title}”期末租户比“{reference}”{more}{abs(net.net):,.0f}家（95%区间{low:,.0f}至{high:,.0f}）：{both}。",
        "en": f"'{title}' ends with {abs(net.net):,.0f} {more} tenants than '{reference}' (95 % interval {low:,.0f} to "
        f"{high:,.0f}): {both}.",
    }[lang]
    return first + source_sentence(results, lang)


def source_sentence(results: Any, lang: str) -> str:
    """Say where the extra tenants would have been: the calibrated share, always called so."""
    row = results.displacement[
        (results.displacement.scope == "cluster") & (results.displacement.source == "calibrated")
    ].iloc[0]
    if not row.defined:
        return ""
    name = word(SOURCES, "calibrated", lang)
    return {
        "zh": f"净增租户中{row.share_of_extra:.0%}本会在{name}（{row.share_low:.0%}至{row.share_high:.0%}）。",
        "en": f" Of the extra ones {row.share_of_extra:.0%} would have been {name} ({row.share_low:.0%} to "
        f"{row.share_high:.0%}).",
    }[lang]


def closing_tables(results: Any, lang: str) -> Iterator[tuple[str, list[list[str]]]]:
    """Small tables for the terminal: (head, rows of text)."""
    title = results.setups[1].title[lang]
    reference = results.setups[0].title[lang]
    span = {"zh": "95%区间", "en": "95 % interval"}[lang]
    head = {
        "zh": ["结果", reference, title, "新增", "失去", "净差", span],
        "en": ["outcome", reference, title, "gained", "lost", "net", span],
    }[lang]
    rows = [
        [
            word(OUTCOMES, row.outcome, lang), f"{row.reference_mean:,.0f}", f"{row.mean_level:,.0f}",
            f"{row.gained:,.0f}", f"{row.lost:,.0f}", f"{row.net:+,.0f}", _span(row.low, row.high, "{:+,.0f}", lang),
        ]
        for row in results.outcomes.itertuples()
    ]  # fmt: skip
    first = {
        "zh": f"企业数，{results.pairs}对均值，自首项政策起（模型推演，不是预测）",
        "en": f"Firms, mean of {results.pairs} pairs, from the first policy on (scenario output, not a prediction)",
    }[lang]
    yield first, [head, *rows]
    shown = results.displacement[results.displacement.source != "extra_tenants"]
    rows = [
        [
            word(SOURCES, row.source, lang) + (_scope(row.scope, lang) if row.scope == "targets" else ""), f"{row.mean:+,.0f}",
            _span(row.low, row.high, "{:+,.0f}", lang), _share(row.share_of_extra, row.defined, lang) if _counted(row) else "–",
            _span(row.share_low, row.share_high, "{:.0%}", lang) if row.defined else "",
        ]
        for row in shown.itertuples()
    ]  # fmt: skip
    names = {
        "zh": ["净增租户若无此方案会在", "家", span, "占比", span],
        "en": ["extra tenants would have been", "firms", span, "share", span],
    }[lang]
    yield {"zh": "转移来源", "en": "Displacement by source"}[lang], [names, *rows]
    rows = [
        [
            word(MEASURES, row.measure, lang) + _named(results, row.policy, lang),
            word(OUTCOMES, row.outcome, lang), _share(row.value, row.defined, lang),
            _span(row.low, row.high, "{:.0%}", lang) if row.defined else "",
        ]
        for row in results.shares.itertuples()
        if row.outcome in ("tenant", "graduate") and row.measure != "gained_share"
    ]  # fmt: skip
    names = {"zh": ["占比", "结果", "值", span], "en": ["share", "of", "value", span]}[lang]
    yield {"zh": "额外性与无谓补贴", "en": "Additionality and deadweight"}[lang], [names, *rows]


def _counted(row):
    """True if tenants from this source are extra: those from another park are so only for some parks."""
    return row.source != "other_park" or row.scope == "targets"


def _scope(scope, lang):
    return {"zh": "（对目标园区）", "en": " (of target parks)"}[lang]


def _named(results, policy, lang):
    """A policy's title in brackets, nothing for the whole package."""
    titles = {p.name: p.title[lang] for p in results.setups[1].policies}
    return {"zh": f"（{titles[policy]}）", "en": f" ({titles[policy]})"}[lang] if policy else ""


def _span(low, high, form, lang):
    if not math.isfinite(low):
        return ""
    shown = [re.sub(r"^[+-](0%?)$", r"\1", form.format(value)) for value in (low, high)]  # no signed zero
    return {"zh": "至", "en": " to "}[lang].join(shown)


def _share(value, defined, lang):
    return f"{value:.0%}" if defined else {"zh": "无法定义", "en": "undefined"}[lang]


def about_the_unfollowed(results: Any, lang: str) -> str:
    """Say what is not known of firms that are not followed."""
    if results.follow == 1:
        return {
            "zh": "落户园区外的企业全部跟踪；从未来本市的企业不跟踪。",
            "en": "All firms that settle elsewhere are followed; those that never came to the city are not.",
        }[lang]
    return {
        "zh": f"落户园区外的企业每{results.follow}家跟踪1家；其余只知落户何处，此后是否关闭不知（run.follow=1则全部跟踪）。",
        "en": f"Of the firms that settle elsewhere 1 in {results.follow} is followed; of the others only the place is known, not "
        "whether they closed since (run.follow=1 follows all).",
    }[lang]
