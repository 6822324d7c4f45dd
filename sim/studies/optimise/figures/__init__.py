"""The figures of a search: the front, what its points consist of, and regret over several worlds."""

from collections.abc import Iterable
from pathlib import Path

from sim.report.files import save_figures, with_data
from sim.report.words import LANGUAGES
from sim.studies.optimise.figures import composition, pareto
from sim.studies.optimise.sentences import OptimisingData, commonest, figure_title, least_regret


def write_figures(data: OptimisingData, folder: Path | str, langs: Iterable[str] = LANGUAGES) -> list[Path]:
    """Save the figures, that of regret where there are several worlds; returns the files."""
    figures = {"pareto": (pareto.pareto, figure_title), "levers": (composition.recipe, commonest)}
    figures |= {"regret": (composition.regrets, least_regret)} if len(data.worlds) > 1 else {}
    return save_figures(with_data(data, figures), folder, data.run_id, langs)
