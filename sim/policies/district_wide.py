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
        found, why = super().problems(data), "it acts on the whole district; leave it"
        if not found and self.parks:
            found.append(f"policies.{self.name}.parks = {list(self.parks)}: {why} empty.")
        if not found and self.remote_from:
            found.append(f"policies.{self.name}.remote_from = {self.remote_from:g}: {why} at 0.")
        return found
