"""Gather the pages of the documentation site into build/docs: what is written, notebooks, and what is made from the code.

    python -m tools.make_pages

Written pages keep their places, so that their links work here as they do in the repository.
"""

import contextlib
import importlib
import inspect
import io
import json
import re
import shutil
from pathlib import Path

import sim
from tools import page_tables

ROOT = Path(__file__).resolve().parents[1]
BUILD = ROOT / "build" / "docs"
PAGES = BUILD / "pages"
MOVED = {"README.md": "index.md", "README.zh.md": "index.zh.md"}  # the first page of a site is called index
WRITTEN = [*MOVED, "CONTRIBUTING.md", "CHANGELOG.md", "sim/ODD.md"]
LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)#:\s]+)(#[^)\s]*)?\)")
SPLIT = ("model", "studies")  # rooms so large that each folder in them has a page of its own


def main():
    """Write all pages anew, and beside them the settings of the site."""
    shutil.rmtree(BUILD, ignore_errors=True)
    written = [*WRITTEN, *(str(path.relative_to(ROOT).as_posix()) for path in sorted((ROOT / "docs").rglob("*.md")))]
    books = sorted((ROOT / "docs" / "notebooks").glob("*.ipynb"))
    shown = {ROOT / name: PAGES / MOVED.get(name, name) for name in written}
    shown |= {book: PAGES / book.relative_to(ROOT).with_suffix(".md") for book in books}
    for folder in ("docs/images", "docs/site"):
        shutil.copytree(ROOT / folder, PAGES / folder)
    shutil.move(PAGES / "docs" / "site" / "zensical.toml", BUILD)
    for source, page in shown.items():
        text = source.read_text(encoding="utf-8")
        write(page, relinked(notebook(text) if source.suffix == ".ipynb" else text, source, shown))
    for name in ("commands.md", "commands.zh.md"):
        page = PAGES / "docs" / name
        page.write_text(page.read_text(encoding="utf-8") + told_by_the_command(name), encoding="utf-8")
    for name, text in page_tables.pages((ROOT / "sim" / "ODD.md").read_text(encoding="utf-8")).items():
        write(PAGES / "made" / f"{name}.md", text)
    for name, text in code_pages().items():
        write(PAGES / "api" / f"{name}.md", text)


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


def relinked(text, source, shown):
    """Text whose links lead to pages of the site; one to a file that is no page becomes its bare words."""

    def link(match):
        mark, words, target, anchor = match.groups()
        path = (source.parent / target).resolve()
        if mark or path.suffix in (".png", ".svg"):
            return match.group()
        if path not in shown:
            return words
        here = shown[source].parent
        return f"[{words}]({_relative(shown[path], here)}{anchor or ''})"

    parts = re.split(r"(^```.*?^```)", text, flags=re.MULTILINE | re.DOTALL)  # code is left alone
    return "".join(part if part.startswith("```") else LINK.sub(link, part) for part in parts)


def _relative(path, folder):
    ups = [*folder.parts]
    common = 0
    while common < min(len(ups), len(path.parts) - 1) and ups[common] == path.parts[common]:
        common += 1
    return "/".join([".."] * (len(ups) - common) + list(path.parts[common:]))


def notebook(text):
    """A notebook as Markdown: its prose and its code. It is kept without outputs, and run by the tests."""
    cells = json.loads(text)["cells"]
    return "\n\n".join(
        "".join(cell["source"]) if cell["cell_type"] == "markdown" else f"```python\n{''.join(cell['source'])}\n```"
        for cell in cells
    )


def told_by_the_command(name):
    """The command's own help, to stand at the end of the page on commands."""
    from sim.cli.main import main as incubator

    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        incubator(["--help"])
    title = "命令自带的说明" if ".zh." in name else "What the command itself says"
    return f"\n## {title}\n\n```text\n{out.getvalue()}```\n"


# Code


def modules():
    """Modules of the package by the page that shows them: {"sim.model.agents": [modules], ...}."""
    found = {}
    for path in sorted((ROOT / "sim").rglob("*.py")):
        parts = list(path.relative_to(ROOT).with_suffix("").parts)
        if len(parts) == 2 or (parts[-1] == "__init__" and not has_text(path)):
            continue
        name = ".".join(parts).removesuffix(".__init__")
        depth = 3 if parts[1] in SPLIT and len(parts) > 3 else 2
        found.setdefault(".".join(parts[:depth]), []).append(name)
    return found


def has_text(path):
    """Whether an __init__ defines anything; most only gather names."""
    text = path.read_text(encoding="utf-8")
    return bool(re.search(r"^(def|class) ", text, re.MULTILINE))


def code_pages():
    """Pages of the code: one a room, and the public names."""
    found = {"index": public_names()}
    for room, names in modules().items():
        package = importlib.import_module(room)
        about = f"{inspect.getdoc(package)}\n\n" if package.__doc__ else ""
        found[room] = f"# {room}\n\n{about}" + "\n".join(f"::: {name}\n" for name in names)
    return found


def public_names():
    """What `import sim` offers, each with the first line of its docstring."""
    rows = []
    for name in sim.__all__:
        thing = getattr(sim, name)
        first = (inspect.getdoc(thing) or "").split("\n")[0]
        rows.append((f"[`sim.{name}`][{thing.__module__}.{thing.__qualname__}]", first))
    intro = "What `import sim` offers. All else may change from one version to the next.\n\n"
    return "# Public names\n\n" + intro + page_tables.table(["name", "what it is"], rows)


if __name__ == "__main__":
    main()
