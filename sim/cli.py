"""The command `incubator`: one verb a question. Results go to stdout and to a folder, progress and errors to stderr."""

import os
import sys
import time

HELP = """\
incubator - compare policy packages for an incubator cluster on the same firms with the same luck
大孵化集群政策模拟器：同样的企业、同样的运气，比较不同的政策方案

  incubator demo                                     three packages against doing nothing, on Ouhai  演示：瓯海三套方案
  incubator run scenario=service_first               one scenario, every table                        单个情景
  incubator compare scenarios=[baseline,service_first] replicates=40                                  配对比较
  incubator list [scenarios|policies|clusters|worlds|rules|experiments|measures]          有哪些可选

Options (name=value):
  scenario=NAME  scenarios=[A,B]  reference=NAME     what is compared with what       情景与基准
  replicates=N   seed=N                              how many matched pairs, from which seed   配对次数与随机种子
  out=FOLDER     workers=N   figures=true|false      where results lie (runs), processes, figures   结果目录
  lang=zh|en     fresh=true                          language of the closing lines; recompute all   语言；全部重算
  cluster=ouhai  world=space_pulls  rules=national_2018  policy=[rent_relief,living_amenities]
  policies.rent_relief.reward=20  parameters.choice.rent_sensitivity=2  run.until=2030-12             任意设置
  --config-dir FOLDER   your own configuration beside the shipped one        自己的配置目录
  --code FILE.py        your own policies, registered when the file is read  自己的政策代码
"""
OWN = {"scenario", "scenarios", "reference", "replicates", "seed", "out", "workers", "figures", "lang", "fresh"}
GROUPS = {
    "scenarios": "scenario", "policies": "policy", "clusters": "cluster", "worlds": "world", "rules": "rules",
    "experiments": "experiment",
}  # fmt: skip
DEMO = "ouhai_packages"


def main(arguments=None):
    """Entry point; returns the exit code: 0 done, 2 a mistake of the caller's, 130 interrupted."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # consoles in GBK lack a few signs
    from sim.fields import ConfigurationError, did_you_mean

    try:
        if not arguments or arguments[0] in ("-h", "--help", "help"):
            print(HELP, end="")
            return 0
        verb, rest = arguments[0], arguments[1:]
        if "-h" in rest or "--help" in rest:
            print(HELP, end="")
            return 0
        verbs = {"run": run, "compare": compare, "demo": demo, "list": show}
        if verb == "--version":
            from sim.provenance import model_digest, package_version

            print(f"incubator-cluster-sim {package_version()}, model {model_digest()}")
            return 0
        if verb not in verbs:
            raise ConfigurationError(
                f"incubator {verb}: no such command; {did_you_mean(verb, verbs)} 'incubator --help' shows all."
            )
        return verbs[verb](rest)
    except ConfigurationError as error:
        for problem in error.problems:
            print(f"incubator: {problem}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("incubator: interrupted.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def options(arguments):
    """Our own options, the overrides for the configuration, and the user's own folder of configuration."""
    from sim import shipped
    from sim.fields import ConfigurationError

    own, overrides, folder = {}, [], None
    rest = list(arguments)
    while rest:
        item = rest.pop(0)
        name, equals, value = item.partition("=")
        if name in ("--config-dir", "--code"):
            if not equals and not rest:
                raise ConfigurationError(f"{name}: expected a path after it.")
            value = value if equals else rest.pop(0)
            if name == "--code":
                from sim.config import load_code

                load_code(value)
            else:
                folder = value
        elif name.startswith("--"):
            raise ConfigurationError(f"{item}: no such option; settings are written name=value.")
        elif name == "experiment":
            about = shipped.experiment(value, folder)
            own = {k: v if isinstance(v, str) else _plain(v) for k, v in about.items() if k in OWN} | own
            overrides = [*about.get("overrides", []), *overrides]
        elif equals and name in OWN:
            own[name] = value
        else:
            overrides.append(item)
    return own, overrides, folder


def _plain(value):
    """A YAML value as it would be typed."""
    return (
        "[" + ",".join(map(str, value)) + "]"
        if isinstance(value, list)
        else str(value).lower()
        if isinstance(value, bool)
        else str(value)
    )


def whole(own, name, default, least, most=2**31 - 1):
    """A whole number among our own options."""
    from sim.fields import ConfigurationError

    text = own.get(name)
    if text is None:
        return default
    try:
        number = int(text)
    except ValueError:
        number = least - 1
    if not least <= number <= most:
        raise ConfigurationError(f"{name}={text}: expected a whole number from {least} to {most}.")
    return number


