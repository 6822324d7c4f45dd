"""The command `incubator`: one verb a question. Results go to stdout and to a folder, progress and errors to stderr.

A verb is a folder of `sim/studies` with a `verb.py`; its lines of the help stand beside it in `help.txt`, each after a number
that says where in the help it comes.
"""

import os
import sys
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path

from sim.engine.mistakes import ConfigurationError, did_you_mean

HERE = Path(__file__).parent
STUDIES = HERE.parent / "studies"


def verbs() -> list[str]:
    """Return what may be asked for: every study that has a verb, and the lists."""
    return sorted([*(file.parent.name for file in STUDIES.glob("*/verb.py")), "list"])


def help_text() -> str:
    """Return the help, put together from the lines of every verb."""
    files = [HERE / "help.txt", *STUDIES.glob("*/help.txt")]
    lines = sorted(line for file in files for line in file.read_text(encoding="utf-8").splitlines())
    return "".join(f"{line[4:]}\n" for line in lines)


def main(arguments: Iterable[str] | None = None) -> int:
    """Entry point; returns the exit code: 0 done, 2 a mistake of the caller's, 130 interrupted."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # consoles in GBK lack a few signs
    if not arguments or arguments[0] == "help" or {"-h", "--help"} & set(arguments):
        print(help_text(), end="")
        return 0
    try:
        return _carried_out(*arguments)
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


def _carried_out(verb, *rest):
    if verb == "--version":
        from sim.runs.provenance import model_digest, package_version

        print(f"incubator-cluster-sim {package_version()}, model {model_digest()}")
        return 0
    known = verbs()
    if verb not in known:
        raise ConfigurationError(
            f"incubator {verb}: no such command; {did_you_mean(verb, known)} 'incubator --help' shows all."
        )
    module = import_module("sim.cli.list" if verb == "list" else f"sim.studies.{verb}.verb")
    return module.Verb(rest).run()


if __name__ == "__main__":
    raise SystemExit(main())
