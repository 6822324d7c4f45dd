"""Pages made from the configuration and the code: levers, scenarios, measures, parameters. Markdown, in zh or en."""

import dataclasses
import re

import yaml

from sim.inputs.catalogue import described, package, shipped_folder
from sim.model.measures.definitions import describe
from sim.model.parameters import GROUPS, catalogue
from sim.model.policies import POLICY_KINDS, Policy

GRADES = {"measured": "实测", "derived": "推算", "borrowed": "借用", "assumed": "假设"}
MADE = {
    "en": "*Made from the configuration and the code when this site was built.*\n",
    "zh": "*本页在生成站点时由配置和代码自动写成。*\n",
}


def pages(odd):
    """Every made page by name: {"levers.en": Markdown, ...}. odd: text of the ODD, which says what each lever moves."""
    makers = {"levers": lambda lang: levers(lang, odd), "scenarios": scenarios, "measures": measures}
    makers["parameters"] = parameters
    return {f"{name}.{lang}": make(lang) for name, make in makers.items() for lang in ("en", "zh")}


def table(head, rows):
    """A Markdown table; what would end a cell or a row early is escaped."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines) + "\n"


def _cell(value):
    return re.sub(r"(?<!\\)\|", r"\\|", " ".join(str(value).split()))


def shown(value):
    """A value as one would type it after name=."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {shown(one)}" for key, one in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(shown, value)) + "]"
    return "null" if value is None else f"{value:,}".replace(",", "") if isinstance(value, int) else str(value)


def bounds(about):
    """Bounds of a declared number, or the words it may be."""
    if "low" in about:
        return f"{about['low']:g} – {about['high']:g}"
    return ", ".join(about["names"]) if about.get("kind") == "one_of" else ""


def grade(name, lang):
    return GRADES.get(name, name) if lang == "zh" else name


# Levers and scenarios


def levers(lang, odd):
    """Every lever: title, what it moves and costs, its settings as shipped."""
    about, moves = described("policy"), _moved(odd)
    en = lang == "en"
    head = ["key", "title", "plan", "evidence"] if en else ["代码名", "名称", "对应要点", "证据等级"]
    rows = [
        (f"[`{key}`](#{key})", one["title"][lang], one["answers"], grade(one["grade"], lang))
        for key, one in _in_order_of_the_plan(about)
    ]
    parts = [
        "# Levers\n" if en else "# 政策工具\n",
        MADE[lang],
        "Each is a file in `sim/model/policies/` and one in `configs/policy/`. *Plan* is the point, in order, of the district "
        "head's nine points as Ouhai News reported them in June 2025. A setting is changed by "
        "`policies.<key>.<setting>=value`.\n"
        if en
        else "每项政策对应`sim/model/policies/`中的一个文件和`configs/policy/`中的一个配置。"
        "“对应要点”指瓯海新闻网2025年6月报道中区长讲话的九个要点，按先后编号。修改设置：`policies.<代码名>.<设置>=值`。\n",
        table(head, rows),
        "## Settings that every lever has\n" if en else "## 各项政策共有的设置\n",
        _settings(Policy, {}, lang, own=False),
    ]
    for key, one in _in_order_of_the_plan(about):
        terms, cost = moves[key]
        own = _settings(POLICY_KINDS[one["kind"]], one, lang)
        parts += [
            f"## {one['title'][lang]} {{ #{key} }}\n",
            f"`{key}`\n",
            one["explanation"][lang] + "\n",
            f"- **{'Moves' if en else '作用于'}** {terms}",
            f"- **{'Costs' if en else '公共成本'}** {cost}",
            f"- **{'In force' if en else '执行期'}** {one['start']} – {one.get('end') or ''}",
            f"- **{'Source' if en else '来源'}** {one['source']}, {grade(one['grade'], lang)}\n",
            own,
        ]
    return "\n".join(parts)


def _in_order_of_the_plan(about):
    return sorted(about.items(), key=lambda item: (item[1]["answers"], item[0]))


def _moved(odd):
    """What each lever moves and costs, from the ODD's table of terms: {lever: (terms, cost)}."""
    rows = re.findall(
        r"^\| `(\w+)` \| (.*) \| (.*) \|$", odd.split("### 7.1 Terms")[1].split("\n### ")[0], re.MULTILINE
    )
    return {key: (terms, cost) for key, terms, cost in rows}


