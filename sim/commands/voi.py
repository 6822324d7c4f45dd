"""`voi`: which parameter to measure before choosing, and what that is worth."""

import time

from sim.commands.choosing import beginning, following, interrupted, read
from sim.commands.options import choice
from sim.commands.terminal import Progress, columns, say


def main(arguments):
    """Value of information of every parameter for the choice between scenarios."""
    own, question, settings, lang = read("voi", arguments)
    from sim.studies import voi as informing
    from sim.studies.emulator import check_library
    from sim.studies.store import RunFolder, now

    figures = choice(own, "figures", "true", ("true", "false")) == "true"
    check_library()
    began, clock, out = now(), time.perf_counter(), settings["folder"]
    say(beginning(question, lang))
    runs = (question.points + 1) * question.replicates * len(question.scenarios)
    with Progress(runs, question.setups[0].data.title[lang]) as bar:
        try:
            found = informing.carry_out(question, **settings, progress=lambda done, total: bar(done))
        except KeyboardInterrupt as stop:
            return interrupted(stop, out)
    place = RunFolder(out, "voi", question.setups, question.identity, question.seed, parts=None)
    informing.write(found, place, began=began, figures=figures)
    for row in columns(_rows(found, lang)):
        print("  " + row)
    if found.sample.failed:
        n = found.sample.failed
        print({"zh": f"{n}个样本点运行失败，未计入", "en": f"{n} points failed and are left out"}[lang])
    print({"zh": f"用时{time.perf_counter() - clock:.0f}秒", "en": f"{time.perf_counter() - clock:.0f} s in all"}[lang])
    print({"zh": "结果: ", "en": "Results: "}[lang] + str(place.path))
    print({"zh": "结论: ", "en": "Answer: "}[lang] + found.verdict(lang))
    print({"zh": "下一步: ", "en": "Next: "}[lang] + following("voi", arguments, question))
    return 0


def _rows(found, lang):
    """All together, then the parameters most worth knowing."""
    from sim.report.informing import share
    from sim.report.words import say
    from sim.studies.voi import report_data

    data = report_data(found)
    unit = data.unit(lang)
    lead = {
        "zh": ["参数", "价值", "95%区间", "偶然上限", "占全部"],
        "en": ["parameter", "worth", "95% interval", "chance", "of all"],
    }

    def told(row):
        value, low, high = (unit.bare_change(v, sign=False) for v in (row.value, row.low, row.high))
        return [value, f"{low} – {high}"]

    rows = [lead[lang], [say(lang, "voi_all"), *told(data.every), "", ""]]
    for row in list(data.each.itertuples())[:12]:
        floor = unit.bare_change(row.floor, sign=False)
        rows.append([data.parameters[row.name]["title"][lang], *told(row), floor, share(row, data)])
    return rows
