"""Set up and run the project with one command, on Windows, macOS and Linux.  一条命令安装并运行本项目。

usage: python tasks.py COMMAND [more arguments for what it runs]

  install   安装   make .venv and put the pinned packages and this project into it
  demo      演示   run the demonstration
  test      测试   run the tests; -m slow for those that take long
  bench     计时   measure speed and memory
  docs      文档   build the documentation into site/ (the first time its tools are fetched: needs a network)
  check     检查   lint, formatting, all tests
  lock      锁定   renew the two locks from pyproject.toml; add --upgrade for newer versions (needs a network)
  clean     清理   remove .venv and caches; results in runs/ stay

Every command that needs the installation makes it first, once. With UV=1 in the environment, uv makes it, faster.

An office PC without a network  离线安装:
  1. on a PC with a network, the same system and the same Python (3.11, 3.12 or 3.13), in this folder:
         python -m pip download --require-hashes -r requirements.lock -d wheels
  2. bring this folder, now with wheels in it, to the office PC, and there:
         python tasks.py install --wheels wheels
"""
# Only Python's standard library, and no syntax newer than Python 3.6: an old Python must get as far as being told so.

import hashlib
import json
import os
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.abspath(__file__))
VENV = os.path.join(ROOT, ".venv")
BIN = os.path.join(VENV, "Scripts" if os.name == "nt" else "bin")
PYTHON = os.path.join(BIN, "python.exe" if os.name == "nt" else "python")
STAMP = os.path.join(VENV, "installed.json")
LOCK = os.path.join(ROOT, "requirements.lock")
DOCS_LOCK = os.path.join(ROOT, "requirements-docs.lock")
LOG = os.path.join(ROOT, ".cache", "install.log")
CACHES = [".cache", ".pytest_cache", ".ruff_cache", ".hypothesis", "build", "dist", "site"]

LOCK_COMMAND = (
    "pip compile --universal --python-version 3.11 --fork-strategy fewest --generate-hashes "
    "--no-annotate --no-emit-index-url --no-emit-find-links --quiet"
).split() + ["--custom-compile-command", "make lock"]
LOCKED = "pyproject.toml --extra dev --output-file requirements.lock".split()
# What the documentation takes, in the versions of the other lock where both name a package.
DOCS_LOCKED = "--group docs --constraint requirements.lock --output-file requirements-docs.lock".split()


class Stop(Exception):
    """A reason to end, told in one sentence."""


def say(line):
    """Print a line, also where the console cannot show every character of it."""
    encoding = sys.stdout.encoding or "ascii"
    print(line.encode(encoding, "replace").decode(encoding))
    sys.stdout.flush()


def run(command, **options):
    """Run a command in the project's folder and return its exit code; Ctrl-C is left for it to answer."""
    with subprocess.Popen(command, cwd=ROOT, **options) as child:
        while True:
            try:
                code = child.wait()
                return code if code >= 0 else 128 - code
            except KeyboardInterrupt:
                continue


# Installing


def digest(path):
    with open(path, "rb") as file:
        # A checkout may have other line ends than the one that was installed from; that changes nothing.
        return hashlib.sha256(file.read().replace(b"\r\n", b"\n")).hexdigest()


def wanted():
    """What an up-to-date installation was made from."""
    return {
        "venv": VENV,
        "python": sys.version,
        "lock": digest(LOCK),
        "project": digest(os.path.join(ROOT, "pyproject.toml")),
    }


def found():
    """What .venv was made from; nothing if it was never completed."""
    try:
        with open(STAMP, encoding="utf-8") as file:
            return json.load(file) if os.path.exists(PYTHON) else {}
    except (OSError, ValueError):
        return {}


def mark(state):
    with open(STAMP, "w", encoding="utf-8") as file:
        json.dump(state, file, indent=1)


