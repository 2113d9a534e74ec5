"""Whole numbers in what was typed or sent: ids and versions."""

LONGEST = 18  # digits; any such number fits a database's column


def read_number(typed: object) -> int | None:
    """Return the number that this is the text of; None for all other text."""
    text = str(typed)
    return int(text) if len(text) <= LONGEST and text.isascii() and text.isdigit() else None
