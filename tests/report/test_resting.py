"""What an answer rests on: a claim is made only where its interval allows, and figures draw what was found."""

import dataclasses
import math

import pandas as pd
import pytest

from sim.studies.sensitivity.figures import write_figures
from sim.studies.sensitivity.figures.indices import indices, tornado
from sim.studies.sensitivity.figures.variance_split import spread
from sim.studies.sensitivity.sentences import (
    Asked,
    SensitivityData,
    answer,
    clearest,
    counts,
    parts,
    rests,
    short,
    split_message,
    tornado_message,
)

MEASURE = {
    "title": {"zh": "入驻率", "en": "Occupancy"}, "unit": {"zh": "", "en": ""}, "percent": True, "good": "up", "total": False,
}  # fmt: skip
LEVEL, EFFECT = Asked("occupancy_rate", "nothing", ""), Asked("occupancy_rate", "fill", "nothing")


def number(zh, en, grade="assumed", low=0.0, high=2.0, value=1.0):
    return {
        "title": {"zh": zh, "en": en},
        "unit": {"zh": "", "en": ""},
        "grade": grade,
        "low": low,
        "high": high,
        "value": value,
    }


def rows(columns, **outputs):
    found = []
    for name, values in outputs.items():
        keys = {"level": LEVEL, "effect": EFFECT}[name]._asdict()
        found += [keys | dict(zip(columns.split(), value, strict=True)) for value in values]
    return pd.DataFrame(found)


@pytest.fixture
def data():
    shares = "name first first_low first_high total total_low total_high pawn nothing points"
    return SensitivityData(
        scenarios={"nothing": {"zh": "现状延续", "en": "Doing nothing"}, "fill": {"zh": "先填后建", "en": "Fill first"}},
        measures={"occupancy_rate": MEASURE},
        numbers={"rent": number("租金敏感度", "weight of rent"), "quit": number("离职率", "quits", "borrowed", -1.0, 3e6)},
        structures={"as_shipped": {"zh": "现有结构", "en": "as shipped"}, "other": {"zh": "招商拉动", "en": "promotion"}},
        outputs=rows(
            "today today_low today_high least most keeps points",
            level=[(0.8, 0.79, 0.81, 0.3, 0.9, math.nan, 90)], effect=[(0.05, 0.04, 0.06, -0.01, 0.09, 0.93, 90)],
        ),
        screening=rows(
            "name mu_star low high luck_most",
            level=[("rent", 0.2, 0.1, 0.3, 0.02), ("quit", 0.1, 0.05, 0.2, 0.02)],
            effect=[("rent", 0.05, 0.03, 0.07, 0.02), ("quit", 0.018, 0.01, 0.03, 0.02)],
        ),
        indices=rows(
            shares,
            level=[("rent", 0.4, 0.3, 0.5, 0.5, 0.4, 0.6, 0.4, 0.1, 128), ("quit", 0.4, 0.3, 0.5, 0.45, 0.3, 0.6, 0.4, 0.1, 128)],
            effect=[("rent", 0.8, 0.7, 0.9, 0.9, 0.7, 1.1, 0.5, 0.1, 128), ("quit", 0.0, -0.1, 0.1, 0.1, -0.1, 0.3, 0.05, 0.1, 128)],
        ),
        tornado=rows(
            "name end value change low high clear",
            level=[
                ("rent", "low", 0.0, 0.02, 0.01, 0.03, True),
                ("rent", "high", 2.0, -0.1, -0.12, -0.08, True),
                ("quit", "low", -1.0, 0.0, 0.0, 0.0, False),
                ("quit", "high", 3e6, 0.001, -0.01, 0.012, False),
            ],
            effect=[
                ("rent", "low", 0.0, 0.01, -0.01, 0.03, False),
                ("rent", "high", 2.0, 0.02, 0.015, 0.025, True),
                ("quit", "low", -1.0, 0.0, 0.0, 0.0, False),
                ("quit", "high", 3e6, 0.0, 0.0, 0.0, False),
            ],
        ),
        split=rows(
            "part variance share low high",
            level=[("luck", 1e-4, 0.05, 0.0, 0.1), ("parameters", 2e-3, 0.85, 0.7, 1.0), ("structure", 2e-4, 0.1, 0.0, 0.3)],
            effect=[("luck", 1e-4, 0.4, 0.1, 0.7), ("parameters", 1e-4, 0.4, 0.1, 0.7), ("structure", 1e-4, 0.2, 0.0, 0.5)],
        ),
        years=(2026, 2035), sets=8, seeds=3, units=500, run_id="x1", version="v1",
    )  # fmt: skip