def install(wheels=None):
    """Make .venv match the lock, the project and this Python; do nothing if it does."""
    want, have = wanted(), found()
    if have == want:
        return
    if dict(have, project=want["project"]) != want:
        if wheels and not os.path.isdir(wheels):
            raise Stop("there is no folder {} / 没有这个文件夹".format(wheels))
        remove_venv()
        try:
            make_venv()
            install_packages(wheels and os.path.abspath(wheels))
        except BaseException:
            shutil.rmtree(VENV, ignore_errors=True)
            raise
        # Only a stamp marks an installation as made: without one, whatever lies in .venv is thrown away next time.
        mark(dict(want, project=None))
    install_project()
    mark(want)
    say("installed into .venv")


def remove_venv():
    try:
        if os.path.exists(STAMP):
            os.remove(STAMP)
        if os.path.exists(VENV):
            shutil.rmtree(VENV)
    except OSError as problem:
        raise Stop(
            "cannot remove .venv ({}): close the programs that use it, leave it with 'deactivate', and try again / "
            "请关闭正在使用 .venv 的程序后重试".format(problem)
        ) from None


def make_venv():
    say("making .venv with Python {}.{}.{}".format(*sys.version_info))
    # Called from inside a virtual environment, we still want the Python that it was made with.
    logged(
        [getattr(sys, "_base_executable", sys.executable), "-m", "venv", VENV],
        "could not make .venv; on Debian or Ubuntu install the package python3-venv, elsewhere install Python anew / "
        "无法建立 .venv",
    )


def install_packages(wheels):
    say("installing the packages" + (" from " + wheels if wheels else ", a minute or so; slower on a slow network"))
    source = ["--no-index", "--find-links", wheels] if wheels else []
    if wheels:
        hint = (
            "could not install from {}; fill it on a PC with the same system and Python, as 'python tasks.py help' "
            "shows / 离线安装失败，请在系统和 Python 版本相同的电脑上重新下载安装包".format(wheels)
        )
    else:
        hint = (
            "could not install the packages; if the network is slow or closed, set PIP_INDEX_URL to a mirror near "
            "you, or see 'python tasks.py help' for a PC without a network / 安装失败，请检查网络、设置镜像或离线安装"
        )
    installer = uv(source) + ["pip", "install", "--python", PYTHON] if wants_uv() else pip("install", "--no-compile")
    logged(installer + source + ["--require-hashes", "-r", LOCK], hint)
    # pip compiles one file after another; this uses all cores, and leaves out the packages' own tests.
    # A file that cannot be compiled is no reason to stop.
    libraries = os.path.join(VENV, "Lib" if os.name == "nt" else "lib")
    logged([PYTHON, "-m", "compileall", "-q", "-j", "0", "-x", r"[\\/]tests?[\\/]", libraries])


def install_project():
    """Put the project into .venv such that edits take effect at once; needs no network."""
    logged(
        pip("install", "--no-index", "--no-deps", "--no-build-isolation", "--editable", ROOT),
        "could not install the project itself; is pyproject.toml sound?",
    )


def install_docs():
    """Add what the documentation takes, once; a run of the model or of the tests does not wait for it."""
    stamp, want = os.path.join(VENV, "docs.json"), digest(DOCS_LOCK)
    if os.path.exists(stamp):
        with open(stamp, encoding="utf-8") as file:
            if file.read() == want:
                return
    say("installing what the documentation takes")
    installer = uv() + ["pip", "install", "--python", PYTHON] if wants_uv() else pip("install")
    logged(
        installer + ["--require-hashes", "-r", DOCS_LOCK],
        "could not install what the documentation takes; it needs a network, or PIP_INDEX_URL set to a mirror near you / "
        "无法安装文档工具，请检查网络或设置镜像",
    )
    with open(stamp, "w", encoding="utf-8") as file:
        file.write(want)


def pip(*arguments):
    return [PYTHON, "-m", "pip", "--disable-pip-version-check", "--no-input"] + list(arguments)


def wants_uv():
    return os.environ.get("UV", "0").lower() not in ("", "0", "no", "false")


def uv(source=()):
    """The uv command: the one on PATH, or one put into .venv."""
    own = os.path.join(BIN, "uv.exe" if os.name == "nt" else "uv")
    if shutil.which("uv"):
        return [shutil.which("uv")]
    if not os.path.exists(own):
        logged(pip("install") + list(source) + ["uv"], "could not get uv; leave out UV=1 to do without it")
    return [own]


