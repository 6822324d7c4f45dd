"""The figure of lives: bands add up to the title, both languages draw, and no claim without a clear interval."""

import dataclasses
import warnings

import numpy as np
import pytest

from sim.report.files import render
from sim.studies.ledger.figures import lives
from sim.studies.ledger.sentences import LivesData, lives_sentence


def data(**changes):
    """Three kinds of end: in a park, elsewhere, closed."""
    counts = np.array([[900.0, 30.0, 0.0], [80.0, 500.0, 70.0], [4.0, 0.0, 200.0]])
    told = LivesData(
        package={"zh": "服务优先", "en": "Service first"}, reference={"zh": "现状延续", "en": "Doing nothing"},
        ends=[{"zh": "在园", "en": "in a park"}, {"zh": "市内其他区域", "en": "elsewhere in the city"}, {"zh": "关闭", "en": "closed"}],
        inside=[True, False, False], counts=counts, tenants=(54.0, 40.0, 68.0), gained=84.0, lost=30.0, others=120.0,
        month="2035-12", follow=4, pairs=8, version="abc", run_id="ledger-x",
    )  # fmt: skip
    return dataclasses.replace(told, **changes)


def words(figure):
    return [text.get_text() for text in figure.texts]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_glyph_is_drawn_and_ends_add_up_to_the_title(lang):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert render(lives(data(), lang), "svg", lives_sentence(data(), lang), "ledger-x")
    said = words(lives(data(), lang))
    assert "84" in said and "30" in said and "80" in said and "4" in said
    assert "84" in lives_sentence(data(), lang) and "54" in lives_sentence(data(), lang)
    assert {"zh": "每4家跟踪1家", "en": "1 in 4 is followed"}[lang] in {"zh": "", "en": " "}[lang].join(said)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_title_is_neutral_when_the_interval_spans_zero(lang):
    neutral = {"zh": "没有明确差别", "en": "does not clearly change"}[lang]
    assert neutral in lives_sentence(data(tenants=(54.0, -2.0, 110.0)), lang)
    assert neutral in lives_sentence(data(tenants=(54.0, np.nan, np.nan)), lang)
    assert {"zh": "少", "en": "fewer"}[lang] in lives_sentence(data(tenants=(-9.0, -12.0, -6.0)), lang)


def test_worlds_without_a_difference_have_nothing_to_draw():
    same = data(counts=np.diag([5.0, 3.0, 1.0]), gained=0.0, lost=0.0, tenants=(0.0, 0.0, 0.0))
    assert render(lives(same, "zh"), "png", "same", "x")


def test_all_firms_followed_need_no_note():
    assert not any("followed" in line for line in words(lives(data(follow=1), "en")))
