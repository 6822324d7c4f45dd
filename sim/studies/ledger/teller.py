"""Events of a firm's life told in words, in Chinese and English."""

from collections.abc import Mapping, Sequence

import numpy as np

from sim.engine.calendar import month_of
from sim.model.status import Cause, Event, Place
from sim.studies.ledger.wording import CAUSES, LANGUAGES, NEEDS, PLACES, word

MINOR = (Event.SERVED, Event.GAVE_UP, Event.EXPANDED, Event.FUNDED)  # told only where they are the first difference


class Teller:
    """Tells events in words. parks: titles of the parks by row, {zh: [...], en: [...]}."""

    def __init__(self, parks: Mapping[str, Sequence[str]]) -> None:
        self.parks = parks

    def event(self, event: np.void, lang: str) -> str:
        """Say what happened, without its month. event: a row of the event log."""
        pick = LANGUAGES.index(lang)
        kind, cause, amount = Event(event["event"]), word(CAUSES, Cause(event["cause"]), lang), event["amount"]
        park = self.parks[lang][event["park"]] if event["park"] >= 0 else word(PLACES, Place(event["place"]), lang)
        place = Place(event["place"])
        if kind == Event.MOVED:
            other = self.parks[lang][int(amount)]
            return (f"由{park}迁至{other}", f"moves from {park} to {other}")[pick]
        if kind == Event.SETTLED:
            at, why = word(PLACES, place, lang), (f"（{cause}）", f" ({cause})")[pick]
            if place == Place.GONE:
                return ("未来本市", "stays outside the city")[pick] + why
            return (f"落户{at}", f"settles {at}")[pick] + why
        if kind == Event.LEFT:
            if place == Place.CLUSTER:
                if Cause(event["cause"]) == Cause.GRADUATION:
                    return (
                        "在孵结束（已毕业），转入后续园区",
                        "ends incubation as a graduate and goes on to other space",
                    )[pick]
                return ("在孵期满，转入后续园区", "reaches the tenancy limit and goes on to other space")[pick]
            at = word(PLACES, place, lang)
            return (f"因{cause}离开{park}，去往{at}", f"leaves {park} for {at}: {cause}")[pick]
        if kind in (Event.SERVED, Event.GAVE_UP):
            need = NEEDS[int(amount)][pick]
            if kind == Event.SERVED:
                return (f"办结一项{need}服务", f"is helped with {need}")[pick]
            return (f"一项{need}需求久等作罢", f"gives up a need for {need}")[pick]
        plain = {
            Event.ARRIVED: ("开始找场地", "looks for space"),
            Event.ADMITTED: (f"入驻{park}", f"is admitted to {park}"),
            Event.REFUSED: (f"{cause}，开始候租", f"waits: {cause}"),
            Event.EXPANDED: (f"在{park}扩租{amount:,.0f}㎡", f"takes {amount:,.0f} m² more at {park}"),
            Event.FUNDED: (f"获得融资{amount / 1e4:,.0f}万元", f"raises {amount / 1e6:,.2f} million CNY"),
            Event.CERTIFIED: ("取得高企认定", "gets the high-tech certificate"),
            Event.GRADUATED: (f"毕业（{cause}）", f"graduates ({cause})"),
            Event.CLOSED: ("关闭", "closes"),
            Event.ACQUIRED: ("被并购或上市", "is acquired or listed"),
        }
        return plain[kind][pick]

    def difference(self, there: np.void | None, here: np.void | None, parks: Sequence[int], lang: str) -> str:
        """Say in a sentence where two lives part.

        there, here: the first events that differ, None for no further one; if they are the same, the firm went on to the
        park of its end, another one in each world. parks: rows of the parks at the end, in the reference world and here.
        """
        month = min(event["month"] for event in (there, here) if event is not None)
        same = there is not None and here is not None and there.tolist() == here.tolist()

        def side(event, park, said, nothing):
            if event is None:
                return nothing
            late = {"zh": f"（{month_of(event['month'])}）", "en": f" ({month_of(event['month'])})"}[lang]
            if same:
                to = self.parks[lang][park]
                return said + {"zh": f"在孵结束后转入{to}", "en": f"goes on to {to} after incubation"}[lang]
            return said + self.event(event, lang) + (late if event["month"] > month else "")

        if lang == "zh":
            mine = side(here, parks[1], "本情景", "本情景此后无事件")
            return f"{month_of(month)}：{mine}；{side(there, parks[0], '参照情景', '参照情景此后无事件')}。"
        mine = side(here, parks[1], "here it ", "nothing more here")
        theirs = side(there, parks[0], "in the reference it ", "nothing more in the reference")
        return f"{month_of(month)}: {mine}; {theirs}."

    def chain(self, events: np.ndarray, lang: str) -> list[str]:
        """A life's events in order, one line each, the small ones left out unless they come first."""
        shown = [e for k, e in enumerate(events) if k == 0 or Event(e["event"]) not in MINOR]
        return [f"{month_of(e['month'])} {self.event(e, lang)}" for e in shown]
