"""What a process that serves waits for: that somebody asks it to stop."""

import os
import signal


class StopSignal:
    """SIGTERM or SIGINT, heard from the moment this object is made.

    A pipe and not ``threading.Event``: a handler that sets an event while its own thread is just
    beginning to wait for it locks up for ever.
    """

    def __init__(self) -> None:
        self._heard, self._tell = os.pipe()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: os.write(self._tell, b"."))

    def wait(self) -> None:
        """Returns when a signal has come, now or before."""
        os.read(self._heard, 1)