def test_the_strongest_assumption_is_named_with_its_share_and_interval(data):
    told = rests(data, EFFECT, "en")
    assert told == (
        'Effect of Fill first on occupancy rests most on "weight of rent": 90% of its variance over the assumptions searched '
        "(95% interval of sampling 70% to 100%)"
    )
    assert "租金敏感度" in rests(data, EFFECT, "zh")


def test_two_that_are_too_close_are_both_named(data):
    told = rests(data, LEVEL, "en")
    assert "too close to rank" in told and "quits" in told and "weight of rent" in told


def test_without_a_clear_share_nothing_is_claimed(data):
    vague = dataclasses.replace(data, indices=data.indices.assign(total_low=-0.2))
    assert rests(vague, EFFECT, "en").endswith("rests on no single assumption that these 128 points show clearly")
    unknown = dataclasses.replace(data, indices=data.indices.assign(total=math.nan, total_low=math.nan))
    assert "no single assumption" in rests(unknown, EFFECT, "en")


def test_the_answer_tells_how_firm_the_sign_is_only_if_there_is_one(data):
    assert "keeps that sign at 93% of the 90 points" in answer(data, EFFECT, "en")
    outputs = data.outputs.assign(today_low=-0.01)
    assert "ranges from −1.0 points to +9.0 points" in answer(dataclasses.replace(data, outputs=outputs), EFFECT, "en")


def test_only_what_moves_more_than_luck_is_counted_and_by_grade(data):
    assert (
        counts(data, EFFECT, "en")
        == "in the screening 1 of 2 numbers searched move it by more than luck does (1 assumed)"
    )
    assert counts(data, LEVEL, "en").endswith("(1 assumed and 1 borrowed)")
    none = dataclasses.replace(data, screening=data.screening.assign(mu_star=0.0, luck_most=1.0))
    assert (
        counts(none, EFFECT, "en") == "in the screening none of the 2 numbers searched moves it by more than luck does"
    )


def test_advice_needs_a_part_whose_interval_lies_above_the_others(data):
    assert "better data help most" in parts(data, LEVEL, "en")
    assert "none of the three stands out" in parts(data, EFFECT, "en")
    assert split_message(data, "en").startswith("Ignorance of parameters is most of the spread of 1 of 2 results")


@pytest.mark.parametrize(
    ("lang", "said"), [("en", "most of the spread of all 2 results"), ("zh", "全部2项结果的离散都主要来自参数")]
)
def test_what_holds_of_all_results_is_said_of_all(data, monkeypatch, lang, said):
    monkeypatch.setattr(type(data), "asked", lambda self: [LEVEL, LEVEL])
    assert said in split_message(data, lang)


def test_the_tornado_names_what_moves_most_clearly(data):
    told = tornado_message(data, LEVEL, "en")
    assert (
        told
        == 'Occupancy, Doing nothing: "weight of rent" moves it most, by +2.0 points at 0 and −10.0 points at 2 (today 1)'
    )
    still = dataclasses.replace(data, tornado=data.tornado.assign(clear=False))
    assert tornado_message(still, LEVEL, "en").startswith("No single assumption")


def test_values_are_short_and_keep_their_sign():
    assert [short(v) for v in (0.0416667, 1.5e6, -0.5, 0)] == ["0.0417", "1,500,000", "−0.5", "0"]


def test_titles_speak_of_the_effect(data):
    assert clearest(data, [LEVEL, EFFECT], "indices") == EFFECT


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_figures_draw_every_assumption_and_output(data, lang):
    for draw in (indices, tornado):
        figure = draw(data, data.asked("occupancy_rate"), lang)
        words = {text.get_text() for text in figure.texts}
        assert {data.numbers[name]["title"][lang] for name in data.numbers} <= words
        assert len([axes for axes in figure.axes if axes.get_xlabel()]) == 2
    widths = [patch.get_width() for axes in spread(data, lang).axes for patch in axes.patches]
    assert widths == pytest.approx([0.05, 0.85, 0.1, 0.4, 0.4, 0.2])


def test_figures_lie_in_both_languages_and_forms(data, tmp_path):
    names = {path.relative_to(tmp_path).as_posix() for path in write_figures(data, tmp_path)}
    kinds = ("sobol_occupancy_rate", "tornado_occupancy_rate", "split")
    assert names == {
        f"figures/{lang}/{kind}.{form}" for lang in ("zh", "en") for kind in kinds for form in ("png", "svg")
    }


def test_a_table_without_a_column_is_refused_by_name(data):
    with pytest.raises(ValueError, match="split lacks the column 'share'"):
        dataclasses.replace(data, split=data.split.drop(columns="share"))