def choice(own, name, default, known):
    """One of a few words among our own options."""
    from sim.fields import ConfigurationError

    value = own.get(name, default)
    if value not in known:
        raise ConfigurationError(f"{name}={value}: expected {' or '.join(known)}.")
    return value


def words(text):
    """'[a,b]' or 'a,b' as a list."""
    return [w.strip() for w in text.strip("[]").split(",") if w.strip()]


def run(arguments):
    """One scenario, one or more replicates."""
    own, overrides, folder = options(arguments)
    if "scenarios" in own or "reference" in own:
        from sim.fields import ConfigurationError

        raise ConfigurationError(
            "incubator run takes scenario=NAME; to compare several use 'incubator compare scenarios=[…]'."
        )
    name = own.get("scenario", "baseline")
    own.setdefault("figures", "false")
    return study("run", [name], None, own, overrides, folder, replicates=1)


def compare(arguments):
    """Several scenarios on matched pairs."""
    from sim.fields import ConfigurationError

    own, overrides, folder = options(arguments)
    if "scenarios" not in own:
        raise ConfigurationError("incubator compare: scenarios is missing; write scenarios=[baseline,service_first].")
    names = words(own["scenarios"])
    reference = own.get("reference")
    if reference and reference not in names:
        names = [reference, *names]
    if len(names) < 2:
        raise ConfigurationError(f"scenarios={own['scenarios']}: name at least two, or one and reference=NAME.")
    return study("compare", names, reference, own, overrides, folder, replicates=20)


def demo(arguments):
    """The three packages of the Ouhai case against doing nothing."""
    return compare([f"experiment={DEMO}", "fresh=true", *arguments])


def study(kind, names, reference, own, overrides, folder, replicates):
    """Simulate, write, and say where it lies, what came out, and what to type next."""
    replicates = whole(own, "replicates", replicates, 1, 100000)
    seed, workers = whole(own, "seed", 1, 0), whole(own, "workers", os.cpu_count() or 1, 1, 1024)
    figures = choice(own, "figures", "true", ("true", "false")) == "true"
    fresh = choice(own, "fresh", "false", ("true", "false")) == "true"
    lang = choice(own, "lang", _language(), ("zh", "en"))
    from sim.studies import study as studies
    from sim.studies.store import RunFolder, now

    began, clock = now(), time.perf_counter()
    setups = studies.scenarios_of(names, overrides, folder)
    reference = studies.checked_reference(reference, names)
    detail = kind == "run" and replicates <= studies.DETAIL_LIMIT
    place = RunFolder(own.get("out", "runs"), kind, setups, {"reference": reference}, seed)
    seeds, stopped = studies.seeds_of(seed, replicates), None
    with Progress(len(seeds), setups[0].data.title[lang]) as bar:
        try:
            matched = studies.gather(
                setups,
                seeds,
                reference=reference,
                workers=workers,
                detail=detail,
                folder=place,
                fresh=fresh,
                progress=bar,
            )
        except KeyboardInterrupt as stop:
            stopped, matched = stop, [getattr(stop, "found", {})[s] for s in sorted(getattr(stop, "found", {}))]
    if stopped:
        print(
            f"incubator: interrupted; {len(matched)} of {len(seeds)} finished and kept in {place.path}.",
            file=sys.stderr,
        )
        print("incubator: the same command goes on from there.", file=sys.stderr)
        return 130
    simulated = time.perf_counter() - clock
    results = studies.conclude(setups, matched, reference)
    command = "incubator " + " ".join([kind, *_said(kind, names, reference, replicates, seed), *overrides])
    studies.write(results, place, began=began, asked=replicates, figures=figures, command=command)
    _closing(results, place, lang, figures, simulated, time.perf_counter() - clock, kind, names)
    return 0


def _said(kind, names, reference, replicates, seed):
    scenario = (
        [f"scenario={names[0]}"] if kind == "run" else [f"scenarios=[{','.join(names)}]", f"reference={reference}"]
    )
    return [*scenario, f"replicates={replicates}", f"seed={seed}"]


