"""The ledger of lives: which enterprises a package gains, loses or moves, from where, since when and after what event."""

import re
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from sim.engine.fields import ConfigurationError
from sim.inputs.config import load
from sim.model.measures.fates import End, found_in
from sim.runs.matched_pairs import seeds_of
from sim.runs.simulate import shared_past
from sim.studies.common.gather import gather
from sim.studies.common.scenarios import scenarios_of
from sim.studies.ledger import tables
from sim.studies.ledger import wording as story_words
from sim.studies.ledger.paired_lives import Pair, followed_run, simulate_lives
from sim.studies.ledger.wording import ENDS, SOURCES, Teller, word

TABLES = {
    "changes": tables.changes_table, "flows": tables.flows_table, "transitions": tables.transitions_table,
    "outcomes": tables.outcomes_table, "shares": tables.shares_table, "displacement": tables.displaced_table,
}  # fmt: skip


@dataclass
class Ledger:
    """What the ledger of a scenario found: tidy tables, each with 95 % intervals over pairs.

    changes, flows, transitions, outcomes, shares, displacement, lives: see `sim.studies.ledger.tables`.
    """

    setups: list  # reference, scenario
    pairs: int
    changes: pd.DataFrame
    flows: pd.DataFrame
    transitions: pd.DataFrame
    outcomes: pd.DataFrame
    shares: pd.DataFrame
    displacement: pd.DataFrame
    lives: pd.DataFrame

    @property
    def follow(self):
        """One in so many of the firms that settle elsewhere is followed."""
        return int(self.setups[0].run.follow)

    def verdict(self, lang="en"):
        """The answer in a sentence, computed from the results."""
        return verdict(self, lang)


def ledger(scenario, *overrides, reference="baseline", replicates=20, seed=1, workers=None, own=None, branch=None):
    """The ledger of lives in memory: `ledger("service_first", "cluster=toy").flows`. Returns Ledger.

    Of levers alone: `ledger(None, "policy=[rent_relief]")`.
    """
    setups = setups_of(scenario, reference, overrides, own)
    seeds = seeds_of(seed, replicates)
    pairs = gather(setups, seeds, reference=reference, workers=workers, branch=branch, each=simulate_lives)
    return conclude(setups, pairs)


def setups_of(scenario, reference, overrides=(), own=None):
    """The reference and what is held against it, which may be paired, or a sentence why not.

    scenario: a name, or None for the reference with the package that policy=[…] among the overrides names.
    """
    if scenario is not None:
        if scenario == reference:
            raise ConfigurationError(f"scenario={scenario}: the same as the reference, so that no life differs.")
        return scenarios_of([reference, scenario], overrides, own)
    if not any(o.startswith("policy=") for o in overrides):
        raise ConfigurationError(
            "incubator ledger: scenario is missing; write scenario=service_first, or policy=[rent_relief] for levers alone."
        )
    common = [o for o in overrides if not o.startswith(("policy=", "policies."))]
    alone = scenarios_of([reference], common, own)[0]
    package = load([*overrides, f"scenario={reference}"], own)
    if not package.policies:
        raise ConfigurationError("policy=[]: names no policy, so that no life differs.")
    titles = {lang: "+".join(policy.title[lang] for policy in package.policies) for lang in ("zh", "en")}
    return [alone, replace(package, scenario="+".join(policy.name for policy in package.policies), title=titles)]


def conclude(setups, pairs):
    """Tables of a ledger from its pairs."""
    scenario = setups[1].scenario
    found = {name: table(pairs, scenario) for name, table in TABLES.items()}
    return Ledger(setups, len(pairs), **found, lives=tables.lives_table(pairs, scenario, setups[0].data))


def story(ident, scenario, *overrides, reference="baseline", seed=1, lang="en", own=None, branch=None):
    """The life of one firm in both worlds, from the first difference on, line by line.

    ident: as in the column of that name of lives.parquet, whose column `replicate` is the seed.
    """
    setups = setups_of(scenario, reference, overrides, own)
    past = shared_past(setups, seed, branch)
    since = past.now
    there, here = (followed_run(past.fork(setup), since) for setup in setups)
    return told(ident, setups, there, here, seed, lang)


