"""Events of a firm's life told in words."""

from collections.abc import Mapping, Sequence

import numpy as np

from sim.engine.calendar import month_of
from sim.model.status import Cause, Event, Place
from sim.model.vocabulary import NEEDS
from sim.report.words import say

MINOR = (Event.SERVED, Event.GAVE_UP, Event.EXPANDED, Event.FUNDED)  # told only where they are the first difference


class Teller:
    """Tells events in words. parks: titles of the parks by row, {zh: [...], en: [...]}."""

    def __init__(self, parks: Mapping[str, Sequence[str]]) -> None:
        self.parks = parks

    def event(self, event: np.void, lang: str) -> str:
        """Say what happened, without its month. event: a row of the event log."""
        kind, cause, place = Event(event["event"]), Cause(event["cause"]), Place(event["place"])
        key, amount = f"event_{kind.name.lower()}", event["amount"]
        words = {"cause": say(lang, f"cause_{cause.name.lower()}"), "place": say(lang, f"place_{place.name.lower()}")}
        words["park"] = self.parks[lang][int(event["park"])] if event["park"] >= 0 else words["place"]
        if kind == Event.MOVED:
            words["other"] = self.parks[lang][int(amount)]
        elif kind in (Event.SERVED, Event.GAVE_UP):
            words["need"] = say(lang, f"need_{NEEDS[int(amount)]}")
        elif kind == Event.EXPANDED:
            words["area"] = f"{amount:,.0f}"
        elif kind == Event.FUNDED:
            words["sum"] = {"zh": f"{amount / 1e4:,.0f}", "en": f"{amount / 1e6:,.2f}"}[lang]
        elif kind == Event.SETTLED and place == Place.GONE:
            key = "event_settled_gone"
        elif kind == Event.LEFT and place == Place.CLUSTER:
            key = "event_left_graduated" if cause == Cause.GRADUATION else "event_left_expired"
        return say(lang, key, **words)

    def difference(self, there: np.void | None, here: np.void | None, parks: Sequence[int], lang: str) -> str:
        """Say in a sentence where two lives part.

        there, here: the first events that differ, None for no further one; if they are the same, the firm went on to the
        park of its end, another one in each world. parks: rows of the parks at the end, in the reference world and here.
        """
        month = min(event["month"] for event in (there, here) if event is not None)
        same = there is not None and here is not None and there.tolist() == here.tolist()

        def side(event, park, key, nothing):
            if event is None:
                return say(lang, nothing)
            told = say(lang, "event_went_on", park=self.parks[lang][park]) if same else self.event(event, lang)
            if event["month"] > month:
                told = say(lang, "difference_later", event=told, month=month_of(event["month"]))
            return say(lang, key, event=told)

        mine = side(here, parks[1], "difference_here", "difference_here_nothing")
        theirs = side(there, parks[0], "difference_there", "difference_there_nothing")
        return say(lang, "difference_told", month=month_of(month), here=mine, there=theirs)

    def chain(self, events: np.ndarray, lang: str) -> list[str]:
        """A life's events in order, one line each, the small ones left out unless they come first."""
        shown = [e for k, e in enumerate(events) if k == 0 or Event(e["event"]) not in MINOR]
        return [f"{month_of(e['month'])} {self.event(e, lang)}" for e in shown]
