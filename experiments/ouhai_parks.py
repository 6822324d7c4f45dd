"""Write the parks, operators and platforms of Ouhai: published totals, split by a stated rule.

Published: 1.22 million m2 added from 2022 to June 2025 (`ouhai_space_added`), 36 carriers at or above municipal level
(`ouhai_carriers_municipal_plus`), 180,000 m2 in the science park (`usp_floor_area_after`), the names of two parks and five bodies.
Not published: which park is where, how large, when opened, who runs it. Those are assumed here, once, in the tables and rules below.
No draw is made: sizes are quantiles and dates invert the path, so every run writes the same bytes.

    python experiments/ouhai_parks.py
"""

import csv
from itertools import accumulate
from math import ceil, cos, exp, sin, sqrt
from pathlib import Path
from statistics import NormalDist

ADDED, STOCK, SCIENCE_PARK = (
    1_220_000,
    250_000,
    180_000,
)  # m2: ouhai_space_added; assumed (0.13 to 0.25 million); usp_floor_area_after
MONTHS, SPEED_UP = 41, 0.8  # additions fall in 2022-02 .. 2025-06, and the last month adds 1.8 times the first
PHASE = 30_000  # m2: a larger park is announced in equal phases of at most this
REMOTE = 30  # minutes to the district centre, from which a park counts as remote
GOLDEN = (sqrt(5) - 1) / 2

