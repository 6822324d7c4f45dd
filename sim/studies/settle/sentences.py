"""Sentences of a study that runs until it is settled: how far it is, and what it found, computed from its table."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import pandas as pd

from sim.report.units import percent, plain, unit_of
from sim.report.words import say, within


class Settling(NamedTuple):
    """Data of the sentences: a table of comparisons, and how scenarios and measures are called.

    table columns: measure, scenario, against, mean, half_width, asked, settled, needed; when ranking, neighbours in the
    order of their means, higher first. measures: as in ReportData.
    """

    table: pd.DataFrame
    titles: dict[str, dict[str, str]]
    measures: dict[str, dict]
    ranking: bool
    probability: float
    pairs: int


def answer(results: Settling, lang: str) -> str:
    """The answer in a sentence, or how far it is from one."""
    rows = list(results.table.itertuples())
    done = [row for row in rows if row.settled]
    words = {"n": plain(results.pairs), "p": percent(results.probability, 0)}
    semicolon = say(lang, "semicolon")
    if len(done) == len(rows):
        claims = _orders(results, lang) if results.ranking else [_difference(results, row, lang) for row in rows]
        return say(lang, "settle_done", claims=semicolon.join(claims), **words)
    if results.ranking:
        unsettled = semicolon.join(_orders(results, lang))
    else:
        unsettled = semicolon.join(_wide(results, row, lang) for row in rows if not row.settled)
    return say(lang, "settle_open", open=unsettled, more=missing(rows, results.pairs, lang), **words)


def standing(
    rows: Iterable | None, measures: Mapping[str, Mapping], ranking: bool, pairs: int, minimum: int, lang: str
) -> str:
    """Say where a study stands, for its progress: the widest interval against what is asked, and the pairs still missing.

    rows: comparisons, or none before the minimum of pairs.
    """
    rows = list(rows or ())
    if not rows:
        return say(lang, "settle_below", k=pairs, n=minimum)
    if ranking:
        done = sum(row.settled for row in rows)
        return say(lang, "settle_ranked", k=done, n=len(rows), more=missing(rows, pairs, lang))
    worst = max(rows, key=lambda row: row.half_width / row.asked)
    half, asked = _sizes(worst, measures[worst.measure], lang)
    return say(lang, "settle_width", half=half, asked=asked, more=missing(rows, pairs, lang))


def missing(rows: Iterable, pairs: int, lang: str) -> str:
    """About how many more pairs would settle it."""
    open_ = [row.needed for row in rows if not row.settled]
    if not open_:
        return say(lang, "settle_enough")
    if not math.isfinite(max(open_)):
        return say(lang, "settle_never")
    return say(lang, "settle_more", more=plain(max(1, max(open_) - pairs)))


def _difference(results, row, lang):
    """One settled difference, claimed only if its interval leaves out zero."""
    about = results.measures[row.measure]
    unit = unit_of(about, lang, max(abs(row.mean), row.half_width))
    clear = abs(row.mean) > row.half_width
    return say(
        lang, "settle_clear" if clear else "settle_unclear", package=results.titles[row.scenario][lang],
        measure=within(about["title"][lang], lang), change=unit.change(row.mean), half=_width(about, row.half_width, lang),
    )  # fmt: skip


def _wide(results, row, lang):
    about = results.measures[row.measure]
    half, asked = _sizes(row, about, lang)
    words = {"package": results.titles[row.scenario][lang], "measure": within(about["title"][lang], lang)}
    return say(lang, "settle_wide", half=half, asked=asked, **words)


def _sizes(row, about, lang):
    return _width(about, row.half_width, lang), _width(about, row.asked, lang)


def _width(about, width, lang):
    """A half-width with its unit and about two figures; widths of shares may be far below a point."""
    unit = unit_of(about, lang, width)
    shown = width / unit.size
    digits = max(unit.digits, 1 - math.floor(math.log10(shown))) if 0 < shown < 1 else unit.digits
    return unit._replace(digits=min(digits, 4)).change(width, sign=False)


def _orders(results, lang):
    """For each measure the scenarios best first: > where settled, = where as good as equal, ? where still open."""
    orders = []
    for measure, rows in results.table.groupby("measure", sort=False):
        rows = list(rows.itertuples())
        names = [results.titles[rows[0].scenario][lang], *(results.titles[row.against][lang] for row in rows)]
        signs = ["?" if not row.settled else ">" if abs(row.mean) > row.half_width else "=" for row in rows]
        if results.measures[measure]["good"] == "down":
            names, signs = names[::-1], signs[::-1]
        chain = names[0] + "".join(f" {sign} {name}" for sign, name in zip(signs, names[1:], strict=True))
        orders.append(
            say(lang, "settle_order", measure=within(results.measures[measure]["title"][lang], lang), chain=chain)
        )
    return orders
