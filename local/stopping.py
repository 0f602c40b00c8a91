"""What a process that serves waits for: that somebody asks it to stop."""

import os
import signal


class StopSignal:
    """SIGTERM or SIGINT, heard from the moment this object is made.

    The signal itself writes to a pipe. A handler in Python would only run once the main thread
    does, which no signal wakes that comes just before it begins to wait, or in another thread.
    """

    def __init__(self) -> None:
        self._heard, tell = os.pipe()
        os.set_blocking(tell, False)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: None)
        signal.set_wakeup_fd(tell)

    def wait(self) -> None:
        """Returns when a signal has come, now or before."""
        os.read(self._heard, 1)
