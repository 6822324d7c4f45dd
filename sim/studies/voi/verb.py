"""`incubator voi`: which parameter to measure before choosing, and what that is worth."""

from sim.methods.emulator import check_library
from sim.report.words import say
from sim.studies.common.decision_command import DecisionCommand
from sim.studies.common.terminal import Progress
from sim.studies.voi.run import Informed, carry_out
from sim.studies.voi.sentences import share
from sim.studies.voi.tables import report_data, write

SHOWN = 12  # parameters in the table
HEADS = {
    "zh": ["参数", "价值", "95%区间", "偶然上限", "占全部"],
    "en": ["parameter", "worth", "95% interval", "chance", "of all"],
}


class Verb(DecisionCommand):
    """Value of information of every parameter for the choice between scenarios."""

    name = "voi"

    def ask(self) -> None:
        """Check the decision, and that there is a library for emulators."""
        super().ask()
        check_library()

    def simulate(self, progress: Progress) -> Informed:
        """Simulate the sample."""
        return carry_out(self.question, progress=lambda done, _: progress(done), **self.settings)

    def write(self, results: Informed) -> None:
        """Write tables and figures."""
        write(results, self.folder, began=self.began, figures=self.figures)

    def rows(self, results: Informed) -> list[list[str]]:
        """All together, then the parameters most worth knowing."""
        data, lang = report_data(results), self.lang
        unit, heads = data.unit(lang), list(HEADS[lang])
        heads[1] += f" ({unit.change_label})" if unit.change_label else ""

        def cells(row):
            value, low, high = (unit.bare_change(v, sign=False) for v in (row.value, row.low, row.high))
            return [value, f"{low} – {high}"]

        rows = [heads, [say(lang, "voi_all"), *cells(data.every), "", ""]]
        for row in list(data.each.itertuples())[:SHOWN]:
            floor = unit.bare_change(row.floor, sign=False)
            rows.append([data.parameters[row.name]["title"][lang], *cells(row), floor, share(row, data)])
        return rows
