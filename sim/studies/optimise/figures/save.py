"""The figures of this study, saved."""

from sim.report.files import save_figures, with_data
from sim.report.words import LANGUAGES
from sim.studies.optimise.sentences import commonest, figure_title, least_regret


def write_figures(data, folder, langs=LANGUAGES):
    """Save the front, what its points consist of, and regret over several worlds; returns the files."""
    from sim.studies.optimise.figures.composition import recipe, regrets
    from sim.studies.optimise.figures.pareto import pareto

    figures = {"pareto": (pareto, figure_title), "levers": (recipe, commonest)}
    figures |= {"regret": (regrets, least_regret)} if len(data.worlds) > 1 else {}
    return save_figures(with_data(data, figures), folder, data.run_id, langs)
