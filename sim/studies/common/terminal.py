"""Output on a terminal: aligned columns on stdout, progress on stderr."""

import sys
import time
from collections.abc import Iterator, Sequence
from typing import Self
from unicodedata import east_asian_width


def columns(rows: Sequence[Sequence[str]], left: bool = False) -> Iterator[str]:
    """Rows of text in aligned columns, figures to the right; a Chinese character is two columns wide."""

    def width(text):
        return sum(2 if east_asian_width(c) in "WF" else 1 for c in text)

    widest = [max(width(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        gaps = [" " * (w - width(text)) for text, w in zip(row, widest, strict=True)]
        cells = [
            text + gap if left or i == 0 else gap + text for i, (text, gap) in enumerate(zip(row, gaps, strict=True))
        ]
        yield "  ".join(cells)


def say(sentence: str) -> None:
    """A sentence of ours beside the results, on stderr; nothing for an empty one."""
    if sentence:
        print(f"incubator: {sentence}", file=sys.stderr, flush=True)


class Progress:
    """A bar on a terminal, a line now and then elsewhere; always on stderr. most: it may be over before the total."""

    def __init__(self, total: int, title: str, most: bool = False) -> None:
        self.total, self.title, self.began, self.said = total, title, time.perf_counter(), 0.0
        self.most, self.start, self.first = most, None, None

    def __enter__(self) -> Self:
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

    def expect(self, total: int) -> None:
        """Tell how many there will be, where that is known only on the way."""
        self.total = total
        if self.bar:
            self.bar.update(self.task, total=total)

    def _left(self, done):
        """About how long it still takes, by the pace since something was done first, which takes longer; '' before that."""
        if self.first is None or done <= self.first[1]:
            return ""
        since, then = self.first
        left = (self.total - done) * (time.perf_counter() - since) / (done - then)
        about = "at most" if self.most else "about"
        return f", {about} {left:.0f} s left" if left < 120 else f", {about} {left / 60:.0f} min left"

    def __call__(self, done: int, note: str = "") -> None:
        if self.start is None:  # what is found finished says nothing of the speed
            self.start = done
        elif self.first is None and done > self.start:
            self.first = time.perf_counter(), done
        if self.bar:
            self.bar.update(self.task, completed=done, description=" ".join(filter(None, [self.title, note])))
        elif time.perf_counter() - self.said > 10 and done:
            self.said = time.perf_counter()
            say(
                f"{done} of {self.total} after {self.said - self.began:.0f} s{self._left(done)}{f' ({note})' * bool(note)}"
            )

    def __exit__(self, *error: object) -> None:
        if self.bar:
            self.bar.stop()
