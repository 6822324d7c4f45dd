"""`discover`: where a choice would be wrong, by flip points of single parameters and by boxes of several."""

from functools import partial

from sim.cli.decision import read, study
from sim.cli.options import choice, whole


def main(arguments):
    """Flip points and boxes of regret of one scenario against another."""
    own, question, *_ = asked = read("discover", arguments, ("boxes", "check"))
    from sim.studies.discover import run as discovering

    boxes = whole(own, "boxes", discovering.BOXES, 1, 10)
    check = choice(own, "check", "true", ("true", "false")) == "true"
    discovering.check_ready(question)
    carry_out = partial(discovering.carry_out, boxes=boxes, check=check)
    return study("discover", arguments, asked, carry_out, discovering.write, _rows, {"boxes": boxes, "check": check})


def _rows(found, lang):
    from sim.report.units import NONE
    from sim.studies.discover.run import report_data
    from sim.studies.discover.sentences import named

    data = report_data(found)
    heads = {"zh": ["参数", "现值", "翻转于", "95%区间"], "en": ["parameter", "now", "turns at", "95% interval"]}[lang]
    turning, rows = {row.name for row in named(data)}, [heads]
    for row in list(data.flips.itertuples())[:12]:
        ends = [data.number(row.name, end, lang, unit=False) or NONE for end in (row.low, row.high)]
        turns = row.name in turning
        cells = [
            data.number(row.name, row.value, lang, unit=False) if turns else NONE,
            " – ".join(ends) if turns else NONE,
        ]
        rows.append([data.parameters[row.name]["title"][lang], data.number(row.name, row.now, lang), *cells])
    return rows
