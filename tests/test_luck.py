"""Luck belongs to who, what and when: never to an order, a row, a process or a policy."""

import ast
import itertools
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

import sim
from sim.engine import bits, distributions, streams
from sim.engine.calendar import month_number
from sim.methods import shapley
from sim.model.agents import Enterprise
from sim.model.cluster import Cluster
from sim.model.phases import arrivals
from sim.model.status import Event, Status
from tests.conftest import OUHAI, SEED
from tests.helpers import (
    ALL_POLICIES,
    POLICIES,
    counts_until,
    later,
    log_until,
    same_counts,
    same_record,
    same_tables,
    under,
)

SOURCE = Path(sim.__file__).parent
BEFORE = 36  # months before the policy starts
AFTER = 6  # months under it
DRAWS = 100_000


@pytest.fixture(scope="module")
def started(ouhai_setup):
    return later(ouhai_setup, BEFORE)


@pytest.fixture(scope="module")
def baseline(ouhai, ouhai_setup):
    """Ouhai without policies, to the month before the policies of these tests start. Fork it."""
    return ouhai.fork(ouhai_setup).run(until=ouhai.start + BEFORE)


@pytest.fixture(scope="module")
def package(composed, started):
    """All seven policies, in force from month 37 on, some of them at full strength after months."""
    return under(composed(*OUHAI, ALL_POLICIES), composed(*OUHAI, ALL_POLICIES).policies, start=started)


# ---- runs


def test_the_same_seed_twice_gives_the_same_bits(composed):
    setup = composed(*OUHAI, ALL_POLICIES)
    setup = under(setup, setup.policies, start=later(setup, 2))
    one, other = (Cluster(setup, SEED).run(until=month_number(later(setup, 9))) for _ in range(2))
    assert same_record(one, other) and same_tables(one, other) and one.spending == other.spending


def test_another_seed_gives_another_history(toy_setup):
    one, other = (Cluster(toy_setup, seed).run() for seed in (1, 2))
    assert not np.array_equal(one.log.table(), other.log.table())


@pytest.mark.parametrize("name", POLICIES)
def test_a_policy_changes_nothing_before_it_starts_and_a_fork_at_its_start_is_the_full_run(
    name, lever, ouhai, ouhai_setup, baseline, started
):
    setup = under(ouhai_setup, [lever(name)], start=started)
    full = ouhai.fork(setup).run(until=ouhai.start + BEFORE)
    assert same_record(full, baseline) and same_tables(full, baseline)
    full.run(until=full.now + AFTER)
    assert np.array_equal(log_until(full, started), baseline.log.table())
    assert same_counts(counts_until(full, started), baseline.tally.months)
    branch = baseline.fork(setup).run(until=full.now)
    assert same_record(branch, full) and same_tables(branch, full)
    assert [item for item in full.spending if item[3]] == [item for item in branch.spending if item[3]]


@pytest.mark.parametrize("name", POLICIES)
def test_a_policy_without_intensity_changes_nothing_and_costs_nothing(name, lever, ouhai, ouhai_setup, baseline):
    nothing = under(ouhai_setup, [lever(name)], start=ouhai_setup.data.start, intensity=0.0)
    idle = ouhai.fork(nothing).run(until=ouhai.start + 25)  # past the January in which a year's reward is paid
    assert np.array_equal(idle.log.table(), log_until(baseline, later(ouhai_setup, 25)))
    assert same_counts(idle.tally.months, counts_until(baseline, later(ouhai_setup, 25)))
    assert not any(amount for _, _, _, amount in idle.spending)


def test_the_seven_policies_together_do_change_something(package, baseline, ouhai_setup):
    acting, idle = (baseline.fork(setup).run(until=baseline.now + AFTER) for setup in (package, ouhai_setup))
    assert not same_record(acting, idle)
    assert {policy for _, policy, _, amount in acting.spending if amount} >= {
        "space_expansion",
        "performance_contracts",
        "talent_housing",
    }