def told(ident, setups, there, here, seed, lang):
    """A firm's story from the two finished worlds."""
    teller = Teller(tables.park_titles(setups[0].data))
    who = np.array([ident], np.uint64)
    if not any(found_in(run.lives, who)[0][0] for run in (there, here)):
        raise ConfigurationError(
            f"firm={ident}: no such enterprise with seed={seed}; the columns ident and replicate of lives.parquet go together."
        )
    logs = [run.log[run.log["ident"] == who[0]] for run in (there, here)]
    shared = 0
    while shared < min(map(len, logs)) and logs[0][shared].tolist() == logs[1][shared].tolist():
        shared += 1
    names = [setup.title[lang] for setup in setups]
    lines = []
    if shared:
        lines.append({"zh": "两个情景相同：", "en": "The same in both:"}[lang])
        lines += ["  " + line for line in teller.chain(logs[0][:shared], lang)]
    if not any(len(log) > shared for log in logs):
        return [*lines, {"zh": "此后也没有不同。", "en": "And no difference after that."}[lang]]
    for name, log, run in zip(names[::-1], logs[::-1], (here, there), strict=True):
        lines.append({"zh": f"“{name}”中：", "en": f"With '{name}':"}[lang])
        lines += ["  " + line for line in teller.chain(log[shared:], lang)]
        lines.append("  " + ending(run.lives, who, teller, lang))
    reached = [name for name, idents in here.reached.items() if who[0] in idents]
    if reached:
        titles = {policy.name: policy.title[lang] for policy in setups[1].policies}
        listed = {"zh": "、", "en": ", "}[lang].join(titles[name] for name in reached)
        lines.append({"zh": "作用于它的政策：", "en": "Policies that reached it: "}[lang] + listed)
    return lines


def ending(lives, who, teller, lang):
    """How a firm ended up in a world, in words."""
    known, at = found_in(lives, who)
    end, park = (End(lives.end[at[0]]), lives.park[at[0]]) if known[0] else (End.ABSENT, -1)
    where = {"zh": f"，{teller.parks[lang][park]}", "en": f", {teller.parks[lang][park]}"}[lang] if park >= 0 else ""
    return {"zh": "期末：", "en": "in the end: "}[lang] + word(ENDS, end, lang) + where


def verdict(results, lang):
    """What the ledger says, in a sentence or three: a claim only where the 95 % interval leaves out zero."""
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


def source_sentence(results, lang):
    """Where the extra tenants would have been: the calibrated share, always called so."""
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


# --- what is shown -------------------------------------------------------------------------------------------------

END_KINDS = {  # kinds of end as a figure shows them -> (zh, en, in a park, ends)
    "graduate_here": ("在园，已毕业", "tenant, graduate", True, (End.TENANT_GRADUATE,)),
    "tenant": ("在园，未毕业", "tenant, no graduate", True, (End.TENANT,)),
    "graduate_district": ("毕业，区内园区外", "graduate, elsewhere in the district", False, (End.DISTRICT_GRADUATE,)),
    "district": ("区内园区外", "elsewhere in the district", False, (End.DISTRICT, End.DISTRICT_UNFOLLOWED, End.DISTRICT_CLOSED)),
    "graduate_gone": (
        "毕业，已离区或被并购", "graduate, left the district or sold", False, (End.CITY_GRADUATE, End.AWAY_GRADUATE, End.SOLD),
    ),
    "city": ("市内其他区域", "elsewhere in the city", False, (End.CITY, End.CITY_UNFOLLOWED, End.CITY_CLOSED)),
    "away": ("市外", "outside the city", False, (End.AWAY, End.STAYED_AWAY)),
    "closed": ("曾入园，已关闭", "came to a park and closed", False, (End.CLOSED, End.CLOSED_GRADUATE)),
    "absent": ("未出现或候租", "did not look, or waits", False, (End.ABSENT, End.WAITING)),
}  # fmt: skip