def logged(command, hint=None):
    """Run a command with its output in the log, counting packages on a terminal; stop with the hint if it fails."""
    os.makedirs(os.path.dirname(LOG), exist_ok=True)
    settings = dict(os.environ, PIP_USER="0", PYTHONIOENCODING="utf-8")
    packages, error = 0, ""
    with open(LOG, "a", encoding="utf-8") as log:
        log.write("\n$ {}\n".format(" ".join(command)))
        log.flush()
        child = subprocess.Popen(
            command, cwd=ROOT, env=settings, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        try:
            for raw in child.stdout:
                line = raw.decode("utf-8", "replace").rstrip()
                log.write(line + "\n")
                if line.lower().startswith("error"):
                    error = line
                if line.startswith("Collecting ") and sys.stdout.isatty():
                    packages += 1
                    sys.stdout.write("\r{:4d}  {:<40.40}".format(packages, line.split()[1]))
                    sys.stdout.flush()
            code = child.wait()
        except BaseException:
            child.kill()
            child.wait()
            raise
        finally:
            if packages:
                sys.stdout.write("\r{:<46}\r".format(""))
    if code and hint:
        raise Stop("{} (all of the output: {})\n{}".format(hint, os.path.relpath(LOG, ROOT), error).rstrip())


# Running


def python(*arguments):
    return [PYTHON] + list(arguments)


def demo(more):
    install()
    return run(python("-m", "sim", "demo", *more))


def test(more):
    install()
    return run(python("-m", "pytest", "-q", "-n", "2", *more))


def bench(more):
    install()
    return run(python("-m", "tests.benchmarks", *more))


def check(more):
    install()
    style = run(python("-m", "ruff", "check", ".")) or run(python("-m", "ruff", "format", "--check", "."))
    return style or test(["-m", "slow or not slow"] + more)


def docs(more):
    install()
    install_docs()
    return run(python("-m", "tools.make_site", *more))


def lock(more):
    if not (shutil.which("uv") or os.path.exists(PYTHON)):
        make_venv()
    return run(uv() + LOCK_COMMAND + LOCKED + more) or run(uv() + LOCK_COMMAND + DOCS_LOCKED + more)


def clean(more):
    remove_venv()
    for cache in CACHES:
        shutil.rmtree(os.path.join(ROOT, cache), ignore_errors=True)
    for folder, inside, _ in os.walk(ROOT):
        if "__pycache__" in inside:
            shutil.rmtree(os.path.join(folder, "__pycache__"), ignore_errors=True)
    say("removed .venv and caches")


def install_command(more):
    if more and (more[0] != "--wheels" or len(more) != 2):
        raise Stop("install takes nothing, or --wheels FOLDER")
    fresh = found() == wanted()
    install(more[1] if more else None)
    if fresh:
        say("already up to date")


COMMANDS = {
    "install": install_command,
    "demo": demo,
    "test": test,
    "bench": bench,
    "docs": docs,
    "check": check,
    "lock": lock,
    "clean": clean,
}


def main(name="help", *more):
    if name in ("help", "-h", "--help"):
        say(__doc__.strip())
        return 0
    if name not in COMMANDS:
        raise Stop("no command '{}'; there are {} and help".format(name, ", ".join(COMMANDS)))
    if not (3, 11) <= sys.version_info[:2] < (3, 14):
        raise Stop(
            "this is Python {}.{}, the project needs 3.11, 3.12 or 3.13: try 'make PYTHON=python3.12 {}' or, "
            "on Windows, 'py -3.12 tasks.py {}' / 需要 Python 3.11、3.12 或 3.13".format(
                *(sys.version_info[:2] + (name, name))
            )
        )
    return COMMANDS[name](list(more)) or 0


if __name__ == "__main__":
    try:
        sys.exit(main(*sys.argv[1:]))
    except Stop as reason:
        say(str(reason))
        sys.exit(2)
    except KeyboardInterrupt:
        say("stopped / 已中止")
        sys.exit(130)
