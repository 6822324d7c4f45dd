"""Designs lie inside the bounds that settings declare, grow where they can, and a point is the override it stands for."""

import re
from dataclasses import fields

import numpy as np
import pandas as pd
import pytest

from sim.engine.mistakes import ConfigurationError
from sim.inputs.config import load
from sim.model.parameters import SHARES, catalogue
from sim.runs.settings import at_point
from sim.studies.sweep import designs
from sim.studies.sweep.space import Space, dimensions_of, space_of, varies
from tests.helpers import optional

SHORT = ("cluster=toy", "run.burn_in=24", "run.until=2027-12")
NAMED = [
    "parameters.choice.rent_sensitivity=0.5..1.5",
    "parameters.space.patience=2,4,8",
    "world=space_pulls,promotion_pulls",
]


@pytest.fixture(scope="module")
def setup():
    return load([*SHORT, "scenario=whole_document"])


@pytest.fixture(scope="module")
def space(setup):
    return space_of(setup, NAMED)


def test_by_default_every_borrowed_or_assumed_parameter_varies_between_its_own_bounds(setup):
    found = space_of(setup)
    graded = {name for name, about in setup.sources.items() if about["grade"] in ("borrowed", "assumed")} - set(SHARES)
    assert {".".join(d.name.split(".")[1:3]) for d in found.dimensions} == graded
    for d in found.dimensions:
        about = catalogue()[".".join(d.name.split(".")[1:3])]
        assert (d.low, d.high, d.unit) == (about["low"], about["high"], about["unit"])
        assert d.low <= d.now <= d.high


@pytest.mark.parametrize(
    "kind, size", [("grid", 3), ("latin", 20), ("sobol", 20), ("one_at_a_time", 3), ("morris", 4), ("saltelli", 8)]
)
def test_points_of_every_design_lie_inside_the_space(space, kind, size):
    if kind in ("morris", "saltelli"):
        optional("SALib")
    design = getattr(designs, kind)(space, size)
    rents = design.points["parameters.choice.rent_sensitivity"]
    assert rents.between(0.5, 1.5).all() and rents.nunique() > 2
    assert set(design.points["parameters.space.patience"]) <= {2.0, 4.0, 6, 8.0}  # 6 is the present value
    assert set(design.points["world"]) == {"space_pulls", "promotion_pulls"}
    assert design.points.index.name == "point" and design.points.index.tolist() == list(range(len(design)))
    low, high = space.bounds.T
    if kind != "one_at_a_time":
        assert ((design.x >= low) & (design.x <= high)).all()


def test_sizes_of_designs(space):
    optional("SALib")
    k = len(space)
    assert len(designs.grid(space, 4)) == 4 * 3 * 2
    assert len(designs.latin(space, 7)) == len(designs.sobol(space, 7)) == 7
    assert len(designs.morris(space, 5)) == 5 * (k + 1)
    assert len(designs.saltelli(space, 8)) == 8 * (k + 2)
    assert len(designs.saltelli(space, 8, second_order=True)) == 8 * (2 * k + 2)
    assert len(designs.one_at_a_time(space)) == 1 + 2 + 3 + 1


def test_a_latin_hypercube_has_one_point_in_each_part(space):
    shares = (designs.latin(space, 16).points["parameters.choice.rent_sensitivity"] - 0.5).to_numpy()
    assert sorted((shares * 16).astype(int)) == list(range(16))


@pytest.mark.parametrize("kind, small, large", [("sobol", 5, 32), ("saltelli", 4, 16)])
def test_a_larger_design_begins_with_the_smaller_one(space, kind, small, large):
    if kind == "saltelli":
        optional("SALib")
    one, other = (getattr(designs, kind)(space, n).points for n in (small, large))
    assert other.iloc[: len(one)].equals(one) and len(other) > len(one)


def test_the_same_seed_makes_the_same_design_and_another_another(space):
    one, same, other = (designs.latin(space, 8, seed=s).points for s in (1, 1, 2))
    assert one.equals(same) and not one.equals(other)


def test_shares_invert_points(setup):
    found = space_of(setup, ["parameters.choice.*", "world=space_pulls,promotion_pulls"])
    design = designs.sobol(found, 8)
    assert found.table(found.shares(design.points)).drop(columns="world").to_numpy() == pytest.approx(
        design.points.drop(columns="world").to_numpy(dtype=float)
    )
    assert found.problem()["bounds"][-1] == [0.0, 2.0] and set(design.x[:, -1]) == {0.5, 1.5}


