"""Official rule sets: what counts as met, what never does, and what the figures count."""

import csv
from dataclasses import replace

import numpy as np
import pytest

from sim.engine.mistakes import ConfigurationError
from sim.inputs.catalogue import shipped_folder
from sim.inputs.config import load
from sim.model.agents import Enterprise, Park
from sim.model.criteria import FIGURES, PREFIX, Criterion, RuleSet, figures, growing_share, read_criteria

BOTH = {"zh": "一", "en": "one"}


def criterion(key, figure, **values):
    return Criterion(key=key, title=BOTH, figure=figure, unit="firm", source="rule", **values)


def rule_set(*criteria, level="municipal"):
    return RuleSet(key="a_set", criteria=criteria, title=BOTH, level=level, source="rule")


SPECIAL = np.array([False, True, False])


def test_specialised_parks_are_held_to_their_own_bar_and_others_to_the_general_one():
    rules = rule_set(criterion("tenants", "tenants", least=30, specialised=20))
    known = {"tenants": np.array([[25.0, 25.0, 30.0], [30.0, 19.0, 29.0]])}
    assert rules.meets(known, SPECIAL).tolist() == [[False, True, True], [True, False, False]]


def test_what_is_asked_of_specialised_parks_only_is_not_asked_of_others():
    rules = rule_set(criterion("industry", "industry_share", specialised=0.75), criterion("size", "tenants", least=1))
    known = {"industry_share": np.array([0.1, 0.1, 0.9]), "tenants": np.ones(3)}
    assert rules.meets(known, SPECIAL).tolist() == [True, False, True]
    assert [c.key for c in rules.asked(False)] == ["size"] and len(rules.asked(True)) == 2


def test_a_set_without_a_simulated_criterion_is_never_met():
    nothing = rule_set(criterion("seed", "not_simulated", least=1))
    assert not nothing.meets({"tenants": np.full(3, 1e6)}, SPECIAL).any()
    assert not rule_set().meets({"tenants": np.full(3, 1e6)}, SPECIAL).any()


def test_what_is_not_simulated_neither_helps_nor_stands_in_for_anything():
    rules = rule_set(
        criterion("funded", "funded_share", least=0.2),
        criterion("own_fund", "not_simulated", least=0.1, alternative_to="funded"),
    )
    known = {"funded_share": np.array([0.2, 0.1, 0.3])}
    assert rules.meets(known, SPECIAL).tolist() == [True, False, True]


def test_an_alternative_that_is_simulated_is_enough():
    rules = rule_set(
        criterion("filed", "patent_share", least=0.5),
        criterion("funded", "funded_share", least=0.3, alternative_to="filed"),
    )
    known = {"patent_share": np.array([0.5, 0.0, 0.0]), "funded_share": np.array([0.0, 0.3, 0.2])}
    assert rules.meets(known, SPECIAL).tolist() == [True, True, False]


def test_recognition_asks_only_for_what_is_marked_for_it():
    rules = rule_set(
        criterion("size", "tenants", least=1), criterion("industry", "industry_share", least=0.75, recognition=False)
    )
    known = {"tenants": np.ones(3), "industry_share": np.zeros(3)}
    assert rules.meets(known, SPECIAL, recognition=True).all() and not rules.meets(known, SPECIAL).any()


def test_figures_are_those_declared_and_stand_on_record_each_december(toy):
    assert tuple(figures(toy, toy.all(Park))) == FIGURES
    for _ in range(12):
        toy.advance()
    kept = [PREFIX + "tenants" in park for _, _, park, _ in toy.tally.months]
    assert kept == [False] * 11 + [True]
    december = toy.tally.months[-1]
    assert december[2][PREFIX + "tenants"].sum() == december[1]["incubatees"][:-1].sum()


def test_a_tenant_grows_only_if_this_year_beats_the_last_by_more_than_the_bar(toy):
    while toy.now % 12 != 11:
        toy.advance()
    firms = toy.where(Enterprise, lambda f: f.is_incubating())
    firms.entered_on, firms.park_row, firms.sector = np.int32(toy.now - 24), np.int32(0), np.int8(0)
    this = toy.now // 12 % 2
    ring = np.full((len(firms), 2, 12), 100.0)
    ring[0, this], ring[1, this] = 121.0, 119.0  # the others stand still
    firms.past_revenue = ring.reshape(len(firms), 24).astype(np.float32)
    assert growing_share(toy, firms).tolist() == [1 / len(firms), 0.0]
    firms.entered_on = np.int32(toy.now - 23)  # less than two years on record says nothing
    assert growing_share(toy, firms).tolist() == [0.0, 0.0]


def test_the_shipped_bars_are_the_facts_they_cite():
    with open(shipped_folder() / "calibration" / "facts.csv", encoding="utf-8-sig") as file:
        facts = {row["key"]: float(row["value"]) for row in csv.DictReader(file) if row["key"].startswith("rule_")}
    checked = 0
    for rules in load(["cluster=toy"]).criteria.sets.values():
        for c in rules.criteria:
            if c.source in facts and c.key not in (
                "wz_years",
                "nat_valid_ip",
                "nat_seed_fund",
                "nat_statistics",
                "miit_own_fund",
            ):
                assert c.least == pytest.approx(facts[c.source]), c.key
                checked += 1
    assert checked >= 14


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"figure": "tenantz"}, "criteria.sets.mine.size.figure = 'tenantz': not known; did you mean 'tenants'?"),
        ({"least": None}, "criteria.sets.mine.size: least is missing"),
        ({"alternative_to": "siz"}, "criteria.sets.mine.size.alternative_to = 'siz': not in this set"),
        ({"unit": "miles"}, "criteria.sets.mine.size.unit = 'miles'"),
    ],
)
def test_a_mistake_in_a_rule_set_names_its_place(change, sentence):
    one = {"key": "size", "title": BOTH, "figure": "tenants", "unit": "firm", "least": 3, "source": "rule"} | change
    about = {"title": BOTH, "level": "none", "source": "rule", "criteria": [one]}
    problems = []
    read_criteria({"growing": 0.2, "sets": {"mine": about}}, problems)
    assert len(problems) == 1 and sentence in problems[0]


def test_criteria_may_be_changed_like_any_setting_and_are_checked():
    setup = load(["cluster=toy", "criteria.growing=0.5"])
    assert setup.criteria.growing == 0.5 and replace(setup.criteria).sets.keys() == setup.criteria.sets.keys()
    with pytest.raises(ConfigurationError, match="criteria.growing"):
        load(["cluster=toy", "criteria.growing=-1"])
