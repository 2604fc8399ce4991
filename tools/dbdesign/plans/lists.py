"""Lists that engines print as text."""

from __future__ import annotations


def split_list(text: str) -> list[str]:
    """The items of a list that is joined by commas, with those in quotes, parentheses and brackets left alone."""
    items, depth, quote, begin = [], 0, "", 0
    for position, character in enumerate(text):
        if quote:
            if character == quote:
                quote = ""
        elif character in "'\"":
            quote = character
        elif character in "([{":
            depth += 1
        elif character in ")]}":
            depth -= 1
        elif character == "," and depth <= 0 and text[position + 1 : position + 2] == " ":
            items.append(text[begin:position].strip())
            begin = position + 2
    items.append(text[begin:].strip())
    return items