def same(one, other):
    return [f.name for f in fields(one) if f.name != "title" and getattr(one, f.name) != getattr(other, f.name)]


def test_a_point_is_what_composing_its_overrides_gives(setup):
    for values in designs.sobol(space_of(setup), 2).points.to_dict("records"):
        (fast,) = at_point([setup], values)
        slow = load([*SHORT, "scenario=whole_document", *(f"{name}={value!r}" for name, value in values.items())])
        assert same(fast, slow) == []


@pytest.mark.parametrize(
    "name, value",
    [
        ("policies.rent_relief.reward", 20.0), ("policies.rent_relief.start", "2027-01"), ("rules.limit", 60.0),
        ("rules.certificate", False), ("run.follow", 2.0), ("run.until", "2026-12"), ("parameters.labour.quit_base.general", 0.3),
    ],
)  # fmt: skip
def test_any_declared_setting_is_set_as_an_override_sets_it(setup, name, value):
    (fast,) = at_point([setup], {name: value})
    slow = load([*SHORT, "scenario=whole_document", f"{name}={str(value).lower()}"])
    assert same(fast, slow) == [] and same(fast, setup) != []


def test_a_value_already_there_leaves_the_very_setup():
    setup = load([*SHORT])
    (again,) = at_point([setup], {"parameters.space.turning_months": 2.0})
    assert again.parameters is setup.parameters


def test_a_lever_acts_on_the_scenarios_that_have_it(setup):
    bare = setup.without_policies()
    first, second = at_point([bare, setup], {"policies.rent_relief.reward": 20.0})
    assert first is bare and {p.name: p for p in second.policies}["rent_relief"].reward == 20


@pytest.mark.parametrize(
    "values, said",
    [
        ({"parameters.choice.rent_sensitivity": 9.0}, "parameters.choice.rent_sensitivity = 9 is outside 0.5 to 2"),
        (
            {"parameters.choice.rent_sens": 1.0},
            "parameters.choice.rent_sens: no such setting; did you mean 'rent_sensitivity'",
        ),
        (
            {"parameters.demand.origin_shares.local": 0.9},
            "parameters.demand.origin_shares: shares add up to 1.35, not 1.",
        ),
        ({"parameters.growth.spread": 0.9, "parameters.growth.reference_size": 90.0}, "a mean without bound"),
        (
            {"policies.rent_relief.start": "2020-01"},
            "policies.rent_relief.start = 2020-01: before the simulation starts",
        ),
        ({"run.until": "2020-01"}, "run.until = 2020-01: before the simulation starts"),
    ],
)
def test_a_point_is_checked_as_a_file_is(setup, values, said):
    with pytest.raises(ConfigurationError, match=re.escape(said)):
        at_point([setup], values)


@pytest.mark.parametrize(
    "names, said",
    [
        ([], "vary=[]: nothing is varied"),
        (["parameters.choice.rent_sens"], "no such setting; did you mean 'rent_sensitivity'?"),
        (["parameters.choice.rent_sensitivity=0..2"], "0 is outside 0.5 to 2 (weight of ln (net rent + charges))."),
        (["parameters.choice.rent_sensitivity=2..1"], "expected the lower bound first"),
        (
            ["parameters.choice.rent_sensitivity=a..b"],
            "expected bounds such as parameters.choice.rent_sensitivity=1..2",
        ),
        (["parameters.choice.rent_sensitivity"] * 2, "varied twice"),
        (["parameters.demand.origin_shares"], "shares of one whole, which add up to 1"),
        (["parameters.demand.origin_shares.local"], "shares of one whole, which add up to 1"),
        (["policies.nothing.reward"], "none of the scenarios has the policy 'nothing'"),
        (["policies.rent_relief.start"], "has no bounds (first month), so its values must be listed"),
        (["policies.rent_relief.title"], "cannot be varied"),
        (["world"], "world: has no bounds, so its values must be listed: world="),
        (["world=space_pulls"], "expected two or more different values"),
        (["cluster=toy,ouhai"], "places are not varied inside one sweep"),
        (["seed"], "no setting that a point can change"),
        (["parameters.xyz.*"], "no setting with bounds has such a name"),
    ],
)
def test_a_space_that_cannot_be_is_refused_in_a_sentence(setup, names, said):
    with pytest.raises(ConfigurationError, match=re.escape(said)) as refused:
        space_of(setup, names)
    assert len(refused.value.problems) == 1


