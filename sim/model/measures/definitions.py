"""Every measure: definition, unit, window. `take_stock` counts; a Measure divides counts by counts, for any unit and period."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sim.model.vocabulary import NEEDS, TIERS

UNITS = {  # code -> (zh, en)
    "share": ("", ""),
    "1/year": ("/年", "per year"),
    "firm": ("家", "firms"),
    "person": ("人", "people"),
    "m2": ("㎡", "m²"),
    "m2/month": ("㎡/月", "m² a month"),
    "CNY": ("元", "CNY"),
    "CNY/year": ("元/年", "CNY a year"),
    "CNY/m2/month": ("元/㎡/月", "CNY/m²/month"),
    "month": ("个月", "months"),
    "case": ("件", "cases"),
    "1": ("", ""),
    "per 1000 m2": ("家/千㎡", "firms per 1,000 m²"),
    "person/firm": ("人/家", "people per firm"),
    "min": ("分钟", "min"),
}


@dataclass(frozen=True, kw_only=True)
class Measure:
    """One measure: what a statistician would write beside the table."""

    key: str
    zh: str
    en: str
    unit: str
    definition_zh: str
    definition_en: str
    of: Callable
    good: str = "none"
    total: bool = False  # a count that adds up over years
    kinds: tuple = ()  # kinds of unit it is defined for: space is not for a sector, people alone are for a tier

    @property
    def percent(self):
        """Shown in per cent, differences in points."""
        return self.unit in ("share", "1/year")


def ratio(a, b):
    """a / b, not-a-number where there is nothing to divide by."""
    return np.divide(a, b, out=np.full(np.broadcast(a, b).shape, np.nan), where=b > 0)


def _tiers(prefix):
    return [f"{prefix}_{tier}" for tier in TIERS]


def _needs(prefix):
    return [f"{prefix}_{need}" for need in NEEDS]


TOTALS = (
    "applicants",
    "admitted",
    "graduates",
    "net_inflow",
    "hires",
    "cases_served",
    "rent_income",
    "public_spending",
)


UNIT_KINDS = ("cluster", "park", "operator", "sector", "tier")
BY_TIER = (  # what is counted by tier of talent; HIRES for tiers alone, so that no other table grows
    "talent_retention_rate", "firm_retention_rate", "staff", "net_inflow", "separation_rate", "vacancies",
)  # fmt: skip
HIRES = "hires"


def _measure(key, zh, en, unit, definition_zh, definition_en, of, good="none", sectors=True):
    kinds = (
        ["cluster"]
        if key in ("public_spending", "capacity_use", "live_rows")
        else ["cluster", "park", "operator", *["sector"] * sectors]
    )
    kinds = ("tier",) if key == HIRES else (*kinds, *["tier"] * (key in BY_TIER))
    return Measure(
        key=key, zh=zh, en=en, unit=unit, definition_zh=definition_zh, definition_en=definition_en, of=of, good=good,
        total=key in TOTALS, kinds=kinds,
    )  # fmt: skip


_M = _measure
MEASURES = {
    m.key: m
    for m in [
        _M("occupancy_rate", "入驻率", "Occupancy", "share", "已租面积÷竣工装修面积（含整备中面积），年度为各月均值", "let ÷ fitted-out space (turning space included), mean of the months", lambda w: ratio(w.level("let"), w.level("fitted")), "up", False),
        _M("let_share_announced", "已租占规划面积比", "Let share of announced space", "share", "已租面积÷规划面积", "let ÷ announced space", lambda w: ratio(w.level("let"), w.level("announced")), "up", False),
        _M("tenant_density", "租户密度", "Tenant density", "per 1000 m2", "每千平方米规划面积的租户数", "tenants per 1,000 m² announced", lambda w: 1000 * ratio(w.level("tenants"), w.level("announced")), "none", False),
        _M("vacancy_months", "空置去化月数", "Months of vacancy", "month", "可租空置面积÷月均新租面积", "lettable vacancy ÷ space newly let a month", lambda w: ratio(w.base("lettable"), w.flow("admitted_area", "moved_in_area") / 12), "down", False),
        _M("net_absorption", "净吸纳量", "Net absorption", "m2/month", "已租面积的月变化", "change in let space a month", lambda w: w.level("net_absorption"), "up", False),
        _M("announced_area", "规划面积", "Announced space", "m2", "累计公布的孵化面积，期末", "space announced, end of period", lambda w: w.december("announced") if w.yearly else w("announced"), "none", False),
        _M("fitted_area", "竣工装修面积", "Fitted-out space", "m2", "竣工装修面积，期末", "space fitted out, end of period", lambda w: w.december("fitted") if w.yearly else w("fitted"), "none", False),
        _M("let_area", "已租面积", "Let space", "m2", "租户租用面积之和，期末", "sum of tenants' areas, end of period", lambda w: w.december("let") if w.yearly else w("let"), "up", False),
        _M("rent", "平均租金", "Mean asking rent", "CNY/m2/month", "按竣工面积加权的挂牌租金", "asking rent weighted by fitted-out space", lambda w: ratio(w.level("rent_by_area"), w.level("fitted")), "none", False),
        _M("tenants", "租户数", "Tenants", "firm", "租用园区空间的企业数，期末", "firms leasing space in a park, end of period", lambda w: w.december("tenants") if w.yearly else w("tenants"), "up"),
        _M("incubatees", "在孵企业数", "Incubatees", "firm", "在孵租户数，期末", "tenants under incubation, end of period", lambda w: w.december("incubatees") if w.yearly else w("incubatees"), "up"),
        _M("applicants", "申请企业数", "Applicants", "firm", "当期寻找空间的企业数（计入其来源，不分园区）", "firms that looked for space", lambda w: w.month_sum("arrivals")),
        _M("admitted", "新入驻企业数", "Admitted", "firm", "当期新入驻企业数", "firms admitted", lambda w: w.month_sum("admitted"), "up"),
        _M("graduates", "毕业企业数", "Graduates", "firm", "当期认定毕业企业数", "firms recognised as graduates", lambda w: w.month_sum("graduates"), "up"),
        _M("graduation_rate", "毕业率", "Graduation rate", "1/year", "12个月毕业企业数÷同期在孵企业平均数", "graduates in 12 months ÷ mean incubatees", lambda w: ratio(w.flow("graduates"), w.base("incubatees")), "up"),
        _M("graduate_share_of_leavers", "离孵企业中毕业占比", "Graduate share of leavers", "share", "毕业数÷（毕业+在孵关闭+迁出+到期）", "graduates ÷ (graduates + closed + relocated + expired incubatees)", lambda w: ratio(w.flow("graduates"), w.flow("graduates", "closed", "relocated", "expired")), "up"),
        _M("cohort_graduation_share", "同批企业48个月毕业占比", "Cohort graduation share", "share", "48个月前12个月内入驻的企业中，48个月内获毕业认定的比例", "of firms admitted in the twelve months up to 48 months before, share recognised within 48 months of entry", lambda w: ratio(w.flow("cohort_graduated"), w.flow("cohort_due")), "up"),
        _M("graduate_retention_rate", "毕业企业留存率（36个月）", "Graduate retention, 36 months on", "share", "36个月前12个月内毕业的企业中，至今仍在本区经营的比例", "of graduates of the twelve months up to 36 months before, share alive in the district 36 months on", lambda w: ratio(w.flow("graduates_kept_36"), w.flow("graduates_due_36")), "up"),
        _M("graduate_retention_rate_12", "毕业企业留存率（12个月）", "Graduate retention, 12 months on", "share", "同上，12个月", "the same, 12 months on", lambda w: ratio(w.flow("graduates_kept_12"), w.flow("graduates_due_12")), "up"),
        _M("closure_rate", "在孵企业关闭率", "Closure rate of incubatees", "1/year", "12个月在孵企业关闭数÷平均在孵数", "incubatees closed in 12 months ÷ mean incubatees", lambda w: ratio(w.flow("closed"), w.base("incubatees")), "down"),
        _M("closure_rate_elsewhere", "未入孵企业关闭率", "Closure rate of firms elsewhere", "1/year", "从未入驻园区的企业12个月关闭数÷平均数", "closures of firms never in the cluster ÷ their mean number", lambda w: ratio(w.flow("closed_elsewhere"), w.base("elsewhere"))),
        _M("talent_retention_rate", "人才留存率", "Talent retention", "share", "1月1日在集群就业者，12月31日仍在本区就业的比例", "of people employed in the cluster on 1 January, share employed in the district on 31 December", lambda w: ratio(w.december(*_tiers("same_firm"), *_tiers("reemployed")), w.december(*_tiers("january"))), "up"),
        _M("firm_retention_rate", "同企业人才留存率", "Retention in the same firm", "share", "1月1日在集群就业者，12月31日仍在同一企业的比例", "of the same people, share still in the same firm", lambda w: ratio(w.december(*_tiers("same_firm")), w.december(*_tiers("january"))), "up"),
        *[
            _M(f"talent_retention_rate_{tier}", f"人才留存率（{zh}）", f"Talent retention, {en}", "share", f"同上，{zh}", f"the same, {en}", lambda w, t=tier: ratio(w.december(f"same_firm_{t}", f"reemployed_{t}"), w.december(f"january_{t}")), "up")
            for tier, zh, en in (("general", "一般人员", "general staff"), ("skilled", "专业人才", "skilled staff"), ("high_level", "高层次人才", "high-level staff"))
        ],
        _M("staff", "从业人员", "Staff of tenants", "person", "租户员工数，期末", "staff of tenants, end of period", lambda w: w.december(*_tiers("staff")) if w.yearly else sum(w(n) for n in _tiers("staff")), "up"),
        _M("staff_per_tenant", "户均人数", "Staff per tenant", "person/firm", "从业人员÷租户数", "staff ÷ tenants", lambda w: ratio(w.level(*_tiers("staff")), w.level("tenants"))),
        _M("net_inflow", "人员净流入", "Net inflow of staff", "person", "招聘−离职−裁减", "hires − quits − layoffs", lambda w: w.month_sum(*_tiers("hires")) - w.month_sum(*_tiers("quits"), *_tiers("layoffs")), "up"),
        _M("hires", "招聘人数", "Hires", "person", "租户当期招聘人数（按人才层次统计）", "people hired by tenants, by tier of talent", lambda w: w.month_sum(*_tiers("hires")), "up"),
        _M("separation_rate", "年离职率", "Separation rate", "1/year", "12个月离职人数÷平均员工数（裁减、关闭另计）", "quits in 12 months ÷ mean staff (layoffs and closures apart)", lambda w: ratio(w.flow(*_tiers("quits")), w.base(*_tiers("staff"))), "down"),
        _M("vacancies", "空缺岗位", "Unfilled posts", "person", "期内月均空缺岗位数", "posts vacant, mean of the months", lambda w: w.level(*_tiers("vacancies")), "down"),
        _M("revenue", "租户营收", "Revenue of tenants", "CNY/year", "租户年化营收之和", "tenants' revenue at a yearly rate", lambda w: w.level("revenue"), "up"),
        _M("revenue_growth", "租户营收增长率", "Revenue growth of tenants", "1/year", "租户近一年营收对数增长的均值", "mean log growth of tenants' potential revenue over about the last year", lambda w: ratio(w.level("growth"), w.level("tenants")), "up"),
        _M("research_spending", "研发投入", "Research spending", "CNY/year", "按营收的固定比例估算", "a fixed share of revenue", lambda w: w.level("revenue") * w.research_share, "up"),
        _M("high_tech_share", "高企占比", "High-tech share of tenants", "share", "持有高企证书租户占比", "tenants with the national certificate", lambda w: ratio(w.level("high_tech"), w.level("tenants")), "up"),
        _M("patent_share", "有知识产权企业占比", "Share of incubatees with intellectual property", "share", "申请过知识产权的在孵企业占比", "incubatees that filed any", lambda w: ratio(w.level("patent_holders"), w.level("incubatees")), "up"),
        _M("funded_share", "一年内获融资占比", "Share funded within a year", "share", "近12个月获融资的租户占比", "tenants with a round in the last 12 months", lambda w: ratio(w.level("funded"), w.level("tenants")), "up"),
        _M("chain_completeness", "产业链完整度", "Chain completeness", "share", "租户所需投入中区内已有环节的占比", "share of tenants' input segments present in the district", lambda w: ratio(w.level("chain"), w.level("tenants")), "up"),
        _M("service_reach", "服务覆盖率", "Reach of services", "share", "服务平台清单覆盖的服务类型占比，按租户平均", "share of kinds of service whose platforms reach a tenant, mean of tenants", lambda w: ratio(w.level("reach"), w.level("tenants")), "up"),
        _M("capacity_use", "平台能力利用率", "Use of platform capacity", "share", "12个月受理案件÷平台办理能力", "cases taken up ÷ what platforms could take up in 12 months", lambda w: ratio(w.flow("taken"), w.flow("capacity")), "none"),
        _M("needs_met_share", "服务需求满足率", "Share of needs met", "share", "12个月办结需求÷提出需求", "needs served ÷ needs raised in 12 months", lambda w: ratio(w.flow(*_needs("served")), w.flow(*_needs("raised"))), "up"),
        _M("waiting_months", "服务等待时间", "Waiting time for service", "month", "受理前平均等待月数", "mean wait before a case is taken up", lambda w: ratio(w.flow("wait_months"), w.flow("taken")), "down"),
        _M("cases_served", "服务办结数", "Cases served", "case", "当期办结服务件数", "cases finished", lambda w: w.month_sum(*_needs("served")), "up"),
        _M("rent_income", "租金收入", "Rent income of operators", "CNY", "运营机构实收租金", "rent received by operators", lambda w: w.month_sum("rent_income"), "none", False),
        _M("reputation", "声誉", "Reputation", "1", "按竣工面积加权，1为标准", "weighted by fitted-out space, 1 is the norm", lambda w: ratio(w.level("reputation_by_area"), w.level("fitted")), "up", False),
        _M("capability", "运营能力", "Operator capability", "1", "D=0至A=3，按竣工面积加权", "D 0 to A 3, weighted by fitted-out space", lambda w: ratio(w.level("capability_by_area"), w.level("fitted")), "up", False),
        _M("felt_minutes", "体感通勤", "Felt commute", "min", "按已租面积加权的体感分钟", "weighted by let space", lambda w: ratio(w.level("minutes_by_let"), w.level("let")), "down", False),
        _M("elsewhere", "未入孵企业数", "Firms elsewhere", "firm", "从未入驻、在市内其他地方经营的企业", "firms that settled elsewhere and live on", lambda w: w.level("elsewhere")),
        _M("followed", "其中跟踪样本数", "Firms elsewhere that are followed", "firm", "未入孵企业中被跟踪的样本行数（每行代表run.follow家）", "rows of the sample of firms elsewhere, each of which stands for run.follow of them", lambda w: w.level("followed")),
        _M("live_rows", "存活企业行数", "Rows of living firms", "firm", "模拟中的全部存活企业行：租户、离园企业、等候企业与园区外样本", "all living firms in the simulation: tenants, firms that left, those that wait, and the sample elsewhere", lambda w: w.level("live_rows")),
        _M("public_spending", "财政支出", "Public spending", "CNY", "政策支出合计，含期末应付", "spending of all policies, what is owed at the end included", lambda w: w.month_sum("public_spending"), "down", False),
    ]
}  # fmt: skip
HEADLINE = ("occupancy_rate", "talent_retention_rate", "graduation_rate")


def describe():
    """Every measure as plain data: {key: title, unit, definition, percent, good}."""
    return {
        m.key: {
            "title": {"zh": m.zh, "en": m.en},
            "unit": dict(zip(("zh", "en"), UNITS[m.unit], strict=True)),
            "definition": {"zh": m.definition_zh, "en": m.definition_en},
            "percent": m.percent,
            "good": m.good,
        }
        for m in MEASURES.values()
    }


def of_cluster():
    """Keys of the measures that a whole cluster has."""
    return tuple(key for key, measure in MEASURES.items() if "cluster" in measure.kinds)


SPENDING = "public_spending"
