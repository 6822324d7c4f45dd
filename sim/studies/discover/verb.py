"""`incubator discover`: where a choice would be wrong, by flip points of single parameters and by boxes of several."""

from sim.report.units import NONE
from sim.studies.common.decision_command import DecisionCommand
from sim.studies.common.terminal import Progress
from sim.studies.discover.run import BOXES, Discovered, carry_out, check_ready
from sim.studies.discover.sentences import named
from sim.studies.discover.tables import report_data, write

SHOWN = 12  # parameters in the table
HEADS = {"zh": ["参数", "现值", "翻转于", "95%区间"], "en": ["parameter", "now", "turns at", "95% interval"]}


class Verb(DecisionCommand):
    """Flip points and boxes of regret of one scenario against another."""

    name = "discover"
    also = (*DecisionCommand.also, "boxes", "check")

    def ask(self) -> None:
        """Check the decision, which must be between two."""
        super().ask()
        self.boxes, self.checks = self.options.whole_number("boxes", BOXES, 1, 10), self.options.yes("check", True)
        self.identity = self.question.identity | {"boxes": self.boxes, "check": self.checks}
        check_ready(self.question)

    def simulate(self, progress: Progress) -> Discovered:
        """Simulate the sample, and the nearest flip on new seeds."""
        return carry_out(
            self.question, boxes=self.boxes, check=self.checks, progress=lambda done, _: progress(done), **self.settings
        )

    def write(self, results: Discovered) -> None:
        """Write tables and figures."""
        write(results, self.folder, began=self.began, figures=self.figures)

    def rows(self, results: Discovered) -> list[list[str]]:
        """The nearest flip points."""
        data, lang = report_data(results), self.lang
        turning, rows = {row.name for row in named(data)}, [HEADS[lang]]
        for row in list(data.flips.itertuples())[:SHOWN]:
            ends = [data.number(row.name, end, lang, unit=False) or NONE for end in (row.low, row.high)]
            value = data.number(row.name, row.value, lang, unit=False)
            cells = [value, " – ".join(ends)] if row.name in turning else [NONE, NONE]
            rows.append([data.parameters[row.name]["title"][lang], data.number(row.name, row.now, lang), *cells])
        return rows
