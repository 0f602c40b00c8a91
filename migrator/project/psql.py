"""A script for psql: its commands, variables and rows are taken out, the SQL stays in its lines.

Whether a file is for psql shows only in that it has any of these: a backslash outside of a string
is no SQL, nor is a colon before a word.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

# Strings, names and comments are passed over; nothing in them is psql's.
TOKEN = re.compile(
    r"""
    (?P<passed>
        --[^\n]* | "(?:[^"]|"")*" | (?<![\w$])[eE]'(?:[^'\\]|\\.|'')*' | '(?:[^']|'')*'
        | (?<![\w$])\$(?P<tag>(?:[^\W\d]\w*)?)\$.*?\$(?P=tag)\$
    )
    | (?P<comment>/\*)
    | (?<!:):(?P<quote>["']?)(?P<variable>\w+)(?P=quote)
    | :\{\?(?P<asked>\w+)\}
    | \\(?P<command>[A-Za-z_]+\+?|.)
    | (?P<end>;)
    """,
    re.DOTALL | re.VERBOSE,
)
COMMENT_EDGE = re.compile(r"/\*|\*/")
WHOLE_LINE = re.compile(r"[^\n]*")
# Another command may follow on the line.
ARGUMENTS = re.compile(r"(?:'(?:[^'\n]|'')*'|(?!\s\\)[^\n])*")
COPY_IN = re.compile(r"\s*COPY\b.*\bFROM\s+(?:STDIN|PSTDIN)\b", re.IGNORECASE | re.DOTALL)
CLIENT_COPY = re.compile(r"\s*(?P<target>.*?)\s+(?P<way>FROM|TO)\s", re.IGNORECASE | re.DOTALL)
ROWS = re.compile(r"[^\n]*\n(?:.*?^\\\.[ \t]*$|.*)", re.DOTALL | re.MULTILINE)

# What changes nothing in the database.
HARMLESS = {
    *(
        "a",
        "C",
        "conninfo",
        "copyright",
        "cd",
        "echo",
        "encoding",
        "errverbose",
        "f",
        "getenv",
        "h",
    ),
    *("H", "help", "html", "l", "o", "out", "p", "print", "prompt", "pset", "q", "qecho", "quit"),
    *("r", "reset", "restrict", "s", "set", "setenv", "sf", "sv", "t", "T", "timing", "unrestrict"),
    *(
        "unset",
        "w",
        "warn",
        "write",
        "x",
        "z",
        "?",
        "\\",
        ".",
        "bind",
        "bind_named",
        "close_prepared",
    ),
}
# What sends the statement before it, as a semicolon does.
SENDS = {"g", "gx", "gset", "gdesc", "gexec", "crosstabview", "watch", ";", "sendpipeline", "parse"}
INCLUDES = {"i", "ir", "include", "include_relative"}
BRANCHES = {"if", "elif", "else", "endif"}


@dataclass(kw_only=True, slots=True)
class PsqlText:
    """What psql would make of a text.

    sql: what it sends, each statement in its line. opaque, cautions: (line, what is to be known).
    """

    sql: str = ""
    opaque: list[tuple[int, str]] = field(default_factory=list)
    cautions: list[tuple[int, str]] = field(default_factory=list)


def read_psql(text: str) -> PsqlText:
    """Reads a text as psql does; where it has nothing of psql's, it stays as it is."""
    reader = _Reader(text)
    reader.read()
    return reader.found


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.found = PsqlText()
        self.variables: dict[str, str] = {}
        self.parts: list[str] = []
        self.pieces: list[str] = []  # of the statement that is being read
        self.depth = 0
        self.told: set[str] = set()
        self.position = 0

    @property
    def statement(self) -> str:
        """What has been read of the present statement."""
        return "".join(self.pieces)

    def read(self) -> None:
        while self.position < len(self.text):
            token = TOKEN.search(self.text, self.position)
            self._keep(self.text[self.position : token.start() if token else len(self.text)])
            if token is None:
                break
            self.position = token.end()
            if not self._take(token):
                break
        self.found.sql = "".join(self.parts)

    def _take(self, token: re.Match[str]) -> bool:
        """Reads on after a token; False where psql stops."""
        if token["passed"]:
            self._keep(token[0])
        elif token["comment"]:
            self._comment(token.start())
        elif token["variable"]:
            self._variable(token)
        elif token["asked"]:
            self._keep("true")
        elif token["end"]:
            self._send(";")
        else:
            return self._command(token["command"], self._line(token.start()))
        return True

    def _keep(self, sql: str) -> None:
        self.parts.append(sql)
        self.pieces.append(sql)

    def _send(self, end: str) -> None:
        """A statement is complete; rows may follow it."""
        statement = self.statement
        self.pieces.clear()
        self.parts.append(end)
        if COPY_IN.match(_without_comments(statement)):
            rows = ROWS.match(self.text, self.position)
            if rows is not None:
                self.parts.append("\n" * rows[0].count("\n"))
                self.position = rows.end()

    def _comment(self, start: int) -> None:
        depth, end = 0, len(self.text)
        for edge in COMMENT_EDGE.finditer(self.text, start):
            depth += 1 if edge[0] == "/*" else -1
            if depth == 0:
                end = edge.end()
                break
        self._keep(self.text[start:end])
        self.position = end

    def _variable(self, token: re.Match[str]) -> None:
        name, quote = token["variable"], token["quote"]
        value = self.variables.get(name)
        statement = self.statement
        in_slice = statement.count("[") > statement.count("]")
        if value is None and (name.isdigit() or in_slice):  # of an array
            self._keep(token[0])
            return
        if value is None and name not in self.told:
            self.told.add(name)
            self._caution(
                token.start(),
                f"psql's variable {name} gets its value when the file is run: judged as if it "
                f"were {name}",
            )
        written = (name if value is None else value).replace("\n", " ")
        self._keep(f"{quote}{written.replace(quote, quote * 2)}{quote}" if quote else written)

    def _command(self, name: str, line: int) -> bool:
        whole = name in ("copy", "!")
        found = (WHOLE_LINE if whole else ARGUMENTS).match(self.text, self.position)
        start, arguments = self.position, found[0] if found and name not in ("\\", ";") else ""
        self.position += len(arguments)
        if name in SENDS:
            self._send(";")
        if name.startswith("d") or name in HARMLESS | SENDS - {"gexec"}:
            return self._harmless(name, arguments, start)
        handlers: dict[str, Callable[[], None]] = {
            "copy": lambda: self._client_copy(arguments),
            "gexec": lambda: self._opaque(line, r"\gexec runs as SQL what the query returns"),
            "!": lambda: self._opaque(line, rf"\! runs a program: {arguments.strip()}"),
        }
        if name in INCLUDES:
            self._opaque(line, rf"\{name} runs {arguments.strip()}: name that file to lint as well")
        elif name in BRANCHES:
            self._branch(name, start)
        elif name in ("c", "connect"):
            self._connect(name, arguments, start)
        elif name in handlers:
            handlers[name]()
        else:
            self._opaque(line, rf"psql's command \{name} is not known here")
        return True

    def _harmless(self, name: str, arguments: str, start: int) -> bool:
        if name == "set":
            self._set(arguments, start)
        elif name == "unset":
            self.variables.pop(arguments.strip(), None)
        elif name in ("q", "quit") and self.depth == 0:
            if self.text[self.position :].strip():
                self._caution(start, rf"psql ends at \{name}: what comes after it is never run")
            return False
        return True

    def _set(self, arguments: str, start: int) -> None:
        name, *values = _words(arguments) or ("",)
        value = "".join(values)
        self.variables[name] = value
        if name == "AUTOCOMMIT" and value.lower() in ("off", "0", "false", "no"):
            self._caution(
                start,
                "with AUTOCOMMIT off all up to the next COMMIT is one transaction: write BEGIN, to "
                "have it judged so",
            )

    def _branch(self, name: str, start: int) -> None:
        if name == "if":
            self.depth += 1
            self._caution(start, r"\if: which branch runs shows only then; all of them are judged")
        elif name == "endif":
            self.depth = max(0, self.depth - 1)

    def _connect(self, name: str, arguments: str, start: int) -> None:
        target = arguments.strip() or "once more"
        self._caution(
            start,
            rf"\{name} {target}: a new session, perhaps of another database or role; what follows "
            "is judged as if it were of the same",
        )
        if not self.statement.strip():  # what was set is gone
            self.parts.append("RESET ALL;")

    def _client_copy(self, arguments: str) -> None:
        copy = CLIENT_COPY.match(arguments)
        if copy is not None and copy["way"].upper() == "FROM":
            self.parts.append(f"COPY {copy['target']} FROM STDIN;")

    def _opaque(self, line: int, reason: str) -> None:
        self.found.opaque.append((line, reason))

    def _caution(self, start: int, message: str) -> None:
        self.found.cautions.append((self._line(start), message))

    def _line(self, position: int) -> int:
        return self.text.count("\n", 0, position) + 1


def _words(arguments: str) -> list[str]:
    return [
        word.replace("''", "'") if quoted else word
        for quoted, word in (
            (bool(match["quoted"]), match["quoted"] or match["plain"] or "")
            for match in re.finditer(r"'(?P<quoted>(?:[^']|'')*)'|(?P<plain>\S+)", arguments)
        )
    ]


def _without_comments(statement: str) -> str:
    def kept() -> Iterator[str]:
        position = 0
        for token in re.finditer(r"--[^\n]*|/\*.*?\*/", statement, re.DOTALL):
            yield statement[position : token.start()]
            position = token.end()
        yield statement[position:]

    return "".join(kept())
