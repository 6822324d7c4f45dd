"""Levers that belong to nobody's park, and the check of names that several levers share."""

from dataclasses import dataclass

from sim.fields import did_you_mean
from sim.policies.base import Policy


def unknown(at, names, known, what):
    """One sentence for each name that is not among those known. at: dotted place; what: 'a segment of toy'."""
    return [f"{at}: '{name}' is not {what}; {did_you_mean(name, known)}" for name in names if name not in known]


@dataclass(frozen=True, kw_only=True)
class DistrictWide(Policy):
    """A lever that acts on the whole district, so that aiming it at parks would be a misunderstanding."""

    def problems(self, data):
        """Also: parks that are named although they make no difference."""
        found = super().problems(data)
        aimed = (("parks", self.parks, "[]"), ("remote_from", self.remote_from, "0"))
        return found or [
            f"policies.{self.name}.{name} = {list(value) if name == 'parks' else value}: it acts on the whole district; leave {name} at {empty}."
            for name, value, empty in aimed
            if value
        ]
