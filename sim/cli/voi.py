"""`voi`: which parameter to measure before choosing, and what that is worth."""

from sim.cli.decision import read, study


def main(arguments):
    """Value of information of every parameter for the choice between scenarios."""
    asked = read("voi", arguments)
    from sim.methods.emulator import check_library
    from sim.studies.voi import run as informing

    check_library()
    return study("voi", arguments, asked, informing.carry_out, informing.write, _rows)


def _rows(found, lang):
    """All together, then the parameters most worth knowing."""
    from sim.report.words import say
    from sim.studies.voi.run import report_data
    from sim.studies.voi.sentences import share

    data = report_data(found)
    unit = data.unit(lang)
    lead = {
        "zh": ["参数", "价值", "95%区间", "偶然上限", "占全部"],
        "en": ["parameter", "worth", "95% interval", "chance", "of all"],
    }

    lead[lang][1] += f" ({unit.change_label})" if unit.change_label else ""

    def told(row):
        value, low, high = (unit.bare_change(v, sign=False) for v in (row.value, row.low, row.high))
        return [value, f"{low} – {high}"]

    rows = [lead[lang], [say(lang, "voi_all"), *told(data.every), "", ""]]
    for row in list(data.each.itertuples())[:12]:
        floor = unit.bare_change(row.floor, sign=False)
        rows.append([data.parameters[row.name]["title"][lang], *told(row), floor, share(row, data)])
    return rows
