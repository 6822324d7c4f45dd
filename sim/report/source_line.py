"""The line below a figure that says where it comes from."""

from typing import Any

from sim.report.words import say


def foot(data: Any, lang: str) -> str:
    """Source line of a figure of compared scenarios, or of one alone."""
    return foot_line(data.version, data.pairs, data.run_id, lang, "foot" if data.packages else "foot_single")


def foot_line(version: str, pairs: int, run_id: str, lang: str, key: str = "foot") -> str:
    """Source line of any figure: model, runs, run id, and that levels are not a prediction."""
    return say(lang, key, version=version, pairs=pairs, run_id=run_id, note=say(lang, "note"))
