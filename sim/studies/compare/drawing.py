"""The figures of a report drawn by two processes: one language here, the others meanwhile in a process of their own."""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context

from sim.report.files import Pictures
from sim.report.words import LANGUAGES
from sim.studies.compare.figures import drawn
from sim.studies.compare.report_data import ReportData


class Drawing:
    """Pictures under way, begun as soon as it is made; on one processor, or should the process die, they are drawn here."""

    def __init__(self, data: ReportData, langs: Sequence[str] = LANGUAGES) -> None:
        self.data, self.langs, self.pool = data, langs, None
        if len(langs) > 1 and (os.cpu_count() or 1) > 1:
            self.pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=_unheeding)
            self.others = self.pool.submit(drawn, data, langs[1:])

    def pictures(self) -> Pictures:
        """All pictures, as `drawn` returns them."""
        found = drawn(self.data, self.langs[:1])
        if self.pool is None:
            return found | drawn(self.data, self.langs[1:])
        try:
            with self.pool:
                return found | self.others.result()
        except BrokenProcessPool:
            return found | drawn(self.data, self.langs[1:])


def _unheeding():
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
