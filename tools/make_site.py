"""Build the documentation into site/: gather the pages, build them strictly, check that nothing comes from outside.

python -m tools.make_site
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

from tools import make_pages

ROOT = Path(__file__).resolve().parents[1]
SITE = ROOT / "site"
# What a browser would fetch by itself when a page opens; links for readers to follow are another matter.
FETCHED = re.compile(
    r"""<(?:script|img|iframe|source|video|audio|embed|link)\b[^>]*?\b(?:src|href)=["']?((?:https?:)?//[^"'\s>]+)"""
    r"""|@import\s+(?:url\()?["']?((?:https?:)?//[^"'\s)]+)|url\(["']?((?:https?:)?//[^"'\s)]+)"""
)


def main():
    """Return the exit code: 0 if the site is whole."""
    make_pages.main()
    settings = make_pages.BUILD / "zensical.toml"
    code = subprocess.run([sys.executable, "-m", "zensical", "build", "--strict", "-f", settings], cwd=ROOT).returncode
    if code:
        return code
    shutil.rmtree(SITE, ignore_errors=True)
    shutil.move(make_pages.BUILD / "site", SITE)
    search_in_chinese(SITE)
    outside = from_outside(SITE)
    for page, address in outside:
        print(f"{page.relative_to(ROOT)}: fetches {address}", file=sys.stderr)
    if not outside:
        print(f"Documentation: {SITE / 'index.html'}  中文: {SITE / 'index.zh.html'}")
    return 1 if outside else 0


def search_in_chinese(site):
    """Let the search split Chinese text into words; English is split at spaces either way."""
    for name in ("search.js", "search.json"):
        path = site / name
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace('"lang":["en"]', '"lang":["zh"]', 1), encoding="utf-8", newline="\n")


def from_outside(site):
    """What pages and styles of a site fetch from elsewhere: [(file, address)]."""
    found = []
    for path in sorted(site.rglob("*")):
        if path.suffix in (".html", ".css", ".svg"):
            for addresses in FETCHED.findall(path.read_text(encoding="utf-8")):
                found += [(path, address) for address in addresses if address]
    return found


if __name__ == "__main__":
    raise SystemExit(main())