def lives_data(results, folder):
    """What the figure of lives needs."""
    from sim.studies.ledger.figures import LivesData

    matrix = results.transitions.set_index("end_reference").drop(columns="all").to_numpy()
    member = np.array([[end in kind[3] for end in End] for kind in END_KINDS.values()], float)
    counts = member @ matrix @ member.T
    change = results.changes.set_index("change")["mean"]
    net = results.outcomes.set_index("outcome").loc["tenant"]
    inside = np.array([kind[2] for kind in END_KINDS.values()])
    drawn = counts[(inside[:, None] | inside) & ~np.eye(len(inside), dtype=bool)].sum()
    reference, scenario = results.setups
    return LivesData(
        package=scenario.title, reference=reference.title, ends=[{"zh": k[0], "en": k[1]} for k in END_KINDS.values()],
        inside=inside.tolist(), counts=counts, tenants=(net.net, net.low, net.high), gained=change["gained"],
        lost=change["lost"], others=change.drop("unchanged").sum() - drawn, month=str(reference.run.until),
        follow=results.follow, pairs=results.pairs, version=folder.identity["model"], run_id=folder.id,
    )  # fmt: skip


def draw(results, folder):
    """The figure of lives in both languages as PNG and SVG under figures/<language>/; returns the files written."""
    from sim.report.files import save_figures, with_data
    from sim.studies.ledger.figures import lives, lives_sentence

    data = lives_data(results, folder)
    return save_figures(with_data(data, {"lives": (lives, lives_sentence)}), folder.path, folder.id)


def terms():
    """The words of the tables: table, name, zh, en."""
    listed = [("end", {end.name.lower(): both for end, both in story_words.ENDS.items()})]
    listed += [("change", {change.name.lower(): both for change, both in story_words.CHANGES.items()})]
    listed += [("outcome", story_words.OUTCOMES), ("source", SOURCES), ("measure", story_words.MEASURES)]
    rows = [(table, name, *both) for table, words in listed for name, both in words.items()]
    return pd.DataFrame(rows, columns=["table", "name", "zh", "en"])


def closing_tables(results, lang):
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
            word(story_words.OUTCOMES, row.outcome, lang), f"{row.reference_mean:,.0f}", f"{row.mean_level:,.0f}",
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
            word(story_words.MEASURES, row.measure, lang) + _named(results, row.policy, lang),
            word(story_words.OUTCOMES, row.outcome, lang), _share(row.value, row.defined, lang),
            _span(row.low, row.high, "{:.0%}", lang) if row.defined else "",
        ]
        for row in results.shares.itertuples()
        if row.outcome in ("tenant", "graduate") and row.measure != "gained_share"
    ]  # fmt: skip
    names = {"zh": ["占比", "结果", "值", span], "en": ["share", "of", "value", span]}[lang]
    yield {"zh": "额外性与无谓补贴", "en": "Additionality and deadweight"}[lang], [names, *rows]


def _counted(row):
    """Whether tenants from this source are extra: those from another park are so only for some parks."""
    return row.source != "other_park" or row.scope == "targets"


def _scope(scope, lang):
    return {"zh": "（对目标园区）", "en": " (of target parks)"}[lang]


def _named(results, policy, lang):
    """A policy's title in brackets, nothing for the whole package."""
    titles = {p.name: p.title[lang] for p in results.setups[1].policies}
    return {"zh": f"（{titles[policy]}）", "en": f" ({titles[policy]})"}[lang] if policy else ""


def _span(low, high, form, lang):
    if not np.isfinite(low):
        return ""
    shown = [re.sub(r"^[+-](0%?)$", r"\1", form.format(value)) for value in (low, high)]  # no signed zero
    return {"zh": "至", "en": " to "}[lang].join(shown)


def _share(value, defined, lang):
    return f"{value:.0%}" if defined else {"zh": "无法定义", "en": "undefined"}[lang]


def about_the_unfollowed(results, lang):
    """What the ledger cannot say of firms that are not followed."""
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


__all__ = ["Ledger", "Pair", "conclude", "ledger", "setups_of", "story"]
