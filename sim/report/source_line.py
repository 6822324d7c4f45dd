"""The line below a figure that says where it comes from."""

from sim.report.words import say


def source_line(version: str, pairs: int, run_id: str, lang: str, compared: bool = True) -> str:
    """Source line of a figure: model, runs, run id, and that levels are not a prediction.

    compared: True if scenarios were held against each other on pairs of runs.
    """
    key = "foot" if compared else "foot_single"
    return say(lang, key, version=version, pairs=pairs, run_id=run_id, note=say(lang, "note"))
