"""`discover`: where a choice would be wrong, by flip points of single parameters and by boxes of several."""

import time

from sim.commands.choosing import beginning, following, interrupted, read
from sim.commands.options import choice, whole
from sim.commands.terminal import Progress, columns, say


def main(arguments):
    """Flip points and boxes of regret of one scenario against another."""
    own, question, settings, lang = read("discover", arguments, ("boxes", "check"))
    from sim.studies import discover as discovering
    from sim.studies.store import RunFolder, now

    boxes = whole(own, "boxes", discovering.BOXES, 1, 10)
    check = choice(own, "check", "true", ("true", "false")) == "true"
    figures = choice(own, "figures", "true", ("true", "false")) == "true"
    discovering.check_ready(question)
    began, clock, out = now(), time.perf_counter(), settings["folder"]
    say(beginning(question, lang))
    runs = (question.points + 1) * question.replicates * len(question.scenarios)
    with Progress(runs, question.setups[0].data.title[lang]) as bar:
        try:
            found = discovering.carry_out(
                question, boxes=boxes, check=check, **settings, progress=lambda done, total: bar(done)
            )
        except KeyboardInterrupt as stop:
            return interrupted(stop, out)
    place = RunFolder(
        out,
        "discover",
        question.setups,
        question.identity | {"boxes": boxes, "check": check},
        question.seed,
        parts=None,
    )
    discovering.write(found, place, began=began, figures=figures)
    for row in columns(_rows(found, lang)):
        print("  " + row)
    if found.sample.failed:
        n = found.sample.failed
        print({"zh": f"{n}个样本点运行失败，未计入", "en": f"{n} points failed and are left out"}[lang])
    print({"zh": f"用时{time.perf_counter() - clock:.0f}秒", "en": f"{time.perf_counter() - clock:.0f} s in all"}[lang])
    print({"zh": "结果: ", "en": "Results: "}[lang] + str(place.path))
    print({"zh": "结论: ", "en": "Answer: "}[lang] + found.verdict(lang))
    print({"zh": "下一步: ", "en": "Next: "}[lang] + following("discover", arguments, question))
    return 0


def _rows(found, lang):
    from sim.report.discovery import named
    from sim.report.units import NONE
    from sim.studies.discover import report_data

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
