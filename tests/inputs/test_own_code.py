"""A user's own policy: one Python file, one YAML, no change to the model."""

from dataclasses import replace

import pytest

from sim.engine.mistakes import ConfigurationError
from sim.inputs import config
from sim.inputs.own_code import LOADED
from sim.model.policies import POLICY_KINDS
from sim.runs.matched_pairs import matched_pairs
from sim.runs.simulate import simulate_matched

CODE = '''
"""Free shuttle buses to remote parks."""

from dataclasses import dataclass

from sim.engine.fields import number
from sim.model.policies import Policy, register


@register
@dataclass(frozen=True, kw_only=True)
class ShuttleBus(Policy):
    """Pays operators to run buses and relieves rents a little."""

    kind = "shuttle_bus"
    price: float = number("CNY/month", 0, 1e6, "price of one line", "单线价格")

    def set_place_terms(self, cluster):
        strength = self.strength(cluster)
        if strength:
            self.targets(cluster).edit(activation=2.0 * strength)

    def cost(self, cluster):
        return {"buses": self.price * self.strength(cluster) * len(self.targets(cluster))}
'''
YAML = """
# @package policies.shuttle_bus
kind: shuttle_bus
name: shuttle_bus
title: {zh: 通勤班车, en: Shuttle buses}
explanation: {zh: 开通班车。, en: Runs buses.}
answers: "6"
source: assumed
grade: assumed
start: "2022-03"
price: 20000
"""
SETTINGS = ["cluster=toy", "run.burn_in=12", "run.until=2022-12"]


@pytest.fixture
def own(tmp_path):
    """A user's configuration folder and code file. What the code registers is forgotten afterwards."""
    known = dict(POLICY_KINDS)
    (tmp_path / "mine" / "policy").mkdir(parents=True)
    (tmp_path / "mine" / "policy" / "shuttle_bus.yaml").write_text(YAML, encoding="utf-8")
    (tmp_path / "buses.py").write_text(CODE, encoding="utf-8")
    yield tmp_path / "mine", tmp_path / "buses.py"
    POLICY_KINDS.clear()
    POLICY_KINDS.update(known)
    LOADED.clear()


def pair(folder):
    return [config.load([*SETTINGS, *extra], own=folder) for extra in ((), ("policy=[shuttle_bus]",))]


def named(setups):
    """The two setups as two scenarios."""
    return [replace(setup, scenario=name) for setup, name in zip(setups, ("without", "with"), strict=True)]


def test_it_runs_in_this_process(own):
    folder, code = own
    config.load_code(code)
    matched = simulate_matched(named(pair(folder)), seed=3)
    assert sum(amount for *_, amount in matched.outcomes["with"].spending) == pytest.approx(10 * 2 * 20_000)
    assert not matched.outcomes["without"].spending


def test_it_runs_in_worker_processes_with_the_same_result(own):
    folder, code = own
    config.load_code(code)
    setups = named(pair(folder))
    here = {seed: simulate_matched(setups, seed) for seed in (3, 4)}
    there = {matched.seed: matched for matched in matched_pairs(setups, [3, 4], workers=2)}
    assert there.keys() == here.keys()
    for seed, matched in here.items():
        for name, outcome in matched.outcomes.items():
            twin = there[seed].outcomes[name]
            assert twin.spending == outcome.spending
            for kind, values in outcome.yearly.items():
                assert values.values.tobytes() == twin.yearly[kind].values.tobytes()


def test_it_goes_together_with_shipped_policies(own):
    folder, code = own
    config.load_code(code)
    setup = config.load([*SETTINGS, "policy=[shuttle_bus,rent_relief]"], own=folder)
    assert {policy.name for policy in setup.policies} == {"shuttle_bus", "rent_relief"}


def test_its_own_settings_are_checked_like_shipped_ones(own):
    folder, code = own
    config.load_code(code)
    with pytest.raises(
        ConfigurationError,
        match=r"policies.shuttle_bus.price = -1 CNY/month is outside 0 to 1e\+06 \(price of one line\)",
    ):
        config.load([*SETTINGS, "policy=[shuttle_bus]", "policies.shuttle_bus.price=-1"], own=folder)


def test_a_misspelt_setting_of_its_own_is_told_like_a_shipped_one(own):
    folder, code = own
    config.load_code(code)
    with pytest.raises(
        ConfigurationError, match=r"policies.shuttle_bus.prise: no such setting; did you mean 'price'\?"
    ):
        config.load([*SETTINGS, "policy=[shuttle_bus]", "policies.shuttle_bus.prise=1"], own=folder)


def test_without_its_code_the_kind_is_not_known(own):
    with pytest.raises(ConfigurationError, match=r"policies.shuttle_bus.kind = 'shuttle_bus': no such kind of policy"):
        config.load([*SETTINGS, "policy=[shuttle_bus]"], own=own[0])


def test_a_mistake_in_the_code_is_one_sentence(tmp_path):
    (tmp_path / "broken.py").write_text("import nothing_of_this_name", encoding="utf-8")
    with pytest.raises(
        ConfigurationError, match="broken.py: ModuleNotFoundError: No module named 'nothing_of_this_name'"
    ):
        config.load_code(tmp_path / "broken.py")
    with pytest.raises(ConfigurationError, match="absent.py: no such file"):
        config.load_code(tmp_path / "absent.py")
    (tmp_path / "notes.txt").write_text("no code", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="notes.txt: not a Python file; expected a name that ends in .py"):
        config.load_code(tmp_path / "notes.txt")
