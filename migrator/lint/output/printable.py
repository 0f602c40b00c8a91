"""Characters of someone's SQL that would command a terminal, written out."""

# All of C0 but tab and line ends, DEL, C1, and what turns the direction of text around.
_COMMANDS = (
    *(code for code in range(0x20) if chr(code) not in "\t\n\r"),
    *range(0x7F, 0xA0),
    *range(0x202A, 0x202F),
    *range(0x2066, 0x206A),
)
_WRITTEN_OUT = {code: f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" for code in _COMMANDS}


def printable(text: str) -> str:
    """The text with each control character as an escape, such as ``\\x1b``."""
    return text.translate(_WRITTEN_OUT)
