"""The Helm chart repository, a folder served as it is."""

from pathlib import Path
from wsgiref.types import WSGIEnvironment

from werkzeug.exceptions import NotFound
from werkzeug.utils import send_from_directory
from werkzeug.wrappers import Response


class ChartMirror:
    """Serves the files of one directory; what is put there later is served too."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory.resolve()

    def answer(self, environ: WSGIEnvironment, path: str) -> Response:
        """The file at `path` below the directory, or 404."""
        try:
            return send_from_directory(self._directory, path, environ)
        except NotFound:
            return Response(f"no such chart file: {path}\n", status=404)
