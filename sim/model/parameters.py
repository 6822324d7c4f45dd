"""Every number of the model: meaning, unit and bounds. Values, with source and grade, stand in configs/calibration."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from sim.engine.fields import number, numbers, read
from sim.engine.mistakes import did_you_mean
from sim.model.vocabulary import NEEDS, OPERATOR_GRADES, ORIGINS, PLACES, TIERS

SHARES = ("demand.origin_shares", "choice.outside_shares", "choice.leaving_shares", "labour.tier_shares")  # sum to 1


@dataclass(frozen=True, kw_only=True)
class Space:
    """From announced to fitted-out to let, and back."""

    fit_out_rate: float = number(
        "1/month", 0.005, 0.2, "share of announced but bare space fitted out", "毛坯空间月装修比例"
    )
    turning_months: float = number(
        "month", 1, 6, "time before vacated space can be let again", "腾退后再出租前的整备时间"
    )
    unit_area: float = number("m2", 1, 200, "lettable unit: areas are rounded up to it", "最小出租单元")
    area_per_head: float = number(
        "m2", 8, 40, "let space wanted per head, shared rooms included", "人均需租面积（含公摊）"
    )
    expand_trigger: float = number(
        "1", 1.05, 2, "asks for more space when wanted exceeds this times held", "扩租触发倍数"
    )
    patience: float = number(
        "month", 1, 24, "refused this long for more space, a tenant looks elsewhere", "扩租被拒后的耐心"
    )


@dataclass(frozen=True, kw_only=True)
class Demand:
    """Demand for space, and what applicants have in hand."""

    origin_shares: tuple = numbers(ORIGINS, "1", 0, 1, "share of applicants by origin", "申请企业来源占比")
    promotion_weight: float = number(
        "1", 0, 1, "pull of promotion spending, on 1 + weight ln(1 + spend/spend0)", "招商投入的边际拉动"
    )
    promotion_spend0: float = number("CNY/month", 1e4, 1e8, "scale of promotion spending", "招商投入尺度")
    reputation_exponent: float = number("1", 0, 1, "arrivals respond to reputation by this power", "声誉对申请的弹性")
    quality_most: float = number(
        "1", 1, 6, "standard deviations within which founder quality lies", "创始人质量的上下限（标准差）"
    )
    age_max: float = number("month", 0, 60, "oldest applicant", "申请时最大企龄")
    staff_mean: float = number("person", 2, 40, "mean staff on arrival", "入驻时平均人数")
    staff_spread: float = number("1", 0.1, 1.5, "log standard deviation of staff on arrival", "入驻人数对数离差")
    revenue_per_head: float = number("CNY/year", 5e4, 2e6, "mean revenue a head on arrival", "入驻时人均年营收")
    revenue_spread: float = number("1", 0.1, 2, "log standard deviation of revenue a head", "人均营收对数离差")
    runway: float = number("month", 0, 60, "months of staff cost in the bank on arrival", "初始资金可支撑月数")
    staff_cost: float = number("CNY/year", 3e4, 5e5, "yearly cost of one head", "人均年人力成本")


@dataclass(frozen=True, kw_only=True)
class Choice:
    """Choice of parks by enterprises, and of enterprises by parks."""

    size_exponent: float = number(
        "1", 0.05, 1, "weight of ln lettable space: the size term of unequal alternatives", "可租面积对数的权重"
    )
    rent_sensitivity: float = number("1", 0.5, 2, "weight of ln (net rent + charges)", "租金敏感度")
    service_charge: float = number(
        "CNY/m2/month", 1, 30, "service charge and fit-out a tenant pays beside rent", "物业与装修分摊"
    )
    reference_rent: float = number(
        "CNY/m2/month",
        5,
        100,
        "rent at which the rent term is zero; also rent outside the parks",
        "参照租金（亦为园区外租金）",
    )
    focus: float = number("1", 0, 2, "utility of a park focused on one's sector", "产业定位匹配效用")
    neighbours: float = number("1", 0, 0.5, "utility per ln (1 + same-sector tenants)", "同业集聚效用")
    partners: float = number("1", 0, 0.5, "utility of chain partners in the park", "链上伙伴效用")
    reach: float = number("1", 0, 1, "utility of being on the service lists", "服务清单覆盖效用")
    operator: float = number("1", 0, 1, "utility of the best against the worst operator", "运营能力效用")
    effort: float = number("1", 0, 1, "utility of an operator that exerts itself fully to let space", "运营努力效用")
    distance: float = number("1", 0, 3, "penalty per 15 felt minutes", "每15分钟体感距离的惩罚")
    amenity_minutes: float = number(
        "min", 0, 20, "felt minutes that 1 m2 of living services a head takes away", "每人1㎡生活配套减少的体感分钟"
    )
    list_length: float = number("1", 1, 50, "parks an applicant applies to at most", "最多申请园区数")
    wait_months: float = number("month", 0, 24, "longest wait of a refused applicant", "被拒后最长等待")
    wait_margin: float = number(
        "1", 0, 5, "utility by which the first choice must beat the outside for waiting", "愿意等待的效用差"
    )
    review_hazard: float = number(
        "1/month", 0, 0.5, "chance that a tenant looks for another park", "租户重新比较园区的月概率"
    )
    move_margin: float = number("1", 0, 5, "utility gain needed to move inside the cluster", "集群内搬迁所需效用差")
    admission_bar: float = number("1", -5, 3, "lowest screening score a park admits", "园区准入分数线")
    positioning: float = number(
        "1",
        0,
        6,
        "score lost by applicants outside the focus of a fully positioned park",
        "完全定位园区对非主导产业的扣分",
    )
    screening_noise: tuple = numbers(
        OPERATOR_GRADES, "1", 0, 3, "error of an operator's judgement, by grade", "运营机构筛选误差（按等级）"
    )
    outside_shares: tuple = numbers(
        PLACES,
        "1",
        0,
        1,
        "where those outside the cluster settle (calibrated: see displacement)",
        "园区外去向占比（校准量）",
    )
    leaving_shares: tuple = numbers(PLACES, "1", 0, 1, "where those who leave a park alive go", "离园企业去向占比")
    origin_pull: float = number(
        "1", 0, 3, "utility by which outsiders prefer to stay away and movers to stay in the city", "来源地惯性"
    )


@dataclass(frozen=True, kw_only=True)
class Growth:
    """Revenue, productivity, cash."""

    early_drift: float = number("1/year", 0, 1, "log growth of a newborn firm", "初创期增长")
    drift_fade: float = number("month", 12, 120, "time in which growth at birth fades", "初创期增长衰减时间")
    quality_drift: float = number(
        "1/year",
        0,
        0.5,
        "log growth of a newborn firm per standard deviation of founder quality",
        "创始人质量对初创期增长的作用",
    )
    spread: float = number("1", 0.1, 0.9, "spread of yearly log growth at the reference size", "年增长离散度")
    spread_exponent: float = number("1", 0, 0.4, "power by which the spread falls with size", "离散度随规模下降的指数")
    reference_size: float = number("person", 1, 100, "size at which the spread is as given", "参照规模")
    staff_elasticity: float = number("1", 0.3, 1.2, "desired staff per revenue, in logs", "期望人数对营收弹性")
    shortage_exponent: float = number(
        "1", 0, 1, "revenue lost to vacancies: (staff/desired) to this power", "缺员对营收的影响"
    )
    adjustment: float = number("1/month", 0.005, 0.5, "gap to the level target closed a month", "水平向目标调整速度")
    agglomeration: float = number(
        "1", 0, 0.1, "elasticity of the level to same-sector staff within 2 km", "2公里内同业集聚弹性"
    )
    outside_neighbours: float = number(
        "person", 1, 20000, "same-sector staff near premises outside the parks", "园区外同业人数"
    )
    spillover_range: float = number("km", 0.2, 10, "range of agglomeration", "集聚作用半径")
    operator_level: float = number(
        "1", 0, 0.2, "level gain of the best against the worst operator", "运营能力对水平的作用"
    )
    chain_level: float = number("1", 0, 0.2, "level gain of a complete chain", "产业链完整度对水平的作用")
    margin: float = number("1", -0.5, 0.5, "mature cash margin on revenue", "成熟期现金利润率")
    early_loss: float = number("1", 0, 2, "margin a newborn firm falls short by", "初创期利润缺口")
    loss_fade: float = number("month", 3, 60, "time in which the shortfall fades", "利润缺口衰减时间")
    research_share: float = number("1", 0, 1, "research spending as a share of revenue", "研发投入占营收比")
    patents_per_year: float = number("1/year", 0, 5, "intellectual property filed a year", "年均知识产权申请数")
    patents_quality: float = number("1", 0, 2, "effect of founder quality on it, in logs", "质量对知识产权申请的作用")


@dataclass(frozen=True, kw_only=True)
class Labour:
    """Hires, quits, and who stays in the district."""

    tier_shares: tuple = numbers(TIERS, "1", 0, 1, "posts by tier", "岗位层次占比")
    quit_base: tuple = numbers(TIERS, "1/year", 0.02, 0.5, "yearly quit probability by tier", "年离职概率（按层次）")
    commute_slope: float = number(
        "1/year/min", 0, 0.01, "extra yearly quits per felt minute", "每体感分钟的额外年离职率"
    )
    commute_reference: float = number("min", 0, 60, "felt minutes at which the commute adds nothing", "通勤参照分钟")
    wage_slope: float = number("1", 0, 1, "fall of yearly quits per log wage above the market", "工资优势降低离职")
    wage_elasticity: float = number("1", 0, 0.5, "wage paid per revenue a head, in logs", "工资对人均营收弹性")
    stay_after_quit: float = number(
        "1", 0, 1, "who quits finds another employer in the district", "离职后留在本区的概率"
    )
    stay_after_layoff: float = number(
        "1", 0, 1, "who is laid off, or whose firm ends, finds one in the district", "被裁或企业关闭后留区概率"
    )
    stay_after_departure: float = number(
        "1", 0, 1, "staff who stay when their firm leaves the district", "企业外迁时员工留区概率"
    )
    layoff_speed: float = number("1/month", 0, 1, "share of excess staff laid off a month", "超员月裁减比例")
    hire_speed: tuple = numbers(
        TIERS, "1/month", 0.01, 5, "speed at which vacancies fill, by tier", "招聘速度（按层次）"
    )
    pool_exponent: float = number("1", 0, 1, "tightness of the labour market, as a power", "劳动力市场紧张度指数")
    housing_hire: float = number("1", 0, 0.2, "faster hiring under full housing support", "住房支持对接受率的作用")
    housing_stay: float = number(
        "1", 0, 0.2, "more leavers stay in the district under full housing support", "住房支持对留区的作用"
    )
    talent_service: float = number("1", 0, 1, "faster hiring while helped by a talent platform", "人才服务对招聘的作用")
    graduates_stay: float = number("1", 0, 1, "local university graduates who stay", "本地毕业生留温比例")
    pool_fade: float = number("1/month", 0, 0.2, "share of the labour pool that leaves a month", "劳动力池月流出")
    reemployed_leave: float = number(
        "1/year", 0, 0.5, "re-employed people who leave the district in a year", "再就业人员年离区率"
    )
    district_minutes: float = number(
        "min", 0, 60, "commute to premises elsewhere in the district", "区内其他场所通勤分钟"
    )


@dataclass(frozen=True, kw_only=True)
class Funding:
    """Venture rounds."""

    round_hazard: float = number("1/year", 0, 1, "yearly chance of a round", "年融资概率")
    quality_weight: float = number("1", 0, 2, "effect of founder quality on it, in logs", "质量对融资的作用")
    grade_multiplier: tuple = numbers(
        OPERATOR_GRADES, "1", 0, 5, "chance of a round by operator grade", "融资概率倍数（按运营等级）"
    )
    amount_median: float = number("CNY", 1e5, 1e7, "median amount", "单笔融资中位数")
    amount_spread: float = number("1", 0.1, 2, "log standard deviation of the amount", "融资额对数离差")
    credit_share: float = number("1", 0, 1, "share of rounds that are bank credit, not equity", "银行信贷占融资笔数比")
    finance_service: float = number(
        "1", 1, 3, "chance of a round while helped by a finance platform, times", "金融服务对融资概率倍数"
    )
    grant_multiplier: float = number("1", 1, 2, "later rounds after a public grant, times", "获资助后融资概率倍数")


@dataclass(frozen=True, kw_only=True)
class Service:
    """Needs, queues, and what help does."""

    need_rate: tuple = numbers(
        NEEDS, "1/year", 0.01, 5, "needs a tenant raises a year, by kind", "年均服务需求（按类型）"
    )
    early_needs: float = number(
        "1", 0.2, 5, "needs of firms in their first two years of tenancy, times", "入驻前两年需求倍数"
    )
    give_up_months: float = number("month", 1, 36, "a need not taken up by then lapses", "需求失效月数")
    process_months: float = number("month", 0, 24, "time a case takes", "办理时间")
    level_gain: float = number(
        "1", 0, 0.3, "level gain of a year of full technology and market service", "一年充分服务带来的水平提升"
    )
    level_cap: float = number("1", 0, 1, "most that services can add to the level", "服务提升上限")
    helped_months: float = number("month", 1, 36, "how long a served need goes on helping", "服务效果持续月数")
    testing_patents: float = number(
        "1", 1, 5, "patents and certificates while helped by testing, times", "检测服务对知识产权与认证倍数"
    )
    chain_firms: float = number(
        "1", 1, 20, "firms that make a segment present in the district", "视为具备某环节的企业数"
    )


@dataclass(frozen=True, kw_only=True)
class Survival:
    """Closure: the registry's hump, times state, normalised so that firms never incubated keep the registry's survival."""

    yearly: tuple = numbers(
        ("1", "2", "3", "4-7", "8+"), "1/year", 0, 0.5, "yearly exit probability by year of age", "按企龄的年退出概率"
    )
    quality: float = number("1", -1, 0, "log hazard per standard deviation of founder quality", "质量对风险的作用")
    growth: float = number("1", -2, 0, "log hazard per log growth of the last year", "增长对风险的作用")
    broke: float = number("1", 0, 2, "log hazard when cash is gone", "现金耗尽对风险的作用")
    rivalry: float = number(
        "1", 0, 0.3, "hazard per ln (1 + same-sector tenants in the park)", "园内同业竞争对风险的作用"
    )
    outside_rivals: float = number(
        "firm", 0, 2000, "same-sector rivals near premises outside the parks", "园区外同业竞争者数"
    )
    bump: float = number("1", 0, 2, "extra hazard on leaving after the reference stay", "离园后额外风险")
    bump_months: float = number("month", 6, 60, "time in which the extra hazard fades", "额外风险消退时间")
    bump_stay: float = number("month", 6, 60, "reference stay", "参照在园时长")
    learning: float = number(
        "1",
        0,
        3,
        "log hazard of weak firms per level gained by service: they learn it earlier",
        "弱企业因服务而更早退出",
    )
    normaliser: tuple = numbers(
        [f"{a}" for a in range(0, 181, 6)],
        "1",
        0.1,
        10,
        "mean multiplier among living never-incubated firms, by age in months",
        "未入孵存活企业平均倍数（按企龄）",
    )


@dataclass(frozen=True, kw_only=True)
class Leaving:
    """Other ways out of a park."""

    relocation: float = number("1/year", 0, 0.2, "yearly chance that an incubatee moves out", "年迁出概率")
    notice: float = number("month", 1, 12, "notice before a lease ends", "到期提前通知")
    lease_after_recognition: float = number(
        "month", 1, 36, "longest lease after recognition as graduate", "毕业认定后最长租期"
    )


@dataclass(frozen=True, kw_only=True)
class Graduating:
    """Chances of meeting the bar; the bar itself is a rule set."""

    certificate_hazard: float = number("1/year", 0, 1, "yearly chance of the high-tech certificate", "年获高企认定概率")
    certificate_quality: float = number("1", 0, 2, "effect of founder quality on it, in logs", "质量对高企认定的作用")
    certificate_age: float = number("month", 0, 60, "youngest age for it", "高企认定最低企龄")
    acquisition_hazard: float = number(
        "1/year", 0, 0.05, "yearly chance of being acquired or listed", "年被并购或上市概率"
    )


@dataclass(frozen=True, kw_only=True)
class Adaptation:
    """Responses of parks and operators."""

    rent_speed: float = number(
        "1/month", 0, 0.2, "log rent change per occupancy above target", "租金对入驻率的调整速度"
    )
    target_occupancy: float = number("1", 0.5, 1, "occupancy at which rent stands still", "租金不变的目标入驻率")
    rent_floor: float = number("CNY/m2/month", 1, 30, "lowest rent", "租金下限")
    reputation_speed: float = number("1/month", 0, 0.5, "gap to earned reputation closed a month", "声誉调整速度")
    reputation_norm: float = number(
        "1/year", 0.01, 1, "graduates per incubatee a year that earn reputation 1", "声誉为1对应的年毕业率"
    )
    reputation_bounds: tuple = numbers(("low", "high"), "1", 0.1, 3, "bounds of reputation", "声誉上下限")
    capability_speed: float = number("1/month", 0, 0.5, "gap to target capability closed a month", "运营能力调整速度")
    peer_learning: float = number("1", 0, 1, "share of the gap to the district's mean that peers teach", "同行学习比例")
    initiative_gain: float = number("grade", 0, 3, "capability gained by full initiative", "主观能动性对能力的作用")
    incentive_gain: float = number(
        "1", 0, 1, "initiative gained at the best performance pay", "最优绩效激励对能动性的提升"
    )
    incentive_peak: float = number(
        "CNY/year",
        1e4,
        1e7,
        "performance pay a park at which initiative peaks; zero at twice that",
        "绩效激励最优额（每园区）",
    )
    effort_turning: float = number(
        "1", 0, 2, "faster turning and fit-out under full effort", "努力对装修整备速度的作用"
    )


@dataclass(frozen=True, kw_only=True)
class Amenity:
    """Living services at parks: a stock that takes time to build and wears out."""

    build_months: float = number("month", 1, 60, "time from order to opening", "建设周期")
    depreciation: float = number("1/year", 0, 0.3, "wear", "年折旧")


@dataclass(frozen=True, kw_only=True)
class Money:
    """Unit prices of public spending and of parks' running."""

    building: float = number("CNY/m2", 500, 20000, "building", "建安成本")
    fit_out: float = number("CNY/m2", 100, 5000, "fit-out", "装修成本")
    running: float = number("CNY/m2/month", 0, 50, "running fitted-out space", "运维成本")
    activation: float = number("CNY/m2", 10, 3000, "activating idle space", "盘活成本")
    amenity_building: float = number("CNY/m2", 500, 20000, "building living services", "生活配套建设成本")
    amenity_running: float = number("CNY/m2/month", 0, 100, "running living services", "生活配套运维成本")
    task_threshold: float = number(
        "1", 0, 1, "share of the letting task below which no reward is paid", "奖励所需任务完成率"
    )
    pass_through: float = number(
        "1", 0, 1, "share of the reward that operators pass to tenants", "奖励让渡给企业的比例"
    )
    case: float = number("CNY", 100, 1e5, "one case of a service platform", "平台单次服务成本")
    chain_applicant: float = number(
        "CNY", 1000, 1e6, "one more applicant of a segment sought for its chain", "产业链定向引进每家申请企业成本"
    )
    spin_off: float = number(
        "CNY", 1e4, 2e6, "one more university spin-off that looks for space", "每家高校衍生企业成本"
    )
    platform_capacity: float = number(
        "CNY", 1e4, 1e6, "equipment for one more case a month", "平台每新增月办理一件的设备投入"
    )
    platform_quality: float = number(
        "CNY",
        1e4,
        5e6,
        "raising quality from 0 to 1, for each case a month",
        "平台质量由0提升至1的投入（按月办理件数）",
    )
    coordination: float = number("CNY/year", 1e5, 5e7, "the coordination office at full strength", "统筹协调机制年费用")
    seed_round: float = number("CNY", 5e4, 5e6, "one round of the seed fund", "种子资金单笔金额")
    voucher: float = number("CNY", 1000, 5e5, "one voucher for research and development", "每张研发券面额")


