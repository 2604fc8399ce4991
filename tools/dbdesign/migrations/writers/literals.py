"""SQL as string literals of programming languages: what the program holds is the text, character by character."""

from __future__ import annotations


def python_string(text: str) -> str:
    """A Python literal: on one line by `repr`, several lines between triple quotes as they are."""
    if "\n" not in text:
        return repr(text)
    body = "".join(_python(one) for one in text).replace('"""', r"\"\"\"")
    if body.endswith('"'):
        body = f'{body[:-1]}\\"'
    return f'"""{body}"""'


def _python(character: str) -> str:
    if character == "\\":
        return r"\\"
    if character in "\n\t" or character.isprintable():
        return character
    return character.encode("unicode_escape").decode("ascii")


def typescript_string(text: str) -> str:
    """A template literal of JavaScript and TypeScript. It would turn carriage returns into line feeds, so they are escaped."""
    return "`" + "".join(_typescript(one) for one in text).replace("${", "\\${") + "`"


def _typescript(character: str) -> str:
    if character in "\\`":
        return f"\\{character}"
    if character in "\n\t" or character.isprintable():
        return character
    return f"\\u{{{ord(character):x}}}"