def test_the_order_of_a_package_changes_no_bit(package, baseline):
    runs = []
    for order in (package.policies, package.policies[::-1], package.policies[3:] + package.policies[:3]):
        runs.append(baseline.fork(replace(package, policies=order)).run(until=baseline.now + AFTER))
    for other in runs[1:]:
        assert same_record(runs[0], other) and same_tables(runs[0], other) and runs[0].spending == other.spending


def test_how_often_rows_are_compacted_changes_no_event(ouhai, ouhai_setup):
    runs = [
        ouhai.fork(replace(ouhai_setup, run=replace(ouhai_setup.run, compact_every=every))).run(until=ouhai.start + 18)
        for every in (1, 6, 600)
    ]
    rows = [len(run.tables[Enterprise]) for run in runs]
    assert rows[0] < rows[2]
    assert same_record(runs[0], runs[1]) and same_record(runs[0], runs[2])
    living = [run.where(Enterprise, lambda f: f.exists()) for run in runs]
    assert all(np.array_equal(firms.revenue, living[0].revenue) for firms in living[1:])


def test_one_more_firm_in_slack_space_changes_few_others(ouhai_setup, monkeypatch):
    """With half the applicants there is room for all: what one more firm changes stays around it."""
    regime = ouhai_setup.world.regime
    half = replace(
        ouhai_setup.data.balance[regime], applicants_per_year=ouhai_setup.data.balance[regime].applicants_per_year / 2
    )
    slack = replace(ouhai_setup, data=replace(ouhai_setup.data, balance={regime: half}))
    past = Cluster(slack, SEED)
    month, without = past.now, past.fork(slack).run(until=past.now + 18).log.table()
    field = streams.poisson_field

    def one_more(seed, now, intensity):
        source, k = field(seed, now, intensity)
        if now != month:
            return source, k
        source, k = np.append(source, 0), np.append(k, 999)
        order = np.lexsort((k, source))
        return source[order], k[order]

    monkeypatch.setattr(streams, "poisson_field", one_more)
    extra = past.fork(slack).run(until=past.now + 18).log.table()
    newcomer = int(streams.ident(0, month, 999))
    lives = [_lives(log) for log in (without, extra)]
    assert set(lives[1]) - set(lives[0]) == {newcomer} and not set(lives[0]) - set(lives[1])
    changed = [ident for ident in lives[0] if lives[0][ident] != lives[1][ident]]
    assert len(changed) <= 0.01 * len(lives[0])  # core notes: 63 of 6,075 at an occupancy of 0.87


def _lives(log):
    """What happened to each firm, and when and where: {ident: [(month, event, cause, park), …]}."""
    lives = {}
    for ident, *what in zip(
        *(log[name].tolist() for name in ("ident", "month", "event", "cause", "park")), strict=True
    ):
        lives.setdefault(ident, []).append(tuple(what))
    return lives


# ---- identities


def test_identities_are_unique_and_say_when_a_firm_came(baseline, ouhai):
    arrived = baseline.log.table()
    arrived = arrived[arrived["event"] == Event.ARRIVED]
    assert np.unique(arrived["ident"]).size == arrived.size
    assert np.array_equal((arrived["ident"] >> np.uint64(24)) & np.uint64(0xFFFF), arrived["month"])
    firms = baseline.all(Enterprise)
    assert np.unique(firms.ident).size == len(firms)
    came = ((firms.ident >> np.uint64(24)) & np.uint64(0xFFFF)).astype(int)
    assert (came >= ouhai.start - int(ouhai.setup.run.burn_in)).all() and (came < baseline.now).all()


def test_the_month_of_an_identity_is_never_negative():
    with pytest.raises(OverflowError, match="month"):
        streams.ident(0, -1, 0)
    longest = 600  # burn-in
    assert month_number("2000-01") - longest > 0


@pytest.mark.parametrize("where", [(1 << 24, 0, 0), (0, 1 << 16, 0), (0, 0, 1 << 24)])
def test_an_identity_that_does_not_fit_is_refused(where):
    with pytest.raises(OverflowError):
        streams.ident(*where)


def test_identities_and_luck_must_be_whole_numbers_of_64_bits():
    with pytest.raises(TypeError, match="uint64"):
        streams.luck(np.arange(3), 1)
    with pytest.raises(TypeError, match="uint64"):
        streams.uniform(np.arange(3.0), 1)