@dataclass(frozen=True, kw_only=True)
class Parameters:
    """All groups together."""

    space: Space
    demand: Demand
    choice: Choice
    growth: Growth
    labour: Labour
    funding: Funding
    service: Service
    survival: Survival
    leaving: Leaving
    graduating: Graduating
    adaptation: Adaptation
    amenity: Amenity
    money: Money


GROUPS: dict[str, Any] = {part.name: part.type for part in fields(Parameters)}


def catalogue() -> dict[str, Mapping[str, Any]]:
    """Every parameter by dotted name: {name: metadata}. What the ODD, the sweeps and the checks read."""
    return {f"{group}.{part.name}": part.metadata for group, cls in GROUPS.items() for part in fields(cls)}


def read_parameters(values: Any, problems: list[str]) -> Parameters | None:
    """Parameters from nested mappings; reasons why not are added to problems."""
    before = len(problems)
    if not isinstance(values, dict):
        problems.append("parameters: expected groups of settings.")
        return None
    problems += [f"parameters.{k}: no such group; {did_you_mean(k, GROUPS)}" for k in values if k not in GROUPS]
    groups = {name: read(cls, values.get(name, {}), f"parameters.{name}", problems) for name, cls in GROUPS.items()}
    problems += contradictions(groups)
    return Parameters(**groups) if len(problems) == before else None


def contradictions(groups: Mapping[str, Any]) -> list[str]:
    """Contradictions that single bounds do not see, one sentence each. groups: {name: group, or None where it could not be read}."""
    problems = []
    for name in SHARES:
        group, part = name.split(".")
        shares = getattr(groups[group], part, None)
        if shares and abs(sum(shares) - 1) > 1e-9:
            problems.append(f"parameters.{name}: shares add up to {sum(shares):g}, not 1.")
    if groups["growth"]:
        g = groups["growth"]
        scale = g.spread * g.reference_size**g.spread_exponent / 2**0.5
        if scale >= 1:
            problems.append(
                f"parameters.growth: spread {g.spread:g} at {g.reference_size:g} people gives one-person firms a mean without bound."
            )
    return problems