def _settings(cls, values, lang, own=True):
    """Table of a lever's settings. own: those of its class alone, without what every lever has."""
    common = {part.name for part in dataclasses.fields(Policy)}
    rows = []
    for part in dataclasses.fields(cls):
        naming = part.metadata.get("kind") in ("text", "both") or part.name == "grade"
        if not part.metadata or (part.name in common if own else naming):
            continue
        value = values.get(part.name, part.default if part.default is not dataclasses.MISSING else "")
        rows.append(
            (f"`{part.name}`", f"`{shown(value)}`" if value != "" else "", part.metadata.get("unit", ""),
             bounds(part.metadata), part.metadata[lang])
        )  # fmt: skip
    head = (
        ["setting", "value", "unit", "bounds", "meaning"] if lang == "en" else ["设置", "取值", "单位", "范围", "含义"]
    )
    return table(head, rows) if rows else ""


def scenarios(lang):
    """Every scenario: title, explanation, levers."""
    en = lang == "en"
    rows = []
    for key, one in described("scenario").items():
        names = ", ".join(f"[`{lever}`](levers.{lang}.md#{lever})" for lever in package(key))
        text = (one.get("scenario_explanation") or {}).get(lang, "")
        rows.append((f"`{key}`", one["scenario_title"][lang], text, names or ("none" if en else "无")))
    head = ["key", "title", "what it does", "levers"] if en else ["代码名", "名称", "说明", "政策组合"]
    note = (
        "Name them in `scenario=` or `scenarios=[…]`; each is a file in `configs/scenario/`."
        if en
        else "用于`scenario=`或`scenarios=[…]`；各对应`configs/scenario/`中的一个文件。"
    )
    return "\n".join(["# Scenarios\n" if en else "# 情景\n", MADE[lang], note + "\n", table(head, rows)])


# Measures and parameters


def measures(lang):
    """Every measure with its unit and definition."""
    en = lang == "en"
    good = {"up": "▲", "down": "▼", "none": ""}
    rows = [
        (f"`{key}`", one["title"][lang], one["unit"][lang] or ("share" if en else "比例") * one["percent"],
         good.get(one["good"], one["good"]), one["definition"][lang])
        for key, one in describe().items()
    ]  # fmt: skip
    head = ["key", "title", "unit", "better", "definition"] if en else ["代码名", "名称", "单位", "向好", "定义"]
    note = (
        "Any of them may stand in `measures=[…]`. ▲ more is better, ▼ less is better; without a sign the model does not judge."
        if en
        else "均可用于`measures=[…]`。▲越高越好，▼越低越好；无标记者不作评判。"
    )
    return "\n".join(["# Measures\n" if en else "# 指标\n", MADE[lang], note + "\n", table(head, rows)])


def parameters(lang):
    """Every number of the model: value, unit, bounds, meaning, source and grade."""
    en = lang == "en"
    start = yaml.safe_load((shipped_folder() / "calibration" / "start.yaml").read_text(encoding="utf-8"))
    grades = [one["grade"] for one in start["sources"].values()]
    counts = [f"{grades.count(key)} {grade(key, lang)}" for key in GRADES]
    parts = [
        "# Parameters\n" if en else "# 参数\n",
        MADE[lang],
        f"{len(grades)} parameters: {', '.join(counts)}. Starting values, not a fit. Change one by "
        "`parameters.<group>.<name>=value`.\n"
        if en
        else f"共{len(grades)}个：{'，'.join(counts)}。均为起步值，尚未拟合。修改：`parameters.<组>.<名>=值`。\n",
    ]
    head = (
        ["name", "value", "unit", "bounds", "meaning", "evidence", "source, note"]
        if en
        else ["名称", "取值", "单位", "范围", "含义", "证据等级", "来源与说明（英文）"]
    )
    for group, cls in GROUPS.items():
        rows = []
        for name, about in catalogue().items():
            if not name.startswith(f"{group}."):
                continue
            source = start["sources"][name]
            value = start["parameters"][group][name.partition(".")[2]]
            rows.append(
                (f"`{name}`", f"`{shown(value)}`", about["unit"], bounds(about), about[lang],
                 grade(source["grade"], lang), ". ".join(filter(None, [source["ref"], source.get("note")])))
            )  # fmt: skip
        parts += [f"## {group}\n", f"{cls.__doc__}\n" if en else "", table(head, rows)]
    return "\n".join(parts)