# ---- names


def test_an_unregistered_decision_is_refused(toy):
    with pytest.raises(KeyError, match="no registered decision"):
        toy.draw("taste_for_tea", toy.all(Enterprise))


def test_every_decision_is_registered_once():
    written = []
    for node in ast.walk(ast.parse((SOURCE / "model" / "random_decisions.py").read_text(encoding="utf-8"))):
        if isinstance(node, ast.Dict):
            written += [
                ast.unparse(key)
                for key in node.keys
                if key is not None and isinstance(key, (ast.Constant, ast.JoinedStr))
            ]
    assert len(written) == len(set(written))
    assert len(set(map(bits.hash64, streams.DECISIONS))) == len(streams.DECISIONS)


def test_every_registered_decision_is_drawn(composed, monkeypatch):
    asked, keys_of_month = set(), streams.keys_of_month

    class Recorded(dict):
        def __getitem__(self, name):
            asked.add(name)
            return super().__getitem__(name)

    monkeypatch.setattr(streams, "keys_of_month", lambda seed, month: Recorded(keys_of_month(seed, month)))
    setup = composed(*OUHAI, ALL_POLICIES, "run.burn_in=60")
    cluster = Cluster(under(setup, setup.policies, start=setup.data.start), SEED)
    cluster.run(until=cluster.start + 6)
    shapley.orders(["one", "other"], SEED, 2)  # of studies, not of the month
    assert asked == set(streams.DECISIONS)


