"""The words for lives: ends, changes, outcomes, sources and causes, in Chinese and English."""

from collections.abc import Mapping
from typing import Any

from sim.model.measures.fates import Change, End
from sim.model.status import Cause, Place

ENDS = {
    End.ABSENT: ("未出现", "never looked for space"),
    End.WAITING: ("候租", "waiting for room"),
    End.TENANT: ("在园，未毕业", "tenant, no graduate"),
    End.TENANT_GRADUATE: ("在园，已毕业", "tenant, graduate"),
    End.DISTRICT: ("区内园区外", "elsewhere in the district"),
    End.DISTRICT_GRADUATE: ("毕业后在区内园区外", "graduate, elsewhere in the district"),
    End.CITY: ("市内其他区域", "elsewhere in the city"),
    End.CITY_GRADUATE: ("毕业后在市内其他区域", "graduate, elsewhere in the city"),
    End.AWAY: ("离园后在市外", "left, outside the city"),
    End.AWAY_GRADUATE: ("毕业后在市外", "graduate, outside the city"),
    End.CLOSED: ("曾入园，未毕业即关闭", "came to a park and closed, no graduate"),
    End.CLOSED_GRADUATE: ("毕业后关闭", "closed after graduating"),
    End.SOLD: ("被并购或上市", "acquired or listed"),
    End.DISTRICT_UNFOLLOWED: ("落户区内园区外，此后未跟踪", "settled elsewhere in the district, not followed"),
    End.CITY_UNFOLLOWED: ("落户市内其他区域，此后未跟踪", "settled elsewhere in the city, not followed"),
    End.STAYED_AWAY: ("未来本市", "stayed outside the city"),
    End.DISTRICT_CLOSED: ("落户区内园区外，后关闭", "settled elsewhere in the district and closed"),
    End.CITY_CLOSED: ("落户市内其他区域，后关闭", "settled elsewhere in the city and closed"),
}
CHANGES = {
    Change.GAINED: ("新增租户", "gained"),
    Change.LOST: ("失去租户", "lost"),
    Change.MOVED: ("换了园区", "in another park"),
    Change.OTHER_END: ("结局另有不同", "another end otherwise"),
    Change.OTHER_PATH: ("结局相同，经过不同", "same end, other path"),
    Change.UNCHANGED: ("完全相同", "unchanged"),
}
OUTCOMES = {
    "tenant": ("期末租户", "tenants at the end"),
    "admitted": ("新入驻", "admitted"),
    "graduate": ("毕业", "graduates"),
    "graduate_in_district": ("毕业且期末在本区", "graduates in the district at the end"),
    "closed_tenant": ("在园关闭", "closed as tenants"),
    "relocated": ("毕业前迁出", "relocated before graduating"),
    "expired": ("到期未毕业", "reached the limit"),
}
SOURCES = {
    "other_park": ("其他园区", "another park"),
    "district": ("区内园区外", "elsewhere in the district"),
    "city": ("市内其他区域", "elsewhere in the city"),
    "away": ("市外", "not in the city"),
    "left_or_closed": ("曾入园，已离园、关闭或候租", "came to a park, and left, closed or waits"),
    "not_looking": ("不会来找场地", "would not have looked"),
    "calibrated": ("区内或市内其他地方（校准值）", "elsewhere in district or city (calibrated)"),
    "calibrated_of_outside": (
        "其占园区外来源之比（校准值）",
        "the same, of those from outside the cluster (calibrated)",
    ),
    "extra_tenants": ("新增租户合计", "extra tenants"),
}
MEASURES = {
    "additionality_share": ("额外性占比：净增部分", "additionality: net, would not be there without it"),
    "gained_share": ("新增部分占比", "gross, would not be there without it"),
    "deadweight_share": ("无谓补贴占比：政策触及而本来也会", "deadweight: reached, and would have it anyway"),
}
CAUSES = {
    Cause.NONE: ("", ""),
    Cause.CERTIFICATE: ("取得高企认定", "the high-tech certificate"),
    Cause.REVENUE: ("两年营收达标", "two years' revenue"),
    Cause.VENTURE_CAPITAL: ("累计融资达标", "venture capital"),
    Cause.SALE: ("被并购或上市", "a sale or listing"),
    Cause.GRADUATION: ("毕业", "graduation"),
    Cause.RELOCATION: ("自行迁出", "relocation"),
    Cause.EXPIRY: ("在孵期满", "end of the tenancy limit"),
    Cause.NO_ROOM: ("园区无房", "no room in the parks it wants"),
    Cause.BELOW_BAR: ("未达准入标准", "below the parks' bar"),
    Cause.OUTSIDE_BETTER: ("园区外更合适", "the outside suits better"),
    Cause.WAITED_TOO_LONG: ("候租过久", "waited too long"),
    Cause.SEED_FUND: ("种子资金", "a seed fund"),
}
PLACES = {
    Place.CLUSTER: ("园区", "the cluster"),
    Place.DISTRICT: ("区内园区外", "elsewhere in the district"),
    Place.CITY: ("市内其他区域", "elsewhere in the city"),
    Place.GONE: ("市外", "outside the city"),
}
NEEDS = (
    ("技术", "technology"), ("检测", "testing"), ("人才", "talent"), ("金融", "finance"), ("市场", "market"),
)  # fmt: skip
LANGUAGES = ("zh", "en")


def word(table: Mapping[Any, tuple[str, str]], key: Any, lang: str) -> str:
    """A term in one language."""
    return table[key][LANGUAGES.index(lang)]
