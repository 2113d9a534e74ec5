"""No line of the log shows an e-mail address, whoever wrote it: Wagtail names those it cannot write to."""

import logging
import re

ADDRESS = re.compile(r"[^\s@<>()\[\]\"',;:=]+@[^\s@<>()\[\]\"',;:=]+")


class WithoutAddresses(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        """Return the line, and its traceback, with a mark in place of each address."""
        return ADDRESS.sub("[address]", super().format(record))