# sub-district: (Chinese, longitude, latitude, minutes to Louqiao and Xinqiao at rush hour); places are real, positions approximate
PLACES = {
    "louqiao": ("娄桥", 120.605, 27.975, 8),
    "xinqiao": ("新桥", 120.622, 27.995, 9),
    "panqiao": ("潘桥", 120.583, 27.957, 12),
    "jingshan": ("景山", 120.637, 28.006, 13),
    "wutian": ("梧田", 120.662, 27.978, 15),
    "nanbaixiang": ("南白象", 120.672, 27.945, 19),
    "guoxi": ("郭溪", 120.560, 28.000, 20),
    "sanyang": ("三垟", 120.695, 27.970, 21),
    "chashan": ("茶山", 120.697, 27.925, 26),
    "quxi": ("瞿溪", 120.527, 27.986, 30),
    "liao": ("丽岙", 120.640, 27.877, 33),
    "xianyan": ("仙岩", 120.690, 27.868, 37),
    "zeya": ("泽雅", 120.430, 28.040, 47),
}
# kind: (median m2, log standard deviation), then the place of each park from the smallest to the largest of its kind
SIZES = {
    "makerspace": (5_000, 0.35),
    "incubator": (22_000, 0.45),
    "accelerator": (42_000, 0.35),
    "industrial_park": (75_000, 0.40),
}
FIRST = {"makerspace": "jingshan xinqiao", "incubator": "nanbaixiang wutian louqiao"}
LATER = {
    "makerspace": "zeya chashan jingshan louqiao",
    "incubator": "zeya guoxi jingshan quxi wutian liao panqiao xianyan sanyang chashan louqiao quxi xinqiao xianyan",
    "accelerator": "panqiao liao wutian quxi nanbaixiang",
    "industrial_park": "guoxi liao chashan panqiao xianyan sanyang xianyan",
}
# (kind, rank of size): key, Chinese, English, share of the path at which it opens: early enough to show results in June 2025
VISITED = {
    ("incubator", 10): (
        "digital_security_park",
        "温州数字安防科创园",
        "Wenzhou Digital Security Science and Innovation Park",
        0.20,
    ),
    ("industrial_park", 3): (
        "yigao_park",
        "温州颐高数字经济产业园",
        "Wenzhou Yigao Digital Economy Industrial Park",
        0.30,
    ),
}
FOCUS = (
    "digital_economy",
    "traditional",
    "biomedicine",
    "new_materials",
)  # one assumed carrier in three has a focus, in turn
# operator: (Chinese, English, ownership, grade, parks). Over the 36 parks A 5, B 15, C 15, D 1, as eval_share_A .. eval_share_D
OPERATORS = {
    "ouhai_tech_group": ("瓯海科技集团", "Ouhai Science and Technology Group", "state", "B", 8),
    "science_park_operator": (
        "温州国家大学科技园运营机构（假定）",
        "Science park operator (assumed)",
        "university",
        "A",
        2,
    ),
    "yigao_operator": ("温州颐高数字经济产业园运营机构（假定）", "Yigao park operator (assumed)", "private", "B", 1),
    **{
        f"operator_{n:02d}": (f"瓯海运营机构{n:02d}（假定）", f"Ouhai operator {n:02d} (assumed)", owner, grade, parks)
        for n, owner, grade, parks in (
            (4, "state", "C", 4),
            (5, "state", "C", 3),
            (6, "private", "C", 5),
            (7, "private", "A", 3),
            (8, "private", "B", 4),
            (9, "private", "C", 3),
            (10, "private", "D", 1),
            (11, "university", "B", 1),
            (12, "private", "B", 1),
        )
    },
}
RUN_BY = {
    "university_science_park": "science_park_operator",
    "digital_security_park": "ouhai_tech_group",
    "yigao_park": "yigao_operator",
}
INITIATIVE = {"state": 0.3, "university": 0.4, "private": 0.7}
SERVICE_SHARE = {"A": 0.45, "B": 0.35, "C": 0.25, "D": 0.15}
# platform: Chinese, English, kind, host, cases a month, quality, sectors, which parks its list reaches, what a source says of it
NAMED, GENERIC = (
    "the body is named by Ouhai News, June 2025; this task, its size and its list are assumed",
    "wholly assumed",
)
PLATFORMS = {
    "zju_institute_technology": (
        "浙江大学温州研究院科研技术平台",
        "Zhejiang University Wenzhou Research Institute, research technology",
        "technology",
        "institute",
        22,
        0.75,
        "digital_economy;biomedicine;new_materials",
        lambda p: p["minutes"] <= 13 or p["place"] == "chashan",
        NAMED,
    ),
    "university_laboratories": (
        "高校实验室共享平台（假定）",
        "Shared university laboratories (assumed)",
        "technology",
        "university",
        14,
        0.60,
        "all",
        lambda p: 15 <= p["minutes"] <= 20 or p["key"] == "university_science_park",
        GENERIC,
    ),
    "data_port_testing": (
        "数安港管理服务中心数据安全检测平台",
        "Data security port management service centre, data security testing",
        "testing",
        "state",
        15,
        0.70,
        "digital_economy",
        lambda p: p["minutes"] <= 13 or p["focus"] == "digital_economy",
        NAMED,
    ),
    "product_testing": (
        "产品检验检测平台（假定）",
        "Product inspection and testing (assumed)",
        "testing",
        "state",
        22,
        0.60,
        "biomedicine;new_materials;traditional",
        lambda p: p["minutes"] <= 20,
        GENERIC,
    ),
    "higher_education_talent": (
        "市高教新区发展中心人才平台",
        "Higher-education new district development centre, talent",
        "talent",
        "state",
        40,
        0.60,
        "all",
        lambda p: p["minutes"] <= 12 or p["place"] in ("chashan", "sanyang", "nanbaixiang"),
        NAMED,
    ),
    "district_finance": (
        "区科技局科技金融平台",
        "District Science and Technology Bureau, technology finance",
        "finance",
        "state",
        35,
        0.55,
        "all",
        lambda p: p["minutes"] <= 15 or p["level"] != "municipal",
        NAMED,
    ),
    "private_finance": (
        "民营创投服务平台（假定）",
        "Private venture services (assumed)",
        "finance",
        "private",
        15,
        0.65,
        "digital_economy;biomedicine",
        lambda p: p["operator"] in ("science_park_operator", "operator_07", "operator_08"),
        GENERIC,
    ),
    "tech_group_chain": (
        "瓯海科技集团市场与产业链平台",
        "Ouhai Science and Technology Group, market and chain",
        "market",
        "state",
        30,
        0.50,
        "all",
        lambda p: p["operator"] == "ouhai_tech_group" or p["minutes"] <= 9,
        NAMED,
    ),
    "traditional_market": (
        "特色产业市场平台（假定）",
        "Market services for traditional industries (assumed)",
        "market",
        "private",
        18,
        0.60,
        "traditional;new_materials",
        lambda p: p["place"] in ("guoxi", "panqiao", "wutian") or p["focus"] == "traditional",
        GENERIC,
    ),
}


