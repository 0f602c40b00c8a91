"""`python -m local`."""

import gc

# A command imports, waits for other programs, and ends: the collector would find nothing.
gc.disable()

from local.cli import main  # noqa: E402

if __name__ == "__main__":
    main()
