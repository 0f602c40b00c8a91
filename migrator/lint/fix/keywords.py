"""A call with other keyword arguments, whose comments and layout stay."""

from collections.abc import Collection

import libcst as cst

TRUE = cst.Name("True")


def with_keywords(
    call: cst.Call, *, true: Collection[str] = (), remove: str = "", indent: str
) -> cst.Call:
    """The call with keyword arguments set to True, and one taken out if it is there.

    indent: of an argument, seen from the closing parenthesis, where that has its own line.
    """
    args = list(call.args)
    missing = [name for name in true if name not in map(_name, args)]
    for position, arg in enumerate(args):
        if _name(arg) == remove and missing:  # its place is taken, so that all comments stay
            args[position] = arg.with_changes(keyword=cst.Name(missing.pop()), value=TRUE)
        elif _name(arg) in true:
            args[position] = arg.with_changes(value=TRUE)
    args = _without(args, remove)
    for name in missing:
        args = _added(args, name, indent)
    return call.with_changes(args=args)


def _name(arg: cst.Arg) -> str | None:
    return arg.keyword.value if arg.keyword else None


def _without(args: list[cst.Arg], name: str) -> list[cst.Arg]:
    """The place of an argument is the next one's, or the end's."""
    if _name(args[-1]) != name:
        return [arg for arg in args if _name(arg) != name]
    *others, before, last = args
    between = cst.ensure_type(before.comma, cst.Comma).whitespace_after
    if isinstance(between, cst.ParenthesizedWhitespace) and between.first_line.comment:
        # The comment stays beside its argument.
        return [*others, before.with_deep_changes(between, last_line=cst.SimpleWhitespace(""))]
    ending = {"comma": last.comma, "whitespace_after_arg": last.whitespace_after_arg}
    return [*others, before.with_changes(**ending)]


def _added(args: list[cst.Arg], name: str, indent: str) -> list[cst.Arg]:
    """Behind the last argument, on a line of its own if the closing parenthesis has one."""
    *others, last = args
    if not isinstance(last.comma, cst.Comma):
        comma = cst.Comma(whitespace_after=last.whitespace_after_arg)
        last = last.with_changes(comma=comma, whitespace_after_arg=cst.SimpleWhitespace(""))
    comma = cst.ensure_type(last.comma, cst.Comma)
    end = comma.whitespace_after
    new = cst.ensure_type(cst.parse_expression(f"f({name}=True)"), cst.Call).args[0]
    between: cst.BaseParenthesizableWhitespace = cst.SimpleWhitespace(" ")
    if isinstance(end, cst.ParenthesizedWhitespace):
        between = end.with_changes(last_line=cst.SimpleWhitespace(end.last_line.value + indent))
        closing = cst.ParenthesizedWhitespace(indent=end.indent, last_line=end.last_line)
        new = new.with_changes(comma=cst.Comma(whitespace_after=closing))
    last = last.with_changes(comma=comma.with_changes(whitespace_after=between))
    return [*others, last, new]
