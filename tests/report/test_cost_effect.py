"""Cost against effect: drawn where two packages can be compared, grey where a cost is undefined, and honest on prices."""

import dataclasses

import pandas as pd
import pytest
from matplotlib.colors import to_hex

from sim.studies.compare import sentences as findings
from sim.studies.compare.figures import drawn, figures_of
from sim.studies.compare.figures.cost_effect import UNDEFINED, cost_effect, ray_costs
from sim.studies.compare.page import page
from tests.report.fake_results import fake_data


@pytest.fixture(scope="module")
def two_kinds():
    """Results whose costs are known for graduates and for people retained."""
    data = fake_data(packages=3, pairs=12)
    people = data.costs.assign(measure="cost_per_additional_retained_person", effect=lambda t: 12 * t.effect)
    measures = data.measures | {"cost_per_additional_retained_person": data.measures["cost_per_additional_graduate"]}
    return dataclasses.replace(data, costs=pd.concat([data.costs, people], ignore_index=True), measures=measures)


def test_it_takes_two_packages_to_compare(results, toy_results, lone_results):
    assert "cost_effect" in figures_of(results)
    assert "cost_effect" not in figures_of(toy_results) + figures_of(lone_results)


def test_each_package_stands_at_its_spending_and_effect_and_grey_where_undefined(results):
    axes = cost_effect(results, "zh").axes[0]
    dots = {
        (line.get_xdata()[0], line.get_ydata()[0]): to_hex(line.get_markeredgecolor())
        for line in axes.lines
        if line.get_marker() == "o"
    }
    costs = [results.cost(key) for key in results.packages]
    assert {c.defined for c in costs} == {True, False}
    for cost in costs:
        (x, y), colour = min(
            dots.items(), key=lambda dot: abs(dot[0][1] - cost.effect) + abs(dot[0][0] * 1e8 - cost.spending) / 1e8
        )
        assert y == pytest.approx(cost.effect) and x == pytest.approx(cost.spending / 1e8)
        assert (colour == UNDEFINED) == (not cost.defined)
    names = {text.get_text().replace("\n", "") for text in axes.texts}
    assert {results.name(key, "zh") for key in results.packages} <= names


def test_a_panel_for_each_effect_that_is_known(results, two_kinds):
    assert len(cost_effect(results, "en").axes) == 1
    assert len(cost_effect(two_kinds, "en").axes) == 2


@pytest.mark.parametrize(
    ("low", "high", "found"), [(0.9, 6, [1, 2, 5]), (3e5, 3e6, [5e5, 1e6, 2e6]), (0, 5, []), (5, 5, [])]
)
def test_rays_stand_at_round_costs(low, high, found):
    assert ray_costs(low, high) == pytest.approx(found)


def with_flags(data, each, every):
    return dataclasses.replace(data, costs=data.costs.assign(ranking_holds=each, ranking_holds_all=every))


def test_the_ranking_is_said_to_hold_only_as_far_as_it_does(results):
    assert "in any combination" in findings.prices_sentence(with_flags(results, True, True), "en")
    assert "one at a time" in findings.prices_sentence(with_flags(results, True, False), "en")
    assert "可改变" in findings.prices_sentence(with_flags(results, False, False), "zh")
    assert findings.prices_sentence(with_flags(results, None, None), "en") is None


def test_the_page_shows_the_range_of_prices_and_that_nothing_is_discounted(two_kinds):
    pictures = drawn(two_kinds, ("en",), ("svg",))
    text = page(two_kinds, "en", pictures)
    assert text.count("unit prices ±50%: ") == int(two_kinds.costs.defined.sum())
    assert "not discounted" in text and findings.prices_sentence(two_kinds, "en") in text
    assert ">undefined<" in text