def test_only_keyed_luck_is_used_in_the_model():
    """No stream of random numbers whose next value depends on who drew before; designs and bootstraps of studies have theirs."""
    found = []
    for path in sorted(SOURCE.rglob("*.py")):
        if path.relative_to(SOURCE).parts[0] in ("studies", "methods"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
            elif isinstance(node, ast.Attribute):
                names = [node.attr]
            forbidden = {
                "random",
                "numpy.random",
                "shuffle_do",
                "shuffle",
                "default_rng",
                "RandomState",
                "secrets",
                "rvs",
            }
            found += [f"{path.relative_to(SOURCE)}:{node.lineno} {name}" for name in names if name in forbidden]
    assert not found


# ---- the Poisson field


def test_higher_intensity_keeps_every_accepted_point():
    base = np.linspace(0.0, 6.0, 200)
    for seed, month in itertools.product((1, 2), (0, 24300)):
        few = set(zip(*streams.poisson_field(seed, month, base), strict=True))
        many = set(zip(*streams.poisson_field(seed, month, 1.5 * base), strict=True))
        assert few < many


def test_a_source_does_not_notice_other_sources():
    alone = streams.poisson_field(3, 24300, np.array([0.0, 4.0, 0.0]))
    together = streams.poisson_field(3, 24300, np.array([9.0, 4.0, 2.0]))
    assert np.array_equal(alone[1], together[1][together[0] == 1])


def test_nobody_comes_where_intensity_is_zero():
    source, k = streams.poisson_field(1, 24300, np.zeros(5))
    assert source.size == k.size == 0


@pytest.mark.statistical
@pytest.mark.parametrize("mean", [0.05, 1.0, 8.0])
def test_the_field_counts_like_poisson(mean):
    sources, months = 2000, 20
    counts = np.concatenate(
        [
            np.bincount(streams.poisson_field(5, month, np.full(sources, mean))[0], minlength=sources)
            for month in range(24300, 24300 + months)
        ]
    )
    n = counts.size
    assert abs(counts.mean() - mean) < 4 * np.sqrt(mean / n)
    spread = np.sqrt((1 / mean + 2) / n)  # of the sample variance over the mean, for Poisson counts
    assert abs(counts.var(ddof=1) / mean - 1) < 4 * spread


# ---- draws


@pytest.fixture(scope="module")
def everyone():
    source, month, k = np.meshgrid(np.arange(40), np.arange(24000, 24050), np.arange(DRAWS // 2000), indexing="ij")
    return streams.ident(source.ravel(), month.ravel(), k.ravel())


def test_draws_lie_strictly_between_zero_and_one():
    edges = np.array([0, 1, bits.MASK, bits.MASK - 1, 1 << 63], np.uint64)
    u = streams.uniform(edges, 0)
    assert (
        (u > 0).all()
        and (u < 1).all()
        and np.isfinite(distributions.gumbel(u)).all()
        and np.isfinite(distributions.normal(u)).all()
    )
    assert (bits.MASK >> 12) * 2.0**-52 + 2.0**-53 < 1


def test_one_draw_is_the_same_alone_among_others_and_in_any_order(everyone):
    luck, key = streams.luck(everyone[:500], 3), streams.key(3, "round", 24300)
    together = streams.uniform(luck, key)
    assert np.array_equal(streams.uniform(luck[::-1], key)[::-1], together)
    assert all(streams.uniform(luck[i], key) == together[i] for i in range(0, 500, 50))
    parks = np.array([bits.hash64(f"park/{i}") for i in range(7)], np.uint64)
    table = streams.uniform(luck, key, parks)
    assert np.array_equal(streams.uniform(luck, key, parks[[4, 2]]), table[:, [4, 2]])


def test_keys_worked_out_together_are_those_of_the_formula():
    for seed, month in ((0, 0), (7, 24300), (2**31 - 1, 65535)):
        for name, (monthly, _) in streams.DECISIONS.items():
            base = bits.mix_int(bits.hash64(name) + seed * bits.GOLDEN)
            wanted = bits.mix_int(base + (month + 1) * bits.GOLDEN) if monthly else base
            assert streams.key(seed, name, month) == wanted, name


def test_luck_of_a_life_has_no_month_and_luck_of_a_month_has_one():
    for name, (monthly, _) in streams.DECISIONS.items():
        assert (streams.key(1, name, 24300) != streams.key(1, name, 24301)) == monthly, name


@pytest.mark.statistical
@pytest.mark.parametrize("name", ["mark_quality", "review", "closure_clock", "hire_general"])
def test_draws_are_uniform(everyone, name):
    cells = 256
    for seed in (0, 1, 2**31 - 1):
        u = streams.uniform(streams.luck(everyone, seed), streams.key(seed, name, 24300))
        counts = np.bincount((u * cells).astype(int), minlength=cells)
        chi2 = ((counts - u.size / cells) ** 2).sum() / (u.size / cells)
        assert abs(chi2 - (cells - 1)) < 4 * np.sqrt(2 * (cells - 1))
        assert abs(u.mean() - 0.5) < 4 * np.sqrt(1 / 12 / u.size)


@pytest.mark.statistical
def test_draws_of_different_decisions_months_seeds_and_neighbours_are_uncorrelated(everyone):
    def draw(name="round", month=24300, seed=1, who=everyone):
        return streams.uniform(streams.luck(who, seed), streams.key(seed, name, month))

    base = draw()
    parks = np.array([bits.hash64(f"park/{i}") for i in range(4)], np.uint64)
    tastes = streams.uniform(streams.luck(everyone, 1), streams.key(1, "taste_park", 0), parks).T
    others = {
        "other decision": draw("round_amount"), "other month": draw(month=24301), "a year later": draw(month=24312),
        "other seed": draw(seed=2), "next firm": np.roll(base, 1), "next source": np.roll(base, DRAWS // 40),
        "tiers": draw("hire_general"), "lasting": draw("closure_clock"), "other lasting": draw("relocation_clock"),
    }  # fmt: skip
    pairs = {**{name: (base, u) for name, u in others.items()}, "parks": tastes[:2], "other parks": tastes[2:]}
    z = {name: np.corrcoef(a, b)[0, 1] * np.sqrt(len(a)) for name, (a, b) in pairs.items()}
    assert max(map(abs, z.values())) < 4, z


@pytest.mark.statistical
@pytest.mark.parametrize(
    ("transform", "mean", "variance"),
    [
        (distributions.exponential, 1.0, 1.0),
        (distributions.gumbel, np.euler_gamma, np.pi**2 / 6),
        (distributions.normal, 0.0, 1.0),
    ],
)
def test_transformed_draws_have_their_mean(everyone, transform, mean, variance):
    x = transform(streams.uniform(streams.luck(everyone, 4), streams.key(4, "tie", 0)))
    assert abs(x.mean() - mean) < 4 * np.sqrt(variance / x.size)


# ---- counts by inversion


@pytest.fixture(scope="module")
def luck_of_counts(everyone):
    return streams.uniform(streams.luck(everyone[:4000], 9), streams.key(9, "patent", 24300))


@pytest.mark.parametrize("n", [1, 7, 60, 900])
@pytest.mark.parametrize("p", [1e-4, 0.02, 0.3, 0.9])
def test_binomial_is_the_quantile_of_its_uniform(luck_of_counts, n, p):
    u = luck_of_counts
    count = distributions.binomial(u, np.full(u.size, n), np.full(u.size, p))
    assert np.array_equal(count, stats.binom.ppf(u, n, p).astype(int))


@pytest.mark.parametrize("mean", [0.01, 0.4, 3.0, 40.0])
def test_poisson_is_the_quantile_of_its_uniform(luck_of_counts, mean):
    count = distributions.poisson(luck_of_counts, mean)
    assert np.array_equal(count, stats.poisson.ppf(luck_of_counts, mean).astype(int))


def test_more_people_never_mean_fewer_events(luck_of_counts):
    """Also where the method changes, at a mean of LOOP_MEAN."""
    u, last = luck_of_counts, np.zeros(luck_of_counts.size, np.int64)
    for n in range(1, 130):
        count = distributions.binomial(u, np.full(u.size, n), np.full(u.size, 0.06))
        assert (count >= last).all() and (count <= n).all()
        last = count


def test_a_higher_chance_never_means_fewer_events(luck_of_counts):
    u, last = luck_of_counts, np.zeros(luck_of_counts.size, np.int64)
    for p in np.linspace(0.0, 0.999, 120):
        count = distributions.binomial(u, np.full(u.size, 25), np.full(u.size, p))
        assert (count >= last).all()
        last = count
    last = np.zeros(u.size, np.int64)
    for mean in np.linspace(0.0, 12.0, 60):
        count = distributions.poisson(u, mean)
        assert (count >= last).all()
        last = count


@pytest.mark.statistical
@pytest.mark.parametrize("shape", [1 / 12, 0.5])
def test_tabulated_gamma_has_its_mean_and_its_quantiles(everyone, shape):
    u = streams.uniform(streams.luck(everyone, 6), streams.key(6, "growth_size", 24300))
    x = distributions.root_gamma(u, shape) ** 2
    assert abs(x.mean() - shape) < 4 * np.sqrt(shape / x.size)
    exact = stats.gamma.ppf(u, shape)
    assert np.abs(np.sqrt(x) - np.sqrt(exact)).max() < 1e-2


def test_applicants_marks_do_not_depend_on_who_came_with_them(toy, monkeypatch):
    """The k-th arrival of a source has the same founder whatever else arrives that month."""
    twin = toy.fork(toy.setup)
    field = streams.poisson_field
    marks = []
    for cluster, times in ((toy, 8.0), (twin, 16.0)):
        monkeypatch.setattr(
            streams, "poisson_field", lambda seed, month, intensity, times=times: field(seed, month, times * intensity)
        )
        new = arrivals.arrivals(cluster)
        assert (new.status == Status.APPLICANT).all()
        marks.append(
            dict(
                zip(
                    new.ident.tolist(),
                    zip(new.quality, new.cash, new.staff.tolist(), new.founded_on, strict=True),
                    strict=True,
                )
            )
        )
    assert marks[0].items() <= marks[1].items() and len(marks[0]) < len(marks[1])


def test_a_fork_goes_on_with_the_months_phases_of_its_parent(toy):
    """A phase of one's own is part of the model, and a fork is the same model under other policies."""
    visits = []
    toy.pipeline = (*toy.pipeline, lambda cluster: visits.append(cluster.now))
    twin = toy.fork(toy.setup)
    twin.advance()
    assert visits == [twin.now - 1]