def _closing(results, place, lang, figures, simulated, total, kind, names):
    """Three lines: where it lies, the answer, the next command; and a small table above them."""
    from sim.studies.study import headline_lines

    heads = {
        "zh": ["情景", "入驻率", "人才留存率", "毕业率", "租户（家）", "毕业（家/年）"],
        "en": ["scenario", "occupancy", "retention", "graduation", "tenants", "graduates/year"],
    }[lang]
    year = int(results.yearly.year.max())
    print(
        {
            "zh": f"{year}年，{results.pairs}次运行均值（模型推演，不是预测）",
            "en": f"{year}, mean of {results.pairs} runs (scenario output, not a prediction)",
        }[lang]
    )
    for row in _columns([heads, *headline_lines(results, lang)]):
        print("  " + row)
    sizes = {k: f"{v:,}" for k, v in results.sizes.items()}
    seconds = {
        "zh": f"模拟{simulated:.0f}秒，共{total:.0f}秒；每次运行：期末租户{sizes['tenants']}、企业行{sizes['live_rows']}，"
        f"主体步数{sizes['agent_steps']}",
        "en": f"{simulated:.0f} s simulating, {total:.0f} s in all; a run ends with {sizes['tenants']} tenants and "
        f"{sizes['live_rows']} live rows, after {sizes['agent_steps']} agent-steps",
    }
    print(seconds[lang])
    page = place.path / ("report.zh.html" if lang == "zh" else "report.en.html")
    print({"zh": "结果: ", "en": "Results: "}[lang] + str(page if figures else place.path))
    if kind == "compare":
        print({"zh": "结论: ", "en": "Answer: "}[lang] + results.verdict(lang))
        following = f"incubator compare scenarios=[{','.join(names)}] replicates={2 * results.pairs}"
    else:
        following = f"incubator compare scenarios=[baseline,{names[0] if names[0] != 'baseline' else 'service_first'}]"
    print({"zh": "下一步: ", "en": "Next: "}[lang] + following)


def _columns(rows, left=False):
    """Rows of text in aligned columns, figures to the right; a Chinese character is two columns wide."""
    from unicodedata import east_asian_width

    def width(text):
        return sum(2 if east_asian_width(c) in "WF" else 1 for c in text)

    widest = [max(width(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        gaps = [" " * (w - width(text)) for text, w in zip(row, widest, strict=True)]
        cells = [
            text + gap if left or i == 0 else gap + text for i, (text, gap) in enumerate(zip(row, gaps, strict=True))
        ]
        yield "  ".join(cells)


def _language():
    """zh where the computer speaks Chinese, else en."""
    spoken = " ".join(os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG", "LANGUAGE")).lower()
    if sys.platform == "win32":
        import locale

        spoken += str(locale.getlocale()[0]).lower()
    return "zh" if "zh" in spoken or "chinese" in spoken else "en"


class Progress:
    """A bar on a terminal, a line now and then elsewhere; always on stderr."""

    def __init__(self, total, title):
        self.total, self.title, self.began, self.said = total, title, time.perf_counter(), 0.0

    def __enter__(self):
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
        from rich.progress import Progress as Bar

        console = Console(stderr=True)
        self.bar = None
        if console.is_terminal:
            parts = (
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TimeElapsedColumn(),
                TimeRemainingColumn(),
            )
            self.bar = Bar(*parts, console=console, transient=True)
            self.bar.start()
            self.task = self.bar.add_task(self.title, total=self.total)
        return self

    def __call__(self, done):
        if self.bar:
            self.bar.update(self.task, completed=done)
        elif time.perf_counter() - self.said > 10 and done:
            self.said = time.perf_counter()
            print(
                f"incubator: {done} of {self.total} after {self.said - self.began:.0f} s", file=sys.stderr, flush=True
            )

    def __exit__(self, *error):
        if self.bar:
            self.bar.stop()


def show(arguments):
    """What there is to choose from, with titles in both languages."""
    from sim.fields import ConfigurationError, did_you_mean
    from sim.shipped import titles

    _, rest, folder = options(arguments)
    known, asked = [*GROUPS, "measures"], rest[0] if rest else None
    if asked and asked not in known:
        raise ConfigurationError(f"incubator list {asked}: nothing of that name; {did_you_mean(asked, known)}")
    for name in [asked] if asked else GROUPS:
        print(f"{name}:")
        rows = _measures() if name == "measures" else titles(GROUPS[name], folder)
        for line in _columns(rows, left=True):
            print("  " + line.rstrip())
    if not asked:
        print("measures: incubator list measures")
    return 0


def _measures():
    from sim.indicators import describe

    return [(key, m["title"]["zh"], m["title"]["en"], m["definition"]["en"]) for key, m in describe().items()]


if __name__ == "__main__":
    raise SystemExit(main())