@pytest.mark.parametrize(
    "make, said",
    [
        (lambda s: designs.sobol(s, 0), "points=0: expected a whole number from 1 on."),
        (lambda s: designs.saltelli(s, 12), "n=12: expected a power of two, such as 8 or 16."),
        (lambda s: designs.grid(s, 1000_000), "at most 1,000,000 are laid out"),
        (lambda s: designs.latin(s, 2_000_000), "ask for fewer"),
        (lambda s: designs.morris(s, 4, levels=3), "levels=3: expected an even number"),
    ],
)
def test_a_design_that_cannot_be_is_refused_in_a_sentence(space, make, said):
    with pytest.raises(ConfigurationError, match=re.escape(said)):
        make(space)


def test_a_listed_design_is_read_from_its_file(setup, tmp_path):
    optional_points = pd.DataFrame(
        {"parameters.choice.rent_sensitivity": [0.1 + 0.6, 1.5], "world": ["space_pulls", "promotion_pulls"]}
    )
    optional_points.to_csv(tmp_path / "points.csv", index=False)
    design = designs.listed(setup, tmp_path / "points.csv")
    assert design.points["parameters.choice.rent_sensitivity"].tolist() == [0.1 + 0.6, 1.5]
    assert isinstance(design.space, Space) and design.space["world"].values == ("space_pulls", "promotion_pulls")
    whole = {
        f"parameters.demand.origin_shares.{k}": [v]
        for k, v in zip(("local", "university", "mover", "outsider"), (0.4, 0.2, 0.2, 0.2), strict=True)
    }
    (changed,) = at_point([setup], designs.listed(setup, whole).points.iloc[0].to_dict())
    assert changed.parameters.demand.origin_shares == (0.4, 0.2, 0.2, 0.2)


@pytest.mark.parametrize(
    "content, said",
    [
        (None, "no such file"), ("", "points.csv: it is empty"), ("world\n", "points.csv: has no points"),
        ("parameters.choice.focus;world\n1;space_pulls\n", "points.csv: its columns are parted by semicolons"),
        ("parameters.choice.focus,note\n1,good\n", "points.csv: column note: no setting that a point can change"),
        ("parameters.choice.focus\n1\nabc\n", "points.csv: point 1: parameters.choice.focus = 'abc': expected a number"),
        ("parameters.choice.focus\n1\n\"\"\n", "point 1 has no value for parameters.choice.focus"),
        ("parameters.choice.fokus\n1\n", "did you mean 'focus'"),
        ("point,parameters.choice.focus\n1,1\n1,2\n", "two points have the same number"),
        ("parameters.choice.focus\n7\n", "point 0: parameters.choice.focus = 7 is outside 0 to 2"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_design_is_refused_in_a_sentence(setup, tmp_path, content, said):
    if content is not None:
        (tmp_path / "points.csv").write_text(content, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=re.escape(said)) as refused:
        designs.listed(setup, tmp_path / "points.csv")
    assert len(refused.value.problems) == 1


def test_a_file_in_another_coding_is_refused_with_what_to_do(setup, tmp_path):
    (tmp_path / "points.csv").write_bytes("parameters.choice.focus,备注\n1,好\n".encode("gbk"))
    with pytest.raises(ConfigurationError, match="not UTF-8; save it as 'CSV UTF-8'"):
        designs.listed(setup, tmp_path / "points.csv")


def test_a_range_and_a_list_are_told_from_a_plain_override():
    assert [varies(t) for t in ("a.b=0.5..2", "world=x,y", "a.b=2", "policy=[a,b]", "policies.x.parks=[a,b]")] == [
        True,
        True,
        False,
        False,
        False,
    ]


def test_a_list_of_numbers_is_varied_element_by_element(setup):
    found = dimensions_of([setup], "parameters.labour.quit_base=0.1..0.2")
    assert [d.name.rpartition(".")[2] for d in found] == ["general", "skilled", "high_level"]
    assert np.array([[d.low, d.high] for d in found]).tolist() == [[0.1, 0.2]] * 3