def month(n):
    """Calendar month n months after 2022-01."""
    return f"{2022 + n // 12}-{n % 12 + 1:02d}"


def sizes(places_of, total):
    """(kind, rank, place, m2) of each park: log-normal quantiles by kind, scaled to `total`, in hundreds; the largest takes the rest."""
    parks = [
        (
            kind,
            rank,
            place,
            SIZES[kind][0] * exp(SIZES[kind][1] * NormalDist().inv_cdf((rank + 0.5) / len(places.split()))),
        )
        for kind, places in places_of.items()
        for rank, place in enumerate(places.split())
    ]
    scale = total / sum(park[-1] for park in parks)
    areas = [100 * round(scale * park[-1] / 100) for park in parks]
    areas[areas.index(max(areas))] += total - sum(areas)
    return [(*park[:-1], area) for park, area in zip(parks, areas, strict=True)]


def date_of(share):
    """Months after the start at which the path has announced this share of all: r(t) = r(0) (1 + 0.8 t / T), inverted."""
    return (sqrt(1 + 2 * SPEED_UP * (1 + SPEED_UP / 2) * share) - 1) / SPEED_UP * MONTHS


def dated(wishes):
    """{name: {month: m2}} from {name: (share of the path at which to open, m2)}: phases queue in order of their wish."""
    queue = []
    for name, (opening, area) in wishes.items():
        n = ceil(area / PHASE)
        parts = [area // n // 100 * 100] * (n - 1)
        queue += [(opening + (1 - opening) * i / n, name, part) for i, part in enumerate([*parts, area - sum(parts)])]
    queue.sort()
    ends = accumulate(part for *_, part in queue)
    plan = {name: {} for name in wishes}
    for (_, name, part), end in zip(queue, ends, strict=True):
        when = month(1 + int(date_of((end - part / 2) / ADDED)))  # the phase's middle lies on the path
        plan[name][when] = plan[name].get(when, 0) + part
    return plan


def all_parks():
    """The 36 rows of parks.csv before an operator is named: six of the start, then thirty in order of opening."""
    first = [
        ("university_science_park", "incubator", "louqiao", SCIENCE_PARK, "2011-08"),
        *(
            (f"first_{i}", kind, place, area, month(15 * i - 93))
            for i, (kind, _, place, area) in enumerate(sizes(FIRST, STOCK - SCIENCE_PARK))
        ),
    ]
    extended = {
        key: (GOLDEN * i % 1, area // 200 * 100)
        for i, (key, kind, _, area, _) in enumerate(first)
        if kind == "incubator" and i
    }
    later = sizes(LATER, ADDED - sum(area for _, area in extended.values()))
    # central parks first, then remote ones: any run of the golden sequence is evenly spread, so neither group opens much later
    spread = enumerate(sorted(later, key=lambda park: PLACES[park[2]][-1] >= REMOTE), start=1)
    opening = {(kind, rank): VISITED.get((kind, rank), (GOLDEN * i % 1 * 0.9,))[-1] for i, (kind, rank, *_) in spread}
    plan = dated({f"{kind}/{rank}": (opening[kind, rank], area) for kind, rank, _, area in later} | extended)
    rows = [
        dict(key=key, kind=kind, place=place, stock=stock, opened_on=opened, plan=plan.get(key, {}))
        for key, kind, place, stock, opened in first
    ]
    new = [
        dict(
            key=VISITED.get((kind, rank), (None,))[0],
            titles=VISITED.get((kind, rank), ())[1:3],
            kind=kind,
            place=place,
            stock=0,
            opened_on=min(plan[f"{kind}/{rank}"]),
            plan=plan[f"{kind}/{rank}"],
        )
        for kind, rank, place, _ in later
    ]
    return rows + sorted(new, key=lambda park: (park["opened_on"], park["kind"], park["plan"][park["opened_on"]]))


def described(parks):
    """Every other column of parks.csv, from place, kind and size."""
    number, crowd, rows = 0, {}, []
    for park in parks:
        zh, longitude, latitude, minutes = PLACES[park["place"]]
        n = crowd[park["place"]] = (
            crowd.get(park["place"], -1) + 1
        )  # parks of a place lie on a small spiral round its centre
        area, at_start, focus = park["stock"] + sum(park["plan"].values()), park["stock"] > 0, ""
        if park["key"] == "university_science_park":
            park["titles"] = ("温州国家大学科技园", "Wenzhou National University Science Park")
            grade, source = "derived", "usp_floor_area_after"
            note = "stock: published floor area of 2019 carried to 2022; opening: recognised by the province in 2011-08; level from its name; all else by rule"
        elif park.get("titles"):
            grade, source, focus = "assumed", "rule:later_parks", "digital_economy"
            note = "named by Ouhai News, June 2025; size, dates and place by rule"
        else:
            number += 1
            park |= dict(
                key=f"carrier_{number:02d}",
                titles=(f"瓯海载体{number:02d}（假定）", f"Ouhai carrier {number:02d} (assumed)"),
            )
            focus = FOCUS[number // 3 % 4] if number % 3 == 0 else ""
            grade, source = "assumed", "rule:first_parks" if at_start else "rule:later_parks"
            note = (
                "share of the 2022 stock beyond the science park" if at_start else "share of the published added space"
            )
        level = {"university_science_park": "national"}.get(
            park["key"], "provincial" if at_start and park["kind"] == "incubator" else "municipal"
        )
        rows.append(
            dict(
                key=park["key"],
                title_zh=park["titles"][0],
                title_en=park["titles"][1],
                kind=park["kind"],
                level=level,
                place=park["place"],
                place_zh=zh,
                longitude=f"{longitude + 0.004 * sqrt(n) * cos(2.4 * n):.3f}",
                latitude=f"{latitude + 0.004 * sqrt(n) * sin(2.4 * n):.3f}",
                minutes=minutes,
                opened_on=park["opened_on"],
                stock=park["stock"],
                additions=";".join(f"{m}:{a}" for m, a in sorted(park["plan"].items())),
                certified_share=f"{min(0.6, max(0.3, 0.6 * (5_000 / area) ** 0.2)):.2f}",  # large parks have more space no official test counts
                rent=f"{30 - 12 * min(1, max(0, (minutes - 10) / 20)):.1f}",
                focus=focus,
                operator="",
                amenity=f"{max(0, 2 * (REMOTE - minutes) / 22):.1f}",
                letting_target=0.3,
                grade=grade,
                source=source,
                note=note,
            )
        )
    return rows


def run_by(rows):
    """Deal the parks, in order, each to the operator with the largest part of its number still open."""
    left = {key: operator[-1] for key, operator in OPERATORS.items()}
    for row in sorted(rows, key=lambda row: row["key"] not in RUN_BY):
        row["operator"] = RUN_BY.get(row["key"]) or max(left, key=lambda key: left[key] / OPERATORS[key][-1])
        left[row["operator"]] -= 1
    return rows


def operators():
    return [
        dict(
            key=key,
            title_zh=zh,
            title_en=en,
            ownership=owner,
            grade=grade,
            initiative=INITIATIVE[owner],
            service_share=SERVICE_SHARE[grade],
            grade_source=f"eval_share_{grade}",
            evidence_grade="assumed",
            source="rule:operators",
            note="wholly assumed; national shares of grades over the 36 parks"
            if "assumed" in en
            else "named by Ouhai News, June 2025; grade and parks are assumed and no judgement of the body",
        )
        for key, (zh, en, owner, grade, _) in OPERATORS.items()
    ]


def platforms(parks):
    return [
        dict(
            key=key,
            title_zh=zh,
            title_en=en,
            kind=kind,
            host=host,
            capacity=capacity,
            quality=quality,
            sectors=sectors,
            parks=";".join(park["key"] for park in parks if reaches(park)),
            grade="assumed",
            source="rule:platforms",
            note=note,
        )
        for key, (zh, en, kind, host, capacity, quality, sectors, reaches, note) in PLATFORMS.items()
    ]


def main(folder=Path(__file__).parents[1] / "configs" / "cluster" / "ouhai"):
    parks = run_by(described(all_parks()))
    for name, rows in {"parks": parks, "operators": operators(), "platforms": platforms(parks)}.items():
        with open(folder / f"{name}.csv", "w", encoding="utf-8-sig", newline="") as file:
            table = csv.DictWriter(file, rows[0], lineterminator="\n")
            table.writeheader()
            table.writerows(rows)


if __name__ == "__main__":
    main()
