"""``python -m local.cloud --config FILE``: runs the local AWS endpoint."""

import argparse
import gc
import logging
import os
import sys
from pathlib import Path

from pydantic import ValidationError

from local.cloud.abandoned import end_with
from local.cloud.config import CloudConfig
from local.variables import drop_foreign


def main() -> int:
    """Serves until it is stopped. Exit code 2: wrong settings; 1: state or port in use."""
    parser = argparse.ArgumentParser(prog="python -m local.cloud", description=__doc__)
    parser.add_argument("--config", type=Path, required=True, help="settings, as a JSON file")
    path = parser.parse_args().config
    try:
        config = CloudConfig.model_validate_json(path.read_bytes())
    except OSError as error:
        print(f"cannot read the settings: {error}", file=sys.stderr)
        return 2
    except ValidationError as error:
        for fault in error.errors():
            where = ".".join(str(part) for part in fault["loc"]) or "the file"
            print(f"{path}: {where}: {fault['msg']}", file=sys.stderr)
        return 2
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    _prepare_moto(config)
    # The collector would take a third of the time that moto's import takes, and go through all that
    # it leaves again and again for as long as the endpoint serves.
    gc.disable()
    # moto reads its settings when it is imported.
    from local.cloud.journal import JournalError
    from local.cloud.server import CloudServer

    gc.collect()
    gc.freeze()
    gc.enable()
    if config.platform_directory is not None:
        end_with(path, config.platform_directory)
    try:
        CloudServer(config).run()
    except JournalError as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"cannot serve on port {config.port}: {error}", file=sys.stderr)
        return 1
    return 0


def _prepare_moto(config: CloudConfig) -> None:
    # moto asks botocore for regions; neither may see what is the user's.
    drop_foreign()
    os.environ["MOTO_ACCOUNT_ID"] = config.account_id
    # So that attaching an AWS managed policy that does not exist is an error.
    os.environ["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "true"


if __name__ == "__main__":
    sys.exit(main())
